"""doclake ingest"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import out_of_markdown
from doclake.errors import DoclakeError, SettingsError
from doclake_dagster.pipelines.cli import console, grid
from doclake_dagster.pipelines.cli.failures import failure_block

if TYPE_CHECKING:
    from rich.progress import Progress

    from doclake.index.state import IndexState
    from doclake.operate.budget import Budget
    from doclake.progress import Step
    from doclake.project import Project
    from doclake_dagster.pipelines.run_sources import Outcome

SHOWN_FAILURES = 20
NOBODY = """\
{0}: no search finds it, for its settings do not say who may see it. Under {0}, write
    access: [everyone]
or name those who may. An empty list means nobody, and ends this note."""
STAGES = ("documents", "elements", "chunks", "signals", "embeddings", "search_index")


def command(
    source: Annotated[list[str] | None, typer.Option(help="Only this source; repeatable")] = None,
    allow_deletions: Annotated[
        bool, typer.Option(help="Delete more documents than the guard allows")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option(help="Show what would be done and what it takes; write nothing")
    ] = False,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Stop before more tokens are embedded")
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(min=1, help="Stop before it takes longer, as it is foreseen")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON line for each source")] = False,
) -> None:
    """Bring sources and the search index up to date, by running their Dagster jobs here."""
    project = console.open_project()
    sources = _chosen(project, source)
    if dry_run:
        _forecast(project, sources, json)
    else:
        from doclake.operate.budget import Budget

        budget = Budget(max_tokens, max_seconds)
        code = run_sources(
            project, sources, allow_deletions=allow_deletions, json=json, budget=budget
        )
        if code:
            raise typer.Exit(code)


def _forecast(project: Project, sources: list[str], json: bool) -> None:
    from doclake.operate.forecast import forecast
    from doclake_dagster.pipelines.cli.forecast import show

    failed, loaded = [], set[str]()
    for name in sources:
        try:
            foreseen = forecast(project, name, loaded)
        except DoclakeError as error:
            console.error(f"{name}: {error}")
            failed.append(name)
        else:
            loaded.update(stage.stage for stage in foreseen.stages)
            console.print_json(asdict(foreseen)) if json else show(foreseen)
    if failed:
        raise typer.Exit(1)


def run_sources(
    project: Project,
    sources: list[str],
    *,
    allow_deletions: bool = False,
    json: bool = False,
    budget: Budget | None = None,
    name_failures: bool = True,
) -> int:
    """Run the sources' jobs with progress bars and show what they did; the exit code."""
    from doclake import progress
    from doclake.operate.budget import Budget
    from doclake_dagster.pipelines import interrupts
    from doclake_dagster.pipelines.definitions import source_jobs
    from doclake_dagster.pipelines.run_sources import ingest

    jobs, budget = source_jobs(project, sources), budget or Budget()
    before = _index_in_use(project)
    outcomes: list[Outcome] = []
    with (
        interrupts.tidying(),
        console.dagster_instance(project.settings) as instance,
        _bars() as bars,
        progress.listening(bars),
    ):
        for outcome in ingest(
            project, jobs, instance, allow_deletions=allow_deletions, budget=budget
        ):
            outcomes.append(outcome)
            if json:
                stopped = budget.stopped.get(outcome.source)
                console.print_json(_as_dict(outcome) | {"stopped": stopped})
    if not json:
        for outcome in outcomes:
            _show(outcome, SHOWN_FAILURES if name_failures else 0)
        _show_switch(before, _index_in_use(project))
    _show_endings(project, outcomes, budget, json)
    if any(not outcome.success for outcome in outcomes):
        return 1
    return 3 if any(outcome.failed_checks for outcome in outcomes) else 0


def _chosen(project: Project, names: list[str] | None) -> list[str]:
    """The named sources, or all; raises `SettingsError` for an unknown one and for none at all."""
    configured = list(project.settings.sources)
    if not configured:
        raise SettingsError(
            "No source is configured.",
            mend="Write one under `sources` in doclake.yaml; `doclake init DIR` shows how.",
            problems=[("sources", "nothing", "at least one source")],
        )
    for name in names or ():
        project.source(name)
    return list(dict.fromkeys(names)) if names else configured


