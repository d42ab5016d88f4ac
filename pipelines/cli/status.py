"""doclake status"""

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from doclake import balance, ledger
from doclake.lake import Lake, Scope
from pipelines.cli import console

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
    failures: Annotated[bool, typer.Option(help="Also list what failed and why")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Counts of every stage, read back from the tables; exit 1 if the ledger does not balance."""
    settings = console.load_settings()
    lake = Lake(settings.lake_url)
    sources = balance.status(lake, settings)
    whole = balance.total(sources)
    if json:
        by_source = {name: found.as_dict() for name, found in sources.items()}
        console.print_json(
            whole.as_dict()
            | {"sources": by_source}
            | ({"failures": _failed(lake)} if failures else {})
        )
    else:
        _show(sources | {"total": whole})
        if failures:
            _show_failures(lake)
    if not whole.balanced:
        raise typer.Exit(1)


def _failed(lake: Lake) -> list[ledger.Row]:
    columns = ("source", "path", "stage", "error", "message", "mend", "attempts", "run_id")
    rows = ledger.read(lake, Scope(where={"status": [ledger.FAILED]}))
    return [{name: row[name] for name in columns} for row in rows]


def _show(balances: dict[str, balance.Balance]) -> None:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("source")
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("balanced")
    for name, found in balances.items():
        cells = [f"{getattr(found, column):,}" for column in COLUMNS]
        table.add_row(name, *cells, "[green]yes" if found.balanced else "[red]no")
    console.out.print(table)
    for problem in balances["total"].problems[: balance.SHOWN_PROBLEMS]:
        console.error(problem)


def _show_failures(lake: Lake) -> None:
    table = Table(title="failed")
    for heading in ("source", "document", "error", "why", "what to do", "attempts"):
        table.add_column(heading, overflow="fold")
    for row in _failed(lake):
        cells = (row["source"], row["path"], row["error"], row["message"], row["mend"])
        table.add_row(*(str(cell or "") for cell in cells), str(row["attempts"]))
    console.out.print(table)
