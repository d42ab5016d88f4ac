"""embeddings: a vector for every distinct text of a partition's chunks.

A partition holds exactly the vectors that its own chunks need, so joining, deleting and erasing
stay inside it. A vector that the lake holds elsewhere, of the same text and model, is copied and
not computed again.

While searches use another model than the settings name, documents that changed since get vectors of
both, so that they are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.contracts import validate_embeddings
from doclake.embed import Embedder, embedding_text, release_model
from doclake.errors import ExecutorUnavailable, IndexStateError, ModelError
from doclake.index.state import IndexState
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.stages.context import StageContext, batched
from doclake.stages.partition_groups import groups
from doclake.stages.plans.embeddings import behind, planned, unembedded, unserved
from doclake.stages.report import Alarm, StageReport
from doclake.stages.vector_reuse import (
    PLACE,
    copies,
    in_buckets,
    texts_of,
    vector_counts,
    vectors_elsewhere,
    without,
)
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.ledger import LedgerRow
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.rows import strings

STAGE = "embeddings"
COMMIT_TEXTS = 2_000
GROUP_CHUNKS = 10_000  # a commit rewrites every file of a partition that it changes


def run(context: StageContext, embedder: Embedder) -> StageReport:
    with context.exclusive():
        return _run(context, embedder)


def _run(context: StageContext, embedder: Embedder) -> StageReport:
    report = StageReport(STAGE)
    touched, waiting = planned(context, embedder.fingerprint, report)
    partitions = [(context.source, bucket) for bucket in touched]
    done = 0
    for scope in groups(context.lake, partitions, GROUP_CHUNKS):
        part = replace(context, buckets=tuple(scope.buckets))

        def tell(texts: int, before: int = done) -> None:
            context.step(STAGE, before + texts, max(before + texts, waiting), "texts")

        embedded = texts_of(part, "embeddings", embedder.fingerprint)
        lacking = without(texts_of(part, "chunks"), embedded)
        _embed(part, lacking, embedder, report, tell)
        done += len(lacking)
        _drop_unused(part, report)
        _settle(part, embedder.fingerprint)
    _embed_for_searches(context, embedder, report)
    context.step(STAGE, done, done, "texts")
    return report.finished()


def _embed_for_searches(context: StageContext, embedder: Embedder, report: StageReport) -> None:
    """Vectors of the model that searches use, if that is another one."""
    try:
        state = context.project.index.state()
        if state is None or state.model == embedder.fingerprint:
            return
        serving = Embedder(context.project.embedding_of(state))
        partitions = [(context.source, bucket) for bucket in context.buckets]
        for scope in groups(context.lake, partitions, GROUP_CHUNKS):
            part = replace(context, buckets=tuple(scope.buckets))
            lacking = unserved(part, state)
            if len(lacking):
                _require(serving, state)
                release_model()  # two at once take twice the memory
                _embed(part, lacking, serving, report, lambda _: None, quarantines=False)
    except (ExecutorUnavailable, IndexStateError, ModelError) as error:
        message = f"Searches do not find what changed in {context.source}: {error.message}"
        report.alarms.append(Alarm("searches_lack_vectors", message, error.mend))


def _require(serving: Embedder, state: IndexState) -> None:
    if serving.fingerprint != state.model:
        raise ModelError(
            f"vectors as {state.model_name} made them for the index cannot be made any more.",
            mend="Let the index of today take over: `doclake ingest`, `doclake index promote`.",
        )


def _embed(
    context: StageContext,
    lacking: pa.Table,
    embedder: Embedder,
    report: StageReport,
    tell: Callable[[int], None],
    *,
    quarantines: bool = True,
) -> None:
    """Compute or copy the vectors of the texts that lack one, in committed batches. Only what the
    contract refuses of the model of the settings goes to quarantine."""
    tell(0)
    elsewhere = vectors_elsewhere(context, embedder, lacking["text_hash"]) if len(lacking) else {}
    for start in range(0, len(lacking), COMMIT_TEXTS):
        batch = lacking.slice(start, COMMIT_TEXTS)

        def on_batch(done: int, _: int, start: int = start) -> None:
            tell(start + done)

        refused = _embed_batch(context, batch, elsewhere, embedder, report, on_batch)
        if quarantines:
            _quarantine(context, batch, refused)
        tell(start + len(batch))


def _embed_batch(
    context: StageContext,
    lacking: pa.Table,
    elsewhere: dict[str, tuple[str, str]],
    embedder: Embedder,
    report: StageReport,
    on_batch: Callable[[int, int], None],
) -> pa.Table:
    """Compute or copy, check and commit the vectors of texts of all buckets together. Returns what
    the contract refused."""
    buckets = pc.unique(lacking["bucket"]).to_pylist()
    wanted = set(strings(lacking["text_hash"]))
    copied = copies(context, {h: elsewhere[h] for h in wanted & elsewhere.keys()}, embedder)
    fresh = sorted(wanted - set(strings(copied["text_hash"])))
    computed = _compute(context, buckets, fresh, embedder, on_batch)
    accepted, refused = _validated(computed, embedder, report)
    rows = in_buckets(pa.concat_tables([copied, accepted]), context.source, lacking)
    _commit(context, buckets, wanted, rows, embedder)
    for bucket, text_hash in zip(*(rows[name].to_pylist() for name in PLACE), strict=True):
        elsewhere[text_hash] = (context.source, bucket)
    report.rows += rows.num_rows
    report.add("embedded", computed.num_rows)
    report.add("copied", rows.num_rows - accepted.num_rows)
    return refused


def _compute(
    context: StageContext,
    buckets: list[str],
    hashes: list[str],
    embedder: Embedder,
    on_batch: Callable[[int, int], None],
) -> pa.Table:
    """A row for each of these texts, in no bucket yet; the chunks of `buckets` hold the texts."""
    if not hashes:
        return EMBEDDINGS.schema.empty_table()
    scope = Scope(context.source, buckets, {"text_hash": hashes})
    columns = ["text_hash", "context", "text"]
    rows = {
        row["text_hash"]: row for row in context.lake.read("chunks", scope, columns).to_pylist()
    }
    chunks = [rows[text_hash] for text_hash in hashes]
    texts = [embedding_text(chunk["context"], chunk["text"]) for chunk in chunks]
    embedded = embedder.encode_documents(texts, on_batch=on_batch)
    flat = pa.array(embedded.vectors.reshape(-1), pa.float32())
    offsets = pa.array(range(0, len(flat) + 1, embedded.vectors.shape[1]), pa.int32())
    n = len(hashes)
    return pa.table(
        {
            "source": [context.source] * n,
            "bucket": [""] * n,
            "text_hash": hashes,
            "model": [embedder.fingerprint] * n,
            "model_name": [embedder.settings.model] * n,
            "vector": pa.ListArray.from_arrays(offsets, flat),
            "signs": embedded.signs,
            "created_at": [clock.now()] * n,
        },
        schema=EMBEDDINGS.schema,
    )


def _validated(
    computed: pa.Table, embedder: Embedder, report: StageReport
) -> tuple[pa.Table, pa.Table]:
    """The rows that the contract accepts, and its refusals. Copied rows were checked before."""
    if not computed.num_rows:
        return computed, QUARANTINE.schema.empty_table()
    verdict = validate_embeddings(computed, dimension=embedder.dimension)
    report.tally_rules(verdict.rules)
    return verdict.accepted, verdict.refused


def _quarantine(context: StageContext, lacking: pa.Table, refused: pa.Table) -> None:
    """Quarantine refused vectors: a row for each chunk that waits for one and each broken rule."""
    buckets, wanted = pc.unique(lacking["bucket"]).to_pylist(), set(strings(lacking["text_hash"]))
    scope = Scope(context.source, buckets, {"stage": [STAGE], "key": wanted})
    if not refused.num_rows and not context.lake.count_by("quarantine", ["stage"], scope):
        return
    reasons = refused.to_pylist()
    columns = ["bucket", "text_hash", "root_id", "doc_id", "content_hash", "recipe", "element_ids"]
    keys = {"text_hash": sorted({row["key"] for row in reasons})}
    waiting = context.lake.read("chunks", Scope(context.source, buckets, keys), columns)
    rows = [
        reason | {name: chunk[name] for name in columns if name != "text_hash"}
        for chunk in waiting.to_pylist()
        for reason in reasons
        if reason["key"] == chunk["text_hash"]
    ]
    table = pa.Table.from_pylist(rows, schema=QUARANTINE.schema)
    context.lake.replace("quarantine", scope, table)


def _commit(
    context: StageContext,
    buckets: list[str],
    wanted: set[str],
    rows: pa.Table,
    embedder: Embedder,
) -> None:
    """Write `rows` and keep those that stand: another bucket may have a text that one lacks."""
    where = {"text_hash": wanted, "model": [embedder.fingerprint]}
    scope = Scope(context.source, buckets, where)
    standing = context.lake.read("embeddings", scope)
    context.lake.replace("embeddings", scope, pa.concat_tables([standing, rows]))


def _drop_unused(context: StageContext, report: StageReport) -> None:
    """Delete vectors, whatever the model, and refusals that no chunk of their partition needs."""
    needed = texts_of(context, "chunks")
    unused = without(texts_of(context, "embeddings"), needed)
    shared = pc.is_in(unused["text_hash"], value_set=needed["text_hash"].combine_chunks())
    # Texts that another bucket needs are deleted bucket by bucket; the rest goes in one commit.
    by_bucket = [rows for _, rows in runs(unused.filter(shared), "bucket")]
    for rows in [*by_bucket, unused.filter(pc.invert(shared))]:
        for start in range(0, len(rows), COMMIT_TEXTS):
            batch = rows.slice(start, COMMIT_TEXTS)
            where = {"text_hash": strings(batch["text_hash"])}
            scope = Scope(context.source, pc.unique(batch["bucket"]).to_pylist(), where)
            report.add("dropped", context.lake.delete("embeddings", scope))
    _drop_old_refusals(context, needed)


def _drop_old_refusals(context: StageContext, needed: pa.Table) -> None:
    """Drop from quarantine the vectors that no chunk waits for any more."""
    scope = Scope(context.source, context.buckets, {"stage": [STAGE]})
    refused = context.lake.read("quarantine", scope, ["bucket", "key"])
    unneeded = without(refused.rename_columns(PLACE), needed)
    for bucket, rows in runs(unneeded, "bucket"):
        keys = {"stage": [STAGE], "key": strings(rows["text_hash"])}
        context.lake.delete("quarantine", Scope(context.source, [bucket], keys))


def _settle(context: StageContext, model: str) -> None:
    """Write to the ledger how many chunks of each document have a vector now."""
    vectors = vector_counts(context, model)
    for batch in batched(behind(context, model), context.batch_size * 4):
        rows = [_entry(row, vectors, model) for tree in batch for row in tree]
        ledger.write(context.lake, context.source, rows, [tree[0]["root_id"] for tree in batch])


def _entry(row: LedgerRow, vectors: dict[str, int], model: str) -> LedgerRow:
    if not unembedded(row, model):
        return row
    return ledger.cleared(row, ledger.INDEX_FIELDS) | {
        "stage": STAGE if row["status"] == ledger.OK else row["stage"],
        "vectors": vectors.get(row["doc_id"], 0),
        "model": model,
        "updated_at": clock.now(),
    }
