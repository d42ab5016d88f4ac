"""doclake failures"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from pipelines.cli import console
from pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.tables.ledger import LedgerRow

FAILURE = ("source", "path", "error", "message", "mend", "attempts", "quarantined", "run_id")


def command(source: Source = None, json: Json = False) -> None:
    """List what failed or was quarantined, why, and what to do about it."""
    from doclake.operate import replay

    rows = replay.failures(console.open_project(source).lake, source)
    console.print_rows("failures", rows, FAILURE, json, failure_block)


def failure_block(row: LedgerRow) -> Text:
    what = row["error"] or f"{row['quarantined']} chunks in quarantine"
    return Text.assemble(
        (f"{row['source']}  {console.cell(row['path'])}\n", "bold"),
        (f"  {console.cell(what)}", "red"),
        f"  {console.cell(row['message'])}\n",
        f"  {console.cell(row['mend'])}\n",
        (f"  attempt {row['attempts']} · run {row['run_id']}\n", "dim"),
    )
