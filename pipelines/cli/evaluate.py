"""doclake evaluate"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doclake_dagster.pipelines.cli import console, grid
from doclake_dagster.pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.progress import Step
    from doclake.tables.retrieval_report import ReportRow

COLUMNS = (
    "source", "language", "measure", "mean", "low", "high", "n", "is_generated", "accepted",
    "verdict", "model_name", "model", "recipe", "asked_at",
)  # fmt: skip
_SHOWN = 20  # paths of a source


def command(
    source: Source = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Later reports are compared with this one")
    ] = False,
    json: Json = False,
) -> None:
    """Ask questions whose answers are known, and say how many were answered; exit 1 if fewer than
    at the last accepted report, beyond what chance explains.

    The questions of a source are those of `sources.NAME.questions`, else generated ones.
    """
    from doclake.evaluate import questions
    from doclake.stages import retrieval_report

    project = console.open_project(source)
    names = [source] if source else list(project.settings.sources)

    def show(step: Step) -> None:
        status.update(f"asking {step.source}")

    with console.err.status("asking") as status:
        report = retrieval_report.run(project, names, accept=accept, progress=show)
    by_source = {name: retrieval_report.history(project, name) for name in names}
    rows = [row for every in by_source.values() for row in retrieval_report.latest(every)]
    if json:
        for row in rows:
            console.print_json({name: value for name, value in row.items() if name in COLUMNS})
    else:
        _show(rows)
    for name in names:
        for path in questions.paths_not_there(project, name)[:_SHOWN]:
            told = f"{name}: a question names {path}, which is not there: it counts as unanswered."
            console.error(told, style="yellow")
    for alarm in report.alarms:
        console.error(alarm.message, f"    {alarm.mend}")
    if any(alarm.code == retrieval_report.FELL for alarm in report.alarms):
        raise typer.Exit(1)


def _show(rows: list[ReportRow]) -> None:
    if not rows:
        console.out.print("No source has a question.")
        return
    cells = []
    for row in rows:
        asked = f"{row['n']}{' generated' if row['is_generated'] else ''}"
        span = f"{row['low']:.3f} to {row['high']:.3f}"
        texts = (row["source"], row["language"] or "all", asked, row["measure"])
        cells.append([*map(console.cell, texts), f"{row['mean']:.3f}", span])
    headings = ("source", "language", "questions", "measure", "mean", "95 % of samples")
    grid.show(headings, cells, ("mean",))
