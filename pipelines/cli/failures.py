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
        (f"{row['source']}  {row['path']}\n", "bold"),
        (f"  {what}", "red"),
        f"  {row['message'] or ''}\n",
        f"  {row['mend'] or ''}\n",
        (f"  attempt {row['attempts']} · run {row['run_id']}\n", "dim"),
    )
