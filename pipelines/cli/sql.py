"""doclake sql"""

from __future__ import annotations

import csv as csvlib
import json as jsonlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from doclake.display import shown_lines
from doclake_dagster.pipelines.cli import console, grid
from doclake_dagster.pipelines.cli.console import Json

if TYPE_CHECKING:
    from doclake.sql.ask import Answer

_NUMBERS = (int, float)


def command(
    statement: Annotated[
        str, typer.Argument(help="One SELECT over the tables and views of docs/tables.md; -: stdin")
    ],
    as_: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="PRINCIPAL", help="Ask as this principal; repeatable"),
    ] = None,
    all_rows: Annotated[
        bool,
        typer.Option("--all-rows", help="Every row of every table, as the lake's files hold them"),
    ] = False,
    rows: Annotated[int, typer.Option(min=1, max=1_000_000, help="Rows at most")] = 1_000,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds it may take")] = 60.0,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="CSV, with a line of headings")] = False,
) -> None:
    """Ask the tables of the lake in the SQL of DuckDB. It reads only.

    Without --as it sees rows of what `everyone` may read, as a search does. Tables about runs and
    people (audit, incidents ...) have no access list and need --all-rows.
    """
    console.require_one_at_most(as_=as_, all_rows=all_rows)
    console.require_one_at_most(json=json, csv=csv)
    from doclake.sql.ask import ask

    text = sys.stdin.read() if statement == "-" else statement
    project = console.open_project()
    answer = ask(
        project, text, principals=None if all_rows else as_ or (), rows=rows, seconds=timeout
    )
    if json:
        for row in answer.rows:
            console.print_json(dict(zip(answer.columns, row, strict=True)))
    elif csv:
        writer = csvlib.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows([list(map(_plain, row)) for row in answer.rows])
    else:
        _show(answer)
    if answer.is_cut:
        console.error(f"… and more: --rows says how many are shown, now {rows:,}.", style="yellow")


def _show(answer: Answer) -> None:
    if not answer.rows:
        console.out.print("No rows.")
        return
    numbers = {
        name
        for name, *values in zip(answer.columns, *answer.rows, strict=True)
        if all(_is_number(value) for value in values)
    }
    grid.show(answer.columns, [list(map(_cell, row)) for row in answer.rows], numbers)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, _NUMBERS) and not isinstance(value, bool))


def _plain(value: Any) -> Any:
    """A value in CSV: a list as JSON, and no text that a terminal obeys."""
    if isinstance(value, list | dict):
        return jsonlib.dumps(value, ensure_ascii=False, default=console.plain)
    is_shown = isinstance(value, str) and sys.stdout.isatty()
    return shown_lines(value) if is_shown else value


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(console.cell, value))
    return f"{value:g}" if isinstance(value, float) else console.cell(value)
