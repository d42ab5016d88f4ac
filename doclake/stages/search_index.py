"""search_index: brings the LanceDB view up to date with the lake, from the change feed.

It compares only partitions that changed since the watermark, and all of them after a gap in the
feed, for a table made anew and for `rebuild`. A new embedding model takes over only when every
chunk of the lake has a vector of it; until then searches use the old one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

from doclake import clock, fingerprints
from doclake.embed import release_model
from doclake.errors import IndexStateError
from doclake.index.state import IndexState, watermarks
from doclake.index.sync import PartitionSync, sync_partitions
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.stages.partition_groups import groups
from doclake.stages.plans.search_index import Plan, of_new_table, planned
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
    """Bring the index in step with the lake; with `rebuild`, make it anew."""
    update = _Update(project, StageReport(STAGE), progress, run_id)
    with project.index.writer(), project.lake.kept_open():
        update.run(rebuild)
    return update.report.finished()


@dataclass(frozen=True)
class _Update:
    """One run, which holds the index as its only writer."""

    project: Project
    report: StageReport
    progress: Progress
    run_id: str

    def run(self, rebuild: bool) -> None:
        lake, index = self.project.lake, self.project.index
        now = watermarks(lake)
        used = self._used(rebuild)
        new = self._new_table(used, rebuild)
        if new is not None and not self._built(new, used):
            new = None
        if new is None and used is not None:
            self._follow(used, planned(lake, index, used, self.report))
        state = new or used
        if state is None:
            return  # nothing embedded yet
        state = replace(state, watermarks=now).after(used)
        if state != used:
            index.save(state)
        index.drop_unused(state)
        self.report.counts["index_rows"] = index.table(state).count()

    def _used(self, rebuild: bool) -> IndexState | None:
        """What searches use. A rebuild does without what cannot be read."""
        try:
            return self.project.index.state()
        except IndexStateError:
            if rebuild:
                return None
            raise

    def _new_table(self, used: IndexState | None, rebuild: bool) -> IndexState | None:
        """An empty table for the model that searches use from now on, if they need another one."""
        configured = self.project.model  # None while its folder is not there
        takes_over = used is None or (
            configured is not None
            and configured != used.model
            and self._is_embedded(used, configured)
        )
        if not takes_over and not rebuild:
            return None
        if used is not None and not takes_over and used.model != configured:
            model, embedding = used.model, used.embedding_settings
        else:
            embedding = self.project.settings.embedding
            model = fingerprints.model(embedding) if rebuild else configured or ""
        dimension = _dimension(self.project.lake, model) if model else None
        return None if dimension is None else self.project.index.create(model, embedding, dimension)

    def _is_embedded(self, used: IndexState, model: str) -> bool:
        """Whether every chunk of the lake has a vector of the model of the settings."""
        lake = self.project.lake
        scope = Scope(where={"model": [model]})
        chunks = lake.count_by("chunks", ["source", "bucket"], value="text_hash")
        vectors = lake.count_by("embeddings", ["source", "bucket"], scope, value="text_hash")
        missing = sum(n - min(n, vectors.get(key, 0)) for key, n in chunks.items())
        if missing:
            self._tell_pending(used, f"{missing} texts have no vector of")
        return missing == 0

    def _tell_pending(self, used: IndexState, missing: str) -> None:
        self.report.alarms.append(
            Alarm(
                "model_switch_pending",
                f"{missing} {self.project.settings.embedding.model} yet; "
                f"searches go on with {used.embedding['model']}.",
                "Materialize the embeddings of every source; the new model then takes over.",
            )
        )

    def _built(self, new: IndexState, used: IndexState | None) -> bool:
        """Fill a new table; false if it cannot take over. A document that was cut while it was
        built lacks vectors: under the same model it keeps its rows, under another it has none."""
        lake = self.project.lake
        same_model = used is not None and used.model == new.model
        waiting = self._follow(new, of_new_table(lake, new), used if same_model else None)
        if used is None or same_model or not waiting:
            return True
        self._tell_pending(used, f"{waiting} documents have not all vectors of")
        return False

    def _follow(self, state: IndexState, plan: Plan, previous: IndexState | None = None) -> int:
        """Bring partitions of the table of `state` up to date; returns the number of documents
        that wait."""
        lake, index, report = self.project.lake, self.project.index, self.report
        todo = sorted(plan.partitions)
        self.progress(Step("", STAGE, 0, len(todo), "partitions"))
        scopes = list(groups(lake, todo, GROUP_CHUNKS))
        if len(scopes) > 1:
            release_model()  # the stage before loaded it, and this one needs as much memory
        done = waiting = 0
        for scope in scopes:
            synced = sync_partitions(index, state, scope, previous=previous, thorough=plan.thorough)
            _settle(lake, scope, synced, state.model, self.run_id)
            _add_up(report, scope, synced, _lacking(lake, scope, synced, state.model))
            waiting += len(synced.waiting)
            done += len(scope.buckets)
            self.progress(Step("", STAGE, done, len(todo), "partitions"))
        if todo:
            index.optimize(state)
        return waiting


def _dimension(lake: Lake, model: str) -> int | None:
    """Length of the vectors of a model, read from the lake without loading the model."""
    scope = Scope(where={"model": [model]})
    for source, bucket in lake.count_by("embeddings", ["source", "bucket"], scope):
        row = lake.read(
            "embeddings", Scope(source, [bucket], {"model": [model]}), ["vector"]
        ).slice(0, 1)
        return len(row["vector"][0])
    return None


def _settle(lake: Lake, scope: Scope, synced: PartitionSync, model: str, run_id: str) -> None:
    """Write to the ledger how many chunks of each embedded document the index holds now. One that
    waits is not done: the rows it keeps are not those of its chunks."""
    counts = synced.indexed

    def chosen(rows: pa.Table) -> list[bool]:
        columns = (rows[name].to_pylist() for name in ("doc_id", "model", "indexed"))
        return [
            embedded == model and doc_id not in synced.waiting and indexed != counts.get(doc_id, 0)
            for doc_id, embedded, indexed in zip(*columns, strict=True)
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
    if synced.waiting:
        report.add("waiting", len(synced.waiting))
    if lacking:
        report.add("without_vector", lacking)
