"""embeddings: a vector for every distinct text of a partition's chunks.

A partition holds exactly the vectors that its own chunks need, so joining, deleting and erasing
stay inside it. A vector that the lake holds elsewhere, of the same text and model, is copied and
not computed again.

While searches use another model than the settings name, documents that changed since get vectors of
both, so that they are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.contracts import Decisions
from doclake.embed import Embedder, release_model
from doclake.embed.pace import Pace
from doclake.errors import ExecutorUnavailable, IndexStateError, ModelError
from doclake.index.state import IndexState
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.stages import refusals, semantic_duplicates
from doclake.stages.context import StageContext, batched
from doclake.stages.partition_groups import groups
from doclake.stages.plans.embeddings import behind, planned, unembedded, unserved
from doclake.stages.report import Alarm, StageReport
from doclake.stages.traced import traced
from doclake.stages.vector_groups import COMMIT_TEXTS, Part, VectorGroup, VectorGroups
from doclake.stages.vector_reuse import (
    PLACE,
    texts_of_chunks,
    texts_of_vectors,
    vector_counts,
    without,
)
from doclake.tables.chunks import KEPT
from doclake.tables.ledger import LedgerRow
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.rows import strings

STAGE = "embeddings"
PEAK_AFTER = 10.0  # seconds of embedding; measuring the peak takes a fifth of one
GROUP_CHUNKS = 10_000  # a commit rewrites every file of a partition that it changes


@traced(STAGE)
def run(context: StageContext, embedder: Embedder) -> StageReport:
    with context.exclusive(STAGE):
        return _run(context, embedder)


def _run(context: StageContext, embedder: Embedder) -> StageReport:
    report = StageReport(STAGE)
    touched, waiting = planned(context, embedder.fingerprint, report)
    partitions = [(context.source, bucket) for bucket in touched]
    done = 0

    def tell(texts: int) -> None:
        nonlocal done
        done = texts
        context.step(STAGE, done, max(done, waiting), "texts", str(vectors.pace))

    def settled(part: StageContext) -> None:
        _drop_unused(part, report)
        _settle(part, embedder.fingerprint)

    def parts() -> Iterator[Part]:
        for scope in groups(context.lake, partitions, GROUP_CHUNKS):
            part = replace(context, buckets=tuple(scope.buckets))
            embedded = texts_of_vectors(part, embedder.fingerprint)
            yield part, without(texts_of_chunks(part), embedded)

    rules = context.source_settings.contracts.embeddings
    vectors = VectorGroups(embedder, rules, report, _quarantine, settled)
    tell(0)
    vectors.run(parts(), tell)
    _report_pace(vectors.pace, embedder, report)
    _embed_for_searches(context, embedder, report)
    semantic_duplicates.compare(context, embedder.fingerprint, report)
    context.step(STAGE, done, done, "texts", str(vectors.pace))
    return report.finished()


def standing(context: StageContext) -> Iterator[tuple[pa.Table, Decisions]]:
    """The vectors that stand, as many together as are judged together when they are computed."""
    for bucket in context.buckets:
        rows = context.lake.read("embeddings", Scope(context.source, [bucket]))
        for start in range(0, len(rows), COMMIT_TEXTS):
            yield rows.slice(start, COMMIT_TEXTS), {}


def _report_pace(pace: Pace, embedder: Embedder, report: StageReport) -> None:
    """What was computed, how fast, and how near that is to what the device can do."""
    if not pace.seconds:
        return
    report.add("tokens", pace.tokens)
    report.add("tokens_per_second", pace.tokens_per_second)
    if pace.operations:
        report.add("gigaflops_per_second", pace.operations / pace.seconds / 1e9)
        if pace.seconds >= PEAK_AFTER and (peak := embedder.peak()):
            report.add("share_of_peak", pace.operations / pace.seconds / peak)


def _embed_for_searches(context: StageContext, embedder: Embedder, report: StageReport) -> None:
    """Vectors of the model that searches use, if that is another one. Only what the contract
    refuses of the model of the settings goes to quarantine."""
    try:
        state = context.project.index.state()
        if state is None or state.model == embedder.fingerprint:
            return
        serving = Embedder(context.project.embedding_of(state))
        partitions = [(context.source, bucket) for bucket in context.buckets]

        def parts() -> Iterator[Part]:
            for scope in groups(context.lake, partitions, GROUP_CHUNKS):
                part = replace(context, buckets=tuple(scope.buckets))
                lacking = unserved(part, state)
                if len(lacking):
                    _require(serving, state)
                    yield part, lacking

        release_model()  # two at once take twice the memory
        rules = context.source_settings.contracts.embeddings
        run = VectorGroups(serving, rules, report, lambda _, __: None, lambda _: None)
        run.run(parts(), lambda _: None)
    except (ExecutorUnavailable, IndexStateError, ModelError) as error:
        message = f"Searches do not find what changed in {context.source}: {error.message}"
        report.alarms.append(Alarm("searches_lack_vectors", message, error.mend))


def _require(serving: Embedder, state: IndexState) -> None:
    if serving.fingerprint != state.model:
        raise ModelError(
            f"vectors as {state.model_name} made them for the index cannot be made any more.",
            mend="Let the index of today take over: `doclake ingest`, `doclake index promote`.",
        )


def _quarantine(group: VectorGroup, refused: pa.Table) -> None:
    """Quarantine refused vectors: a row for each chunk that waits for one and each broken rule."""
    context, lacking = group.context, group.lacking
    buckets, wanted = pc.unique(lacking["bucket"]).to_pylist(), set(strings(lacking["text_hash"]))
    scope = Scope(context.source, buckets, {"stage": [STAGE], "key": wanted})
    if not refused.num_rows and not context.lake.count_by("quarantine", ["stage"], scope):
        return
    reasons = refused.to_pylist()
    columns = ["bucket", "text_hash", "root_id", "doc_id", "path", "content_hash", "recipe"]
    columns.append("element_ids")
    keys = {"text_hash": sorted({row["key"] for row in reasons})}
    waiting = context.lake.read("chunks", Scope(context.source, buckets, keys, KEPT), columns)
    rows = [
        reason | {name: chunk[name] for name in columns if name != "text_hash"}
        for chunk in waiting.to_pylist()
        for reason in reasons
        if reason["key"] == chunk["text_hash"]
    ]
    table = pa.Table.from_pylist(rows, schema=QUARANTINE.schema)
    with_history = refusals.with_history(context.lake, scope, table)
    context.lake.replace("quarantine", scope, with_history)


def _drop_unused(context: StageContext, report: StageReport) -> None:
    """Delete vectors, whatever the model, and refusals that no chunk of their partition needs."""
    needed = texts_of_chunks(context)
    unused = without(texts_of_vectors(context), needed)
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
