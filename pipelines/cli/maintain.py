"""doclake maintain"""

from __future__ import annotations

from dataclasses import astuple, fields

from doclake_dagster.pipelines.cli import console


def command() -> None:
    """Merge small files, drop old versions, optimize the index, forget old tombstones."""
    from rich.table import Table

    from doclake.operate import maintenance

    project = console.open_project()
    with console.err.status("maintaining"):
        done = maintenance.run(project)
    table = Table(title="maintenance")
    for column in fields(maintenance.Maintained):
        table.add_column(column.name.replace("_", " "))
    for item in done:
        table.add_row(*map(str, astuple(item)))
    console.out.print(table)
