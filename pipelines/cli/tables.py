"""doclake tables"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import Json

COLUMNS = ("name", "about", "url")


def command(
    sql: Annotated[
        bool, typer.Option("--sql", help="As views for DuckDB: the tables, and joins over them")
    ] = False,
    json: Json = False,
) -> None:
    """List the tables of the lake that have been written, what a row of each is, and where they
    are. Who reads them passes by the access lists, which are a column there."""
    from doclake.lake import views
    from doclake.tables import search_index
    from doclake.tables.registry import TABLES

    console.require_one_at_most(sql=sql, json=json)
    project = console.open_project()
    lake = project.lake
    if sql:
        for statement in views.statements(lake):
            print(statement)
        return
    rows = [
        {"name": table.name, "about": table.about, "url": lake.table_url(table.name)}
        for table in TABLES.values()
        if lake.version(table.name) is not None
    ]
    if state := project.index.state():
        url = f"{project.index.url}/{state.table}.lance"
        rows.append({"name": "search_index", "about": search_index.ABOUT, "url": url})
    console.print_rows("tables", rows, COLUMNS, json, _block)


def _block(row: dict[str, str]) -> Text:
    return Text.assemble(
        (row["name"], "bold"), f"  {row['about']}\n", (f"  {console.cell(row['url'])}", "dim")
    )
