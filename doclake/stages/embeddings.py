"""embeddings: a vector for every distinct text of a partition's chunks, embedded once, ever.

A partition holds exactly the vectors its own chunks need, so joining, deleting and erasing stay
inside it. A text that stands elsewhere in the lake under the same model is copied, not computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from doclake import ledger, schemas
from doclake.arrow import runs
from doclake.contracts import validate_embeddings
from doclake.embed import Embedder, embedding_text
from doclake.lake import Scope
from doclake.ledger import Row
from doclake.stages.context import StageContext, StageReport, batched

STAGE = "embeddings"
COMMIT_TEXTS = 2_000
PLACE = ["bucket", "text_hash"]


def run(context: StageContext, embedder: Embedder) -> StageReport:
    with context.exclusive():
        return _run(context, embedder)


def _run(context: StageContext, embedder: Embedder) -> StageReport:
    report = StageReport(STAGE)
    touched = _planned(context, embedder.fingerprint, report)
    if touched:
        _embed_missing(context, touched, embedder, report)
        _drop_unused(context, touched, report)
        _settle(context, touched, embedder.fingerprint)
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


def _texts(
    context: StageContext, table: str, buckets: list[str], model: str | None = None
) -> pa.Table:
    """The distinct texts of each bucket in a table: `PLACE`."""
    where = {"model": [model]} if model else {}
    rows = context.lake.read(table, Scope(context.source, buckets, where), PLACE)
    return rows.group_by(PLACE).aggregate([])


def _without(texts: pa.Table, others: pa.Table) -> pa.Table:
    missing = texts.join(others, PLACE, join_type="left anti")
    return missing.sort_by([(name, "ascending") for name in PLACE])


def _embed_missing(
    context: StageContext, buckets: list[str], embedder: Embedder, report: StageReport
) -> None:
    """Compute or copy the vectors that the chunks of these buckets lack, in committed batches."""
    held = _texts(context, "embeddings", buckets, embedder.fingerprint)
    lacking = _without(_texts(context, "chunks", buckets), held)
    context.step(STAGE, 0, len(lacking), "texts")
    elsewhere = _elsewhere(context, embedder, lacking["text_hash"]) if len(lacking) else {}
    for start in range(0, len(lacking), COMMIT_TEXTS):
        batch = lacking.slice(start, COMMIT_TEXTS)

        def told(embedded: int, _: int, start: int = start) -> None:
            context.step(STAGE, start + embedded, len(lacking), "texts")

        _embed_batch(context, batch, elsewhere, embedder, report, told)
        context.step(STAGE, start + len(batch), len(lacking), "texts")


def _embed_batch(
    context: StageContext,
    batch: pa.Table,
    elsewhere: dict[str, tuple[str, str]],
    embedder: Embedder,
    report: StageReport,
    on_batch: Callable[[int, int], None],
) -> None:
    """One forward pass and one judgement for the texts of all buckets, one commit for each."""
    wanted = {bucket: rows["text_hash"].to_pylist() for bucket, rows in runs(batch, "bucket")}
    copied = {b: _copy(context, b, hashes, elsewhere, embedder) for b, hashes in wanted.items()}
    fresh = {
        bucket: sorted(set(hashes) - set(copied[bucket]["text_hash"].to_pylist()))
        for bucket, hashes in wanted.items()
    }
    computed = _compute(context, fresh, embedder, on_batch)
    accepted, refused = _judged(computed, embedder, report)
    quarantined = _quarantined(context, list(wanted))
    rows = 0
    for bucket, hashes in wanted.items():
        made = accepted.filter(
            pc.is_in(accepted["text_hash"], pa.array(fresh[bucket], pa.string()))
        )
        made = _placed(made, context.source, bucket)
        if refused.num_rows or bucket in quarantined:
            _quarantine(context, bucket, hashes, refused)
        _commit(context, bucket, hashes, pa.concat_tables([copied[bucket], made]), embedder)
        rows += copied[bucket].num_rows + made.num_rows
        elsewhere |= dict.fromkeys(made["text_hash"].to_pylist(), (context.source, bucket))
    report.rows += rows
    report.add("embedded", computed.num_rows)
    report.add("copied", rows - accepted.num_rows)


def _elsewhere(
    context: StageContext, embedder: Embedder, wanted: pa.ChunkedArray
) -> dict[str, tuple[str, str]]:
    """Partition of those of the `wanted` texts that are embedded under this model anywhere."""
    scope = Scope(where={"model": [embedder.fingerprint]})
    held = context.lake.read("embeddings", scope, ["text_hash", "source", "bucket"])
    known = pc.is_in(held["text_hash"], value_set=pc.unique(wanted))
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
    wanted: dict[str, list[str]],
    embedder: Embedder,
    on_batch: Callable[[int, int], None],
) -> pa.Table:
    """One row for each distinct text of those wanted in the buckets, in no bucket yet."""
    hashes = sorted({text_hash for each in wanted.values() for text_hash in each})
    if not hashes:
        return schemas.EMBEDDINGS.empty_table()
    buckets = [bucket for bucket, each in wanted.items() if each]
    scope = Scope(context.source, buckets, {"text_hash": hashes})
    rows = context.lake.read("chunks", scope, ["text_hash", "context", "text"]).to_pydict()
    texts = {
        h: embedding_text(c, t)
        for h, c, t in zip(rows["text_hash"], rows["context"], rows["text"], strict=True)
    }
    vectors = embedder.encode_documents([texts[h] for h in hashes], on_batch=on_batch)
    flat = pa.array(vectors.reshape(-1), pa.float32())
    offsets = pa.array(range(0, len(flat) + 1, vectors.shape[1]), pa.int32())
    n = len(hashes)
    return pa.table(
        {
            "source": [context.source] * n,
            "bucket": [""] * n,
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


def _quarantined(context: StageContext, buckets: list[str]) -> set[str]:
    """Buckets where a text waits in quarantine for a vector."""
    scope = Scope(context.source, buckets, {"stage": [STAGE]})
    return {bucket for (bucket,) in context.lake.count_by("quarantine", ["bucket"], scope)}


def _quarantine(context: StageContext, bucket: str, wanted: list[str], refused: pa.Table) -> None:
    """Keep refused vectors apart, one row for each chunk that waits for one and each rule."""
    scope = Scope(context.source, [bucket], {"stage": [STAGE], "key": wanted})
    reasons = refused.to_pylist()
    columns = ["bucket", "text_hash", "root_id", "doc_id", "content_hash", "recipe", "element_ids"]
    keys = {"text_hash": sorted({row["key"] for row in reasons})}
    waiting = context.lake.read("chunks", Scope(context.source, [bucket], keys), columns)
    rows = [
        reason | {name: chunk[name] for name in columns if name != "text_hash"}
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


def _drop_unused(context: StageContext, buckets: list[str], report: StageReport) -> None:
    """Delete what no chunk of its partition waits for or uses any more, whatever the model."""
    needed = _texts(context, "chunks", buckets)
    unused = _without(_texts(context, "embeddings", buckets), needed)
    for bucket, rows in runs(unused, "bucket"):
        for batch in batched(rows["text_hash"].to_pylist(), COMMIT_TEXTS):
            scope = Scope(context.source, [bucket], {"text_hash": batch})
            report.add("dropped", context.lake.delete("embeddings", scope))
    waiting = context.lake.read(
        "quarantine", Scope(context.source, buckets, {"stage": [STAGE]}), ["bucket", "key"]
    )
    settled = _without(waiting.rename_columns(PLACE), needed)
    for bucket, rows in runs(settled, "bucket"):
        keys = {"stage": [STAGE], "key": rows["text_hash"].to_pylist()}
        context.lake.delete("quarantine", Scope(context.source, [bucket], keys))


def _settle(context: StageContext, buckets: list[str], model: str) -> None:
    """Write to the ledger how many chunks of each document have a vector now."""
    vectors = _vectors(context, buckets, model)
    for batch in batched(_behind(context, buckets, model), context.batch_size * 4):
        rows = [_entry(row, vectors, model) for tree in batch for row in tree]
        ledger.write(context.lake, context.source, rows, [tree[0]["root_id"] for tree in batch])


def _vectors(context: StageContext, buckets: list[str], model: str) -> dict[str, int]:
    """Number of chunks of each document that have a vector."""
    scope = Scope(context.source, buckets)
    chunks = context.lake.read("chunks", scope, ["bucket", "text_hash", "doc_id"])
    held = _texts(context, "embeddings", buckets, model)
    covered = chunks.join(held, PLACE, join_type="left semi")
    counts = covered.group_by("doc_id").aggregate([([], "count_all")]).to_pydict()
    return dict(zip(counts["doc_id"], counts["count_all"], strict=True))


def _behind(context: StageContext, buckets: list[str], model: str) -> Iterator[list[Row]]:
    """Whole trees with a document that the ledger does not know as embedded by this model."""
    for rows in ledger.by_bucket(context.lake, Scope(context.source, buckets)).values():
        for tree in ledger.trees(rows.to_pylist()).values():
            if any(_missing(row, model) for row in tree):
                yield tree


def _entry(row: Row, vectors: dict[str, int], model: str) -> Row:
    if not _missing(row, model):
        return row
    return ledger.cleared(row, ledger.INDEX_FIELDS) | {
        "stage": STAGE if row["status"] == ledger.OK else row["stage"],
        "vectors": vectors.get(row["doc_id"], 0),
        "model": model,
        "updated_at": ledger.now(),
    }
