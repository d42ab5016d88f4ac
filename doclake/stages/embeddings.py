"""embeddings: a vector for every distinct text of a partition's chunks, embedded once, ever.

A partition holds exactly the vectors its own chunks need, so joining, deleting and erasing stay
inside it. A text that stands elsewhere in the lake under the same model is copied, not computed.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ledger, schemas
from doclake.contracts import validate_embeddings
from doclake.embed import Embedder, embedding_text
from doclake.lake import Scope
from doclake.ledger import Row
from doclake.stages.context import StageContext, StageReport, batched

STAGE = "embeddings"
COMMIT_TEXTS = 2_000


def run(context: StageContext, embedder: Embedder) -> StageReport:
    with context.exclusive():
        return _run(context, embedder)


def _run(context: StageContext, embedder: Embedder) -> StageReport:
    report = StageReport(STAGE)
    touched = _planned(context, embedder.fingerprint, report)
    if touched:
        _embed_missing(context, touched, embedder, report)
        for bucket in touched:
            _drop_unused(context, bucket, report)
            _settle(context, bucket, embedder.fingerprint)
    return report.finished()


def _planned(context: StageContext, model: str, report: StageReport) -> list[str]:
    """Buckets with a document that lacks vectors."""
    touched = []
    columns = (*ledger.EMBED_FIELDS, "chunks")
    for bucket, rows in ledger.by_bucket(context.lake, context.scope, columns).items():
        if any(_missing(row, model) for row in rows.to_pylist()):
            touched.append(bucket)
            report.documents += len(rows)
        else:
            report.unchanged += len(rows)
    return touched


def _missing(row: Row, model: str) -> bool:
    """Also where a vector was refused: the chunk still waits for one."""
    if row["model"] != model or row["vectors"] is None:
        return True
    return bool(row["vectors"] < (row["chunks"] or 0))


def _embed_missing(
    context: StageContext, buckets: list[str], embedder: Embedder, report: StageReport
) -> None:
    """Compute or copy the vectors that the chunks of these buckets lack, in committed batches."""
    lacking = [
        (bucket, text_hash)
        for bucket in buckets
        for text_hash in sorted(_needed(context, bucket) - _held(context, bucket, embedder))
    ]
    context.step(STAGE, 0, len(lacking), "texts")
    elsewhere = _elsewhere(context, embedder, {h for _, h in lacking}) if lacking else {}
    done = 0
    for batch in batched(lacking, COMMIT_TEXTS):
        for bucket in sorted({bucket for bucket, _ in batch}):
            wanted = [text_hash for b, text_hash in batch if b == bucket]
            copied = _copy(context, bucket, wanted, elsewhere, embedder)
            have = set(copied["text_hash"].to_pylist())
            fresh = [text_hash for text_hash in wanted if text_hash not in have]
            computed = _compute(context, bucket, fresh, embedder, done, len(lacking))
            accepted, refused = _judged(computed, embedder, report)
            _quarantine(context, bucket, wanted, refused)
            _commit(context, bucket, wanted, pa.concat_tables([copied, accepted]), embedder)
            report.rows += copied.num_rows + accepted.num_rows
            elsewhere |= dict.fromkeys(wanted, (context.source, bucket))
            report.add("copied", len(have))
            report.add("embedded", computed.num_rows)
            done += len(wanted)
            context.step(STAGE, done, len(lacking), "texts")


def _needed(context: StageContext, bucket: str) -> set[str]:
    column = context.lake.read("chunks", Scope(context.source, [bucket]), ["text_hash"])
    return set(column["text_hash"].to_pylist())


def _held(context: StageContext, bucket: str, embedder: Embedder) -> set[str]:
    scope = Scope(context.source, [bucket], {"model": [embedder.fingerprint]})
    return set(context.lake.read("embeddings", scope, ["text_hash"])["text_hash"].to_pylist())


def _elsewhere(
    context: StageContext, embedder: Embedder, wanted: set[str]
) -> dict[str, tuple[str, str]]:
    """Partition of those of the `wanted` texts that are embedded under this model anywhere."""
    scope = Scope(where={"model": [embedder.fingerprint]})
    held = context.lake.read("embeddings", scope, ["text_hash", "source", "bucket"])
    known = pc.is_in(held["text_hash"], value_set=pa.array(sorted(wanted), pa.string()))
    rows = held.filter(known).to_pydict()
    places = zip(rows["source"], rows["bucket"], strict=True)
    return dict(zip(rows["text_hash"], places, strict=True))


def _copy(
    context: StageContext,
    bucket: str,
    wanted: list[str],
    elsewhere: dict[str, tuple[str, str]],
    embedder: Embedder,
) -> pa.Table:
    """Rows of this partition for texts that other partitions hold."""
    parts = [schemas.EMBEDDINGS.empty_table()]
    places: dict[tuple[str, str], list[str]] = {}
    for text_hash in wanted:
        if text_hash in elsewhere:
            places.setdefault(elsewhere[text_hash], []).append(text_hash)
    for (source, other), hashes in places.items():
        scope = Scope(source, [other], {"text_hash": hashes, "model": [embedder.fingerprint]})
        found = context.lake.read("embeddings", scope)
        parts.append(_placed(found, context.source, bucket))
    return pa.concat_tables(parts)


def _placed(rows: pa.Table, source: str, bucket: str) -> pa.Table:
    partition = {"source": source, "bucket": bucket}
    for name, value in partition.items():
        column = pa.array([value] * rows.num_rows, pa.string())
        rows = rows.set_column(
            rows.schema.get_field_index(name), schemas.EMBEDDINGS.field(name), column
        )
    return rows


def _compute(
    context: StageContext,
    bucket: str,
    wanted: list[str],
    embedder: Embedder,
    done: int,
    total: int,
) -> pa.Table:
    if not wanted:
        return schemas.EMBEDDINGS.empty_table()
    scope = Scope(context.source, [bucket], {"text_hash": wanted})
    rows = context.lake.read("chunks", scope, ["text_hash", "context", "text"]).to_pydict()
    texts = {
        h: embedding_text(c, t)
        for h, c, t in zip(rows["text_hash"], rows["context"], rows["text"], strict=True)
    }
    hashes = sorted(texts)
    vectors = embedder.encode_documents(
        [texts[h] for h in hashes],
        on_batch=lambda n, _: context.step(STAGE, done + n, total, "texts"),
    )
    flat = pa.array(vectors.reshape(-1), pa.float32())
    offsets = pa.array(range(0, len(flat) + 1, vectors.shape[1]), pa.int32())
    n = len(hashes)
    return pa.table(
        {
            "source": [context.source] * n,
            "bucket": [bucket] * n,
            "text_hash": hashes,
            "model": [embedder.fingerprint] * n,
            "model_name": [embedder.settings.model] * n,
            "vector": pa.ListArray.from_arrays(offsets, flat),
            "created_at": [ledger.now()] * n,
        },
        schema=schemas.EMBEDDINGS,
    )


def _judged(
    computed: pa.Table, embedder: Embedder, report: StageReport
) -> tuple[pa.Table, pa.Table]:
    """What the contract accepts and refuses. Copied rows met it when they were computed."""
    if not computed.num_rows:
        return computed, schemas.QUARANTINE.empty_table()
    verdict = validate_embeddings(computed, dimension=embedder.dimension)
    report.tally_rules(verdict.rules)
    return verdict.accepted, verdict.refused


def _quarantine(context: StageContext, bucket: str, wanted: list[str], refused: pa.Table) -> None:
    """Keep refused vectors apart, one row for each chunk that waits for one and each rule."""
    scope = Scope(context.source, [bucket], {"stage": [STAGE], "key": wanted})
    if not refused.num_rows and not context.lake.count_by("quarantine", ["stage"], scope):
        return
    reasons = refused.to_pylist()
    columns = ["text_hash", "root_id", "doc_id", "content_hash", "recipe", "element_ids"]
    keys = {"text_hash": sorted({row["key"] for row in reasons})}
    waiting = context.lake.read("chunks", Scope(context.source, [bucket], keys), columns)
    rows = [
        reason | {name: chunk[name] for name in columns[1:]}
        for chunk in waiting.to_pylist()
        for reason in reasons
        if reason["key"] == chunk["text_hash"]
    ]
    table = pa.Table.from_pylist(rows, schema=schemas.QUARANTINE)
    context.lake.replace("quarantine", scope, table)


def _commit(
    context: StageContext, bucket: str, wanted: list[str], rows: pa.Table, embedder: Embedder
) -> None:
    scope = Scope(context.source, [bucket], {"text_hash": wanted, "model": [embedder.fingerprint]})
    context.lake.replace("embeddings", scope, rows)


def _drop_unused(context: StageContext, bucket: str, report: StageReport) -> None:
    """Delete what no chunk of the partition waits for or uses any more, whatever the model."""
    scope = Scope(context.source, [bucket])
    held = set(context.lake.read("embeddings", scope, ["text_hash"])["text_hash"].to_pylist())
    unused = sorted(held - _needed(context, bucket))
    for batch in batched(unused, COMMIT_TEXTS):
        dropped = context.lake.delete(
            "embeddings", Scope(context.source, [bucket], {"text_hash": batch})
        )
        report.add("dropped", dropped)
    refused = context.lake.read(
        "quarantine", Scope(context.source, [bucket], {"stage": [STAGE]}), ["key"]
    )
    settled = sorted(set(refused["key"].to_pylist()) - _needed(context, bucket))
    if settled:
        context.lake.delete(
            "quarantine", Scope(context.source, [bucket], {"stage": [STAGE], "key": settled})
        )


def _settle(context: StageContext, bucket: str, model: str) -> None:
    """Write to the ledger how many chunks of each document have a vector now."""
    scope = Scope(context.source, [bucket])
    rows = ledger.read(context.lake, scope)
    chunks = context.lake.read("chunks", scope, ["doc_id", "text_hash"])
    held = context.lake.read(
        "embeddings", Scope(context.source, [bucket], {"model": [model]}), ["text_hash"]
    )
    covered = chunks.filter(
        pc.is_in(chunks["text_hash"], value_set=held["text_hash"].combine_chunks())
    )
    counts = covered.group_by("doc_id").aggregate([([], "count_all")]).to_pydict()
    vectors = dict(zip(counts["doc_id"], counts["count_all"], strict=True))
    behind = {row["root_id"] for row in rows if _missing(row, model)}
    entries = [
        ledger.cleared(row, ledger.INDEX_FIELDS)
        | {
            "stage": STAGE if row["status"] == ledger.OK else row["stage"],
            "vectors": vectors.get(row["doc_id"], 0),
            "model": model,
            "updated_at": ledger.now(),
        }
        if _missing(row, model)
        else row
        for row in rows
        if row["root_id"] in behind
    ]
    for batch in batched(list(ledger.trees(entries).values()), context.batch_size * 4):
        flat = [row for tree in batch for row in tree]
        ledger.write(context.lake, context.source, flat, [tree[0]["root_id"] for tree in batch])
