"""doclake maintain"""

from dataclasses import astuple, fields

from rich.table import Table

from doclake.operate import maintenance
from pipelines.cli import console


def command() -> None:
    """Merge small files, drop old versions, optimize the index, forget old tombstones."""
    project = console.open_project()
    with console.err.status("maintaining"):
        done = maintenance.run(project)
    table = Table(title="maintenance")
    for column in fields(maintenance.Maintained):
        table.add_column(column.name.replace("_", " "))
    for item in done:
        table.add_row(*map(str, astuple(item)))
    console.out.print(table)
