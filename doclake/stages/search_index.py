"""search_index: brings the LanceDB view up to date with the lake, from the change feed.

It compares only partitions that changed since the watermark, and all of them after a gap in the
feed, for a table made anew and for `rebuild`. A new embedding model takes over only when every
chunk of the lake has a vector of it; until then searches use the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from doclake import clock, fingerprints
from doclake.embed import release_model
from doclake.index.state import IndexState, watermarks
from doclake.index.sync import PartitionSync, sync_partitions
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.stages.partition_groups import groups
from doclake.stages.plans.search_index import all_partitions, changed_since, unsettled
from doclake.stages.report import Alarm, StageReport
from doclake.tables.ledger import LedgerRow
from doclake.tables.rows import strings

STAGE = "search_index"
GROUP_CHUNKS = 5_000


def run(
    project: Project,
    *,
    rebuild: bool = False,
    progress: Progress = silent,
    run_id: str = "",
) -> StageReport:
    """Bring the index in step with the lake; with `rebuild`, make it anew.

    While the folder of the model is not there, an index that stands is brought in step and none is
    made anew; a rebuild raises `ModelError` then.
    """
    report = StageReport(STAGE)
    lake, index = project.lake, project.index
    with index.writer(), lake.kept_open():
        now = watermarks(lake)
        state = None if rebuild else index.state()  # a damaged one cannot be read
        building = state is None or _switch(project, state, report)
        if building:
            model = fingerprints.model(project.settings.embedding) if rebuild else project.model
            dimension = _dimension(lake, model) if model else None
            if dimension is None:
                return report.finished()  # nothing embedded yet
            state = index.create(project.settings.embedding, dimension)
        assert state is not None
        changed = all_partitions(lake) if building else changed_since(lake, index, state, report)
        todo = sorted(changed | unsettled(lake))
        switching = state.model != project.model
        progress(Step("", STAGE, 0, len(todo), "partitions"))
        scopes = list(groups(lake, todo, GROUP_CHUNKS))
        if len(scopes) > 1:
            release_model()  # the stage before loaded it, and this one needs as much memory
        for scope in scopes:
            synced = sync_partitions(index, state, scope, switching=switching)
            _settle(lake, scope, synced.indexed, run_id)
            _add_up(report, scope, synced, _lacking(lake, scope, synced, state.model))
            done = int(report.counts["partitions"])
            progress(Step("", STAGE, done, len(todo), "partitions"))
        if todo:
            index.optimize(state)
        if todo or now != state.watermarks:
            index.save(replace(state, watermarks=now))
        index.drop_others(state)  # left by a model switch or by a build that died
        report.counts["index_rows"] = index.dataset(state).count_rows()
    return report.finished()


def _dimension(lake: Lake, model: str) -> int | None:
    """Length of the vectors of a model, read from the lake without loading the model."""
    scope = Scope(where={"model": [model]})
    for source, bucket in lake.count_by("embeddings", ["source", "bucket"], scope):
        row = lake.read(
            "embeddings", Scope(source, [bucket], {"model": [model]}), ["vector"]
        ).slice(0, 1)
        return len(row["vector"][0])
    return None


def _switch(project: Project, state: IndexState, report: StageReport) -> bool:
    """Whether the model of the settings takes over now: never while its folder is not there."""
    lake, model = project.lake, project.model
    if model is None or model == state.model:
        return False
    scope = Scope(where={"model": [model]})
    chunks = lake.count_by("chunks", ["source", "bucket"], value="text_hash")
    vectors = lake.count_by("embeddings", ["source", "bucket"], scope, value="text_hash")
    missing = sum(n - min(n, vectors.get(key, 0)) for key, n in chunks.items())
    if missing:
        report.alarms.append(
            Alarm(
                "model_switch_pending",
                f"{missing} texts have no vector of {project.settings.embedding.model} yet; "
                f"searches go on with {state.embedding['model']}.",
                "Materialize the embeddings of every source; the new model then takes over.",
            )
        )
    return missing == 0


def _settle(lake: Lake, scope: Scope, counts: Mapping[str, int], run_id: str) -> None:
    """Write to the ledger how many chunks of each document the index holds now."""

    def chosen(rows: pa.Table) -> list[bool]:
        columns = (rows[name].to_pylist() for name in ("doc_id", "model", "indexed"))
        return [
            model is not None and indexed != counts.get(doc_id, 0)
            for doc_id, model, indexed in zip(*columns, strict=True)
        ]

    def settled(row: LedgerRow) -> LedgerRow:
        # A failed document keeps the stage and the run in which it failed.
        sound = row["status"] == ledger.OK
        return row | {
            "indexed": counts.get(row["doc_id"], 0),
            "stage": STAGE if sound else row["stage"],
            "run_id": run_id if run_id and sound else row["run_id"],
            "updated_at": clock.now(),
        }

    ledger.amend(lake, scope, chosen, settled)


def _lacking(lake: Lake, scope: Scope, synced: PartitionSync, model: str) -> int:
    """Number of chunks without a vector in documents that are embedded. Other documents are still
    in a run of their source, or wait for the vectors of a new model."""
    if not synced.unembedded:
        return 0
    where = {"model": [model], "doc_id": synced.unembedded}
    rows = lake.read("ledger", Scope(scope.source, scope.buckets, where), ["doc_id"])
    return sum(synced.unembedded[doc_id] for doc_id in strings(rows["doc_id"]))


def _add_up(report: StageReport, scope: Scope, synced: PartitionSync, lacking: int) -> None:
    report.rows += synced.upserted
    report.add("partitions", len(scope.buckets))
    report.add("upserted", synced.upserted)
    report.add("deleted", synced.deleted)
    if lacking:
        report.add("without_vector", lacking)
