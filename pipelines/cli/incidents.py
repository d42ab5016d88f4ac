"""doclake incidents"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json, Source

if TYPE_CHECKING:
    from doclake.tables.incidents import Incident

_COLUMNS = ("incident_id", "source", "cause", "severity", "owner", "opened_at", "acknowledged_at",
    "escalated_for",
)  # fmt: skip


def command(
    source: Source = None,
    all: Annotated[bool, typer.Option("--all", help="Closed incidents, too")] = False,
    ack: Annotated[str | None, typer.Option(metavar="ID", help="Mark as taken by you")] = None,
    json: Json = False,
) -> None:
    """List what failed, whoever started it, and has had no good run since."""
    from doclake.operate import incidents

    lake = console.open_project(source).lake
    if ack is not None:
        taken = incidents.acknowledge(lake, ack)
        if taken is None:
            raise SettingsError(
                f"No open incident {ack}.",
                mend="`doclake incidents` lists those that are.",
                problems=[("--ack", ack, "an open one")],
            )
        if not json:
            console.say(f"{ack} of {taken['source']} is marked as taken. A good run closes it.\n")
    rows = incidents.all_of(lake, source) if all else incidents.unresolved(lake, source)
    timing = ("resolved_at", "seconds_to_detect", "seconds_to_resolve") if all else ()
    console.print_rows("incidents", rows, (*_COLUMNS, *timing, "message"), json, _block)


def _block(row: Incident) -> Text:
    closed = row["resolved_at"]
    state = f"closed {console.cell(closed)}" if closed else "open"
    taken = f" · taken {console.cell(row['acknowledged_at'])}" if row["acknowledged_at"] else ""
    late = f" · {row['escalated_for']} in time" if row["escalated_for"] else ""
    opened = console.cell(row["opened_at"])
    return Text.assemble(
        (f"{row['incident_id']}  {row['source']}  {console.cell(row['cause'])}\n", "bold"),
        (f"  {row['severity']}, {state}", "green" if closed else "red"),
        f" · opened {opened}{taken}{late} · owner {row['owner']}\n",
        f"  {console.cell(row['message'])}\n",
    )
