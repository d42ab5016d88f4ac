"""search_index: brings the LanceDB view up to date with the lake, from the change feed.

It compares only partitions that changed since the watermark, and all of them after a gap in the
feed, for a table made anew and for `rebuild`.

The table of a new embedding model, or of chunks that are cut anew, is built beside the one that
searches use, once the lake has all for it. It takes over in one step when `index_switch` or a
person lets it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from doclake import fingerprints
from doclake.embed import release_model
from doclake.errors import IndexStateError
from doclake.index import switch
from doclake.index.files import is_whole, require_whole
from doclake.index.state import Candidate, IndexState, watermarks
from doclake.index.sync import PartitionSync, sync_partitions
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.stages.index_switch import decide
from doclake.stages.indexed_counts import lacking, settle
from doclake.stages.partition_groups import groups
from doclake.stages.plans.search_index import Plan, Recipe, of_new_table, planned
from doclake.stages.report import Alarm, StageReport
from doclake.stages.traced import group, traced

STAGE = "search_index"
GROUP_CHUNKS = 5_000


@traced(STAGE)
def run(
    project: Project,
    *,
    rebuild: bool = False,
    promote: bool = False,
    progress: Progress = silent,
    run_id: str = "",
) -> StageReport:
    """Bring the index in step with the lake; with `rebuild`, make it anew. With `promote`, the
    table that the settings ask for takes over whatever the gate says; raises `IndexStateError` if
    it is not complete, and without `rebuild` if a file of the index is damaged."""
    update = _Update(project, StageReport(STAGE), progress, run_id)
    with project.index.writer(), project.lake.kept_open():
        update.run(rebuild, promote)
    return update.report.finished()


def roll_back(project: Project, *, progress: Progress = silent) -> IndexState:
    """Let searches use the table of before; returns the new state. Raises `IndexStateError`."""
    update = _Update(project, StageReport(STAGE), progress, "")
    with project.index.writer(), project.lake.kept_open():
        return update.roll_back()


@dataclass(frozen=True)
class _Update:
    """One run, which holds the index as its only writer."""

    project: Project
    report: StageReport
    progress: Progress
    run_id: str

    def run(self, rebuild: bool, promote: bool) -> None:
        index = self.project.index
        if not rebuild:
            require_whole(index)
        state = self._serving(rebuild)
        if state is None:
            return  # nothing embedded yet
        state = self._switched(self._with_candidate(state), promote)
        state = self._with_former(state)
        index.drop_unused(state)
        self.report.counts["index_rows"] = index.table(state).count()

    def roll_back(self) -> IndexState:
        used = self._used(rebuild=False)
        used = self._with_former(used or self.project.index.require()[0])
        state = self._saved(switch.rolled_back(used), used)
        self._follow(state, of_new_table(self.project.lake, state))
        return state

    def _saved(self, state: IndexState, earlier: IndexState | None) -> IndexState:
        state = state.after(earlier)
        if state != earlier:
            self.project.index.save(state)
        return state

    def _used(self, rebuild: bool) -> IndexState | None:
        """What searches use. A rebuild does without what cannot be read."""
        try:
            return self.project.index.state()
        except IndexStateError:
            if rebuild:
                return None
            raise

    def _serving(self, rebuild: bool) -> IndexState | None:
        """What searches use from now on, in step with the lake. A table that the same recipe makes
        anew holds the same rows, and takes over at once."""
        lake, index = self.project.lake, self.project.index
        now, used = watermarks(lake), self._adopted(self._used(rebuild))
        new = self._new_table(used, rebuild)
        if new is None and used is None:
            return None
        if new is not None:
            self._follow(new, of_new_table(lake, new), previous=used)
            former, candidate = (used.former, used.candidate) if used else (None, None)
            new = replace(new, former=former, candidate=None if rebuild else candidate)
        elif used is not None:
            self._follow(used, planned(lake, index, used, self.report))
        state = new or used
        assert state is not None
        return self._saved(replace(state, watermarks=now), used)

    def _adopted(self, used: IndexState | None) -> IndexState | None:
        """With the recipe of a source that it has no chunks of yet."""
        if used is None:
            return None
        recipes = {
            source: used.recipes.get(source, recipe)
            for source, recipe in self.project.chunk_recipes.items()
        }
        return replace(used, recipes=recipes or used.recipes)

    def _new_table(self, used: IndexState | None, rebuild: bool) -> IndexState | None:
        """An empty table like the one that searches use, if they need another one: there is none,
        it is to be made anew, or an older Doclake made it without some columns."""
        index = self.project.index
        if used is not None:
            if not rebuild and is_whole(index, used):
                return None
            embedding = self.project.embedding_of(used)
            return index.create(used.model, embedding, used.dimension, used.recipes)
        if rebuild:
            fingerprints.model(self.project.settings.embedding)  # raises if it is not there
        recipe = Recipe.of(self.project)
        return None if recipe is None else self._empty_table(recipe)

    def _empty_table(self, recipe: Recipe) -> IndexState | None:
        """None if the lake has no vector of its model."""
        dimension = _dimension(self.project.lake, recipe.model)
        if dimension is None:
            return None
        embedding = self.project.settings.embedding
        return self.project.index.create(recipe.model, embedding, dimension, recipe.chunks)

    def _with_candidate(self, state: IndexState) -> IndexState:
        """With the table that the settings ask for beside it, in step with the lake, as far as that
        can be built. A run that died in the middle of it is gone on with."""
        recipe, candidate = Recipe.of(self.project), state.candidate
        if candidate is not None and (
            not (recipe is None or recipe.made(candidate.state))
            or not is_whole(self.project.index, candidate.state)
        ):
            candidate = None
        if candidate is not None and candidate.is_built:
            candidate = replace(candidate, state=self._followed(candidate.state))
        elif recipe is not None:  # else the folder of its model is not there today
            candidate = self._building(state, candidate, recipe)
        return self._saved(replace(state, candidate=candidate), state)

    def _building(
        self, state: IndexState, candidate: Candidate | None, recipe: Recipe
    ) -> Candidate | None:
        """The table that a recipe makes, complete unless documents wait for vectors; None if it is
        the one that searches use, or the lake lacks something for it."""
        index, lake = self.project.index, self.project.lake
        if recipe.made(state):
            return None
        missing = recipe.lacking(lake)
        if missing:
            self._tell_pending(state, missing)
            return None
        if candidate is None:
            new = self._empty_table(recipe)
            if new is None:
                return None
            candidate = Candidate(new)
            self._saved(replace(state, candidate=candidate), state)  # a run that dies finds it
        now, plan = watermarks(lake), of_new_table(lake, candidate.state)
        plan = Plan(plan.partitions | index.partitions(candidate.state))
        waiting = self._follow(candidate.state, plan, serves=False)
        if waiting:
            self._tell_pending(state, f"{waiting} documents have not all vectors yet")
        built = replace(candidate.state, watermarks=now)
        return replace(candidate, state=built, is_built=not waiting)

    def _switched(self, state: IndexState, promote: bool) -> IndexState:
        """With the candidate as what searches use, if it is complete and nothing holds it back."""
        candidate = state.candidate
        if candidate is None or not candidate.is_built:
            return switch.promoted(state) if promote else state  # which says what is missing
        if not promote:
            decision = decide(self.project, state)
            if decision.reason is not None:
                waits = switch.held(candidate, decision.reason, decision.by)
                state = self._saved(replace(state, candidate=waits), state)
                message, mend = switch.told(state) or ("", "")
                self.report.alarms.append(Alarm("index_switch_held", message, mend))
                return state
        state = self._saved(switch.promoted(state), state)
        self._follow(state, of_new_table(self.project.lake, state))  # for the ledger
        return state

    def _with_former(self, state: IndexState) -> IndexState:
        """With the table of before in step, so that nothing deleted stays in it, or
        without it."""
        kept = switch.forgotten(state, self.project.settings.retention.former_index)
        if kept.former is not None and not is_whole(self.project.index, kept.former.state):
            kept = replace(kept, former=None)
        if kept.former is not None:
            followed = replace(kept.former, state=self._followed(kept.former.state))
            kept = replace(kept, former=followed)
        return self._saved(kept, state)

    def _followed(self, beside: IndexState) -> IndexState:
        """A table that searches do not use, in step with the lake."""
        lake, now = self.project.lake, watermarks(self.project.lake)
        plan = planned(lake, self.project.index, beside, self.report)
        self._follow(beside, plan, serves=False)
        return replace(beside, watermarks=now)

    def _tell_pending(self, used: IndexState, missing: str) -> None:
        self.report.alarms.append(
            Alarm(
                "index_switch_pending",
                f"{missing}; searches go on with the index of {used.model_name} as it is.",
                "Run `doclake ingest` over every source; then the new index takes over.",
            )
        )

    def _follow(
        self,
        state: IndexState,
        plan: Plan,
        *,
        previous: IndexState | None = None,
        serves: bool = True,
    ) -> int:
        """Bring partitions of the table of `state` up to date; returns the number of documents
        that a run will finish. Only of one that searches use, or will use, the ledger knows."""
        lake, index, report = self.project.lake, self.project.index, self.report
        todo = sorted(plan.partitions)
        self.progress(Step("", STAGE, 0, len(todo), "partitions"))
        scopes = list(groups(lake, todo, GROUP_CHUNKS))
        if len(scopes) > 1:
            release_model()  # the stage before loaded it, and this one needs as much memory
        done = waiting = 0
        for scope in scopes:
            with group(STAGE, len(scope.buckets), "partitions"):
                synced = sync_partitions(
                    index, state, scope, previous=previous, thorough=plan.thorough
                )
                if serves:
                    settle(lake, scope, synced, STAGE, self.run_id)
                    _add_up(report, scope, synced, lacking(lake, scope, synced, state.model))
                else:
                    report.add("rows_beside", synced.upserted)
            if scope.source in self.project.settings.sources:  # else no run will ever do them
                waiting += len(synced.waiting - synced.refused)
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


def _add_up(report: StageReport, scope: Scope, synced: PartitionSync, lacking: int) -> None:
    report.rows += synced.upserted
    report.add("partitions", len(scope.buckets))
    report.add("upserted", synced.upserted)
    report.add("deleted", synced.deleted)
    if synced.waiting:
        report.add("waiting", len(synced.waiting))
    if lacking:
        report.add("without_vector", lacking)