class _Bars:
    """A progress bar for each stage of each source, on standard error."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[tuple[str, str], Any] = {}
        self._before: Counter[tuple[str, str]] = Counter()
        self._last: dict[tuple[str, str], Step] = {}

    def __call__(self, step: Step) -> None:
        key = (step.source, step.stage)
        if key not in self._tasks:
            label = " ".join(filter(None, key))
            self._tasks[key] = self._bars.add_task(label, total=step.total, unit=step.unit, pace="")
        last = self._last.get(key)
        if last is not None and step.done < last.done:  # of the next group of buckets
            self._before[key] += last.done
        self._last[key] = step
        before = self._before[key]
        self._bars.update(
            self._tasks[key],
            completed=before + step.done,
            total=before + step.total,
            pace=step.pace,
        )

    def __enter__(self) -> _Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()


def _bars() -> _Bars:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return _Bars(
        Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}", markup=False),
            TextColumn("{task.fields[pace]}", markup=False),
            TimeElapsedColumn(),
            console=console.err,
        )
    )


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    stages = {
        stage: {k: v for k, v in outcome.metadata[stage].items() if isinstance(v, int | float)}
        for stage in STAGES
        if stage in outcome.metadata
    }
    return {
        "source": outcome.source,
        "run_id": outcome.run_id,
        "success": outcome.success,
        "error": outcome.error,
        "failed_checks": outcome.failed_checks,
        "stages": stages,
    }


def _show(outcome: Outcome, most_failures: int) -> None:
    headings = ("done", "unchanged", "rows written", "rows in all", "seconds")
    names = ("documents_done", "documents_unchanged", "rows_written", "dagster/row_count")
    rows = [
        [
            stage,
            *(f"{figures.get(name, 0):,}" for name in names),
            f"{figures.get('seconds', 0):.1f}",
        ]
        for stage, figures in _as_dict(outcome)["stages"].items()
    ]
    title = f"{outcome.source} · run {outcome.run_id[:8]}"
    if rows:
        grid.show(("stage", *headings), rows, headings, title)
    else:
        console.say(title, "bold")
    for row in outcome.failures[:most_failures]:
        console.say(failure_block(row))
    if len(outcome.failures) > most_failures > 0:
        left = len(outcome.failures) - most_failures
        console.say(f"… and {left:,} more: doclake failures --source {outcome.source}\n")
    for stage in STAGES:
        for line in str(outcome.metadata.get(stage, {}).get("alarms", "")).splitlines():
            told = line.removeprefix("- ").replace("**", "")
            console.say(out_of_markdown(told), "yellow")
    if outcome.error:
        console.error(*outcome.error.split("\n"))


def _index_in_use(project: Project) -> IndexState | None:
    try:
        return project.index.state()
    except DoclakeError:  # the run says what is wrong with it
        return None


def _show_switch(before: IndexState | None, now: IndexState | None) -> None:
    """That searches use another model than before; without golden questions nobody hears of it."""
    if before and now and before.model != now.model:
        console.say(
            f"Searches use the new index, of {now.model_name}. `doclake index rollback` goes back."
        )


def _show_endings(project: Project, outcomes: list[Outcome], budget: Budget, json: bool) -> None:
    """A line for each source, those last that wait for a person."""
    from doclake_dagster.pipelines import endings

    for name in [o.source for o in outcomes if endings.is_for_nobody(project, o)]:
        console.error(*NOBODY.format(name).split("\n"), style="yellow")
    for stopped in budget.stopped.values():
        console.err.print(console.cell(stopped), soft_wrap=True)
    ended = [endings.of(project, o, stopped=o.source in budget.stopped) for o in outcomes]
    for ending in sorted(ended, key=lambda one: (not one.is_good, not one.success)):
        if not ending.is_good:
            console.error(str(ending), style="yellow" if ending.success else "red")
        elif not json:
            console.say(str(ending), "green")
