"""doclake status"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from doclake_dagster.pipelines.cli import console

if TYPE_CHECKING:
    from doclake.health.counts import Balance

COLUMNS = (
    "documents",
    "failed",
    "quarantined",
    "elements",
    "chunks",
    "vectors",
    "indexed",
)


def command(
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Show counts read back from the tables, rows of an old recipe, and open incidents; exit 1 if a
    sum does not hold, or if documents still have another access list than the settings."""
    from dataclasses import asdict

    from doclake.health import balance, counts
    from doclake.health.old_recipes import old_recipes
    from doclake.index import switch
    from doclake.operate import incidents

    project = console.open_project()
    sources = balance.status(project)
    whole = counts.total(sources)
    open_now = incidents.unresolved(project.lake)
    old = {name: old_recipes(project, name) for name in project.settings.sources}
    if json:
        by_source = {
            name: counted.as_dict() | {"old_recipe": asdict(old[name]) if name in old else {}}
            for name, counted in sources.items()
        }
        figures = {"open_incidents": len(open_now), "sources": by_source}
        console.print_json(whole.as_dict() | figures)
    else:
        _show(sources | {"total": whole})
        for name, counted in sources.items():
            if counted.other_access:
                console.error(
                    f"{name}: {counted.other_access} documents have another access list than the "
                    f"settings: doclake ingest --source {name}"
                )
            if counted.no_chunk or counted.thin:
                console.error(
                    f"{name}: {counted.no_chunk} documents held text and have no chunk, "
                    f"{counted.thin} are thin: doclake failures --source {name}"
                )
        for name, outdated in old.items():
            if outdated:
                console.error(f"{name}: {outdated}: doclake ingest --source {name}")
        held = switch.told(state) if (state := project.index.state()) else None
        if held:
            console.error(*held)
        for incident in open_now:
            console.error(f"{incident['source']}: {incident['message']}")
    if not whole.balanced or whole.other_access:
        raise typer.Exit(1)


def _show(balances: dict[str, Balance]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from doclake.health.counts import SHOWN_PROBLEMS

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("source")
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("balanced")
    for name, balance in balances.items():
        cells = [f"{getattr(balance, column):,}" for column in COLUMNS]
        balanced = ("yes", "green") if balance.balanced else ("no", "red")
        table.add_row(console.cell(name), *cells, Text(*balanced))
    console.out.print(table)
    for problem in balances["total"].problems[:SHOWN_PROBLEMS]:
        console.error(problem)
