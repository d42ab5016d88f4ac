"""doclake failures"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from doclake.display import number_of
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.tables.ledger import LedgerRow

FAILURE = ("source", "path", "error", "message", "mend", "attempts", "quarantined", "run_id")
SHORTFALL = ("source", "path", "kind", "rule", "message", "mend", "run_id")


def command(source: Source = None, json: Json = False) -> None:
    """List what failed, was quarantined or gave less than it holds, why, and what to do about
    it."""
    from doclake.health import shortfalls
    from doclake.operate import replay

    project = console.open_project(source)
    failed = replay.failures(project.lake, source)
    short = [vars(one) for one in shortfalls.find(project.lake, project.settings.thin, source)]
    if failed or not short:
        console.print_rows("failures", failed, FAILURE, json, failure_block)
    if short:
        console.print_rows("shortfalls", short, SHORTFALL, json, shortfall_block)


def failure_block(row: LedgerRow) -> Text:
    name = Text(f"{row['source']}  {console.cell(row['path'])}\n", "bold")
    if row["error"] is None:
        number = row["quarantined"] or 0
        waiting = number_of(number, "chunk")
        mend = f"  doclake quarantine list --source {row['source']} names the rule.\n"
        return Text.assemble(name, (f"  {waiting} in quarantine\n", "red"), mend)
    return Text.assemble(
        name,
        (f"  {console.cell(row['error'])}", "red"),
        f"  {console.cell(row['message'])}\n",
        f"  {console.cell(row['mend'])}\n",
        (f"  attempt {row['attempts']} · run {row['run_id']}\n", "dim"),
    )


def shortfall_block(row: dict[str, Any]) -> Text:
    return Text.assemble(
        (f"{row['source']}  {console.cell(row['path'])}\n", "bold"),
        (f"  {row['kind']}", "yellow"),
        f"  {console.cell(row['message'])}\n",
        f"  {console.cell(row['mend'])}\n",
        (f"  run {row['run_id']}\n", "dim"),
    )
