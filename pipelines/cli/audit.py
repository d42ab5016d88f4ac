"""doclake audit"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source, cell

if TYPE_CHECKING:
    from doclake.tables.audit import AuditRow

_COLUMNS = (
    "done_at", "action", "source", "row_count", "done_by", "asked_as", "subject_id", "question",
    "reason",
)  # fmt: skip
_UNITS = {
    "passages": ("search", "ask", "passage"),
    "times": ("refused_token",),
    "documents": ("erase", "allow_again", "deletions_refused", "allow_deletions"),
    "memories": ("recall", "erase_memories"),
    "messages": ("accept_loss",),
}
_SHOWN, _AT_ONCE = 100, 10_000


def command(
    source: Source = None,
    action: Annotated[
        list[str] | None, typer.Option(help="Only this action, such as search; repeatable")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="Only from this day or moment on")
    ] = None,
    json: Json = False,
) -> None:
    """Show who did what, and who was given how many passages of which source, the newest first.

    What a running server has not written yet is missing: it writes every half minute.
    """
    from doclake.lake import audit
    from doclake.tables.audit import AUDIT

    lake = console.open_project(source).lake
    for name in action or ():
        _require_action(name)
    rows = audit.read(lake, source, action or (), console.moment("--since", since))
    if json:
        for batch in rows.to_batches(max_chunksize=_AT_ONCE):
            console.print_rows("actions", AUDIT.rows(batch), _COLUMNS, json, _block)
        return
    shown = AUDIT.rows(rows.slice(0, _SHOWN))
    console.print_rows("actions", shown, _COLUMNS, json, _block)
    if len(shown) < rows.num_rows:
        console.say(f"… and {rows.num_rows - len(shown):,} more: --json shows all")


def _require_action(name: str) -> None:
    from doclake.tables.audit import DONE, GIVEN

    if name not in {*GIVEN, *DONE}:
        there = ", ".join(sorted({*GIVEN, *DONE}))
        raise SettingsError(
            f"The audit knows no action {name}. Actions: {there}.",
            problems=[("--action", name, there)],
        )


def _block(row: AuditRow) -> Text:
    unit = next((unit for unit, actions in _UNITS.items() if row["action"] in actions), "rows")
    named = [*(row["asked_as"] or []), "everyone"] if row["asked_as"] is not None else []
    return Text.assemble(
        (f"{cell(row['done_at'])}  {cell(row['action'])}", "bold"),
        f"  {cell(row['source'])}, {unit}: {row['row_count']:,}, by {cell(row['done_by'])}",
        f" as {', '.join(map(cell, named))}" if named else "",
        f"\n  {cell(row['question'])}" if row["question"] else "",
        f"\n  {cell(row['reason'])}" if row["reason"] else "",
    )
