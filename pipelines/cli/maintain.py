"""doclake maintain"""

from __future__ import annotations

from dataclasses import astuple, fields

from doclake_dagster.pipelines.cli import console, grid


def command() -> None:
    """Merge small files, drop old versions, optimize the index, forget old tombstones."""
    from doclake.operate import maintenance

    project = console.open_project()
    with console.err.status("maintaining"):
        done = maintenance.run(project)
    first, *counts = [column.name.replace("_", " ") for column in fields(maintenance.Maintained)]
    rows = [
        [f"{value:,}" if isinstance(value, int) else value for value in astuple(item)]
        for item in done
    ]
    grid.show((first, *counts), rows, counts)
    if not any(any(astuple(item)[1:]) for item in done):
        console.say("There was nothing to merge, to remove or to forget.")
