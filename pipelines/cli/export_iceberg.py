"""doclake export iceberg"""

from __future__ import annotations

from dataclasses import asdict

from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console, grid


def run(*, json: bool) -> None:
    """Bring the Iceberg tables of the settings in step, and say what was done."""
    from doclake.lake.iceberg.sync import sync

    project = console.open_project()
    tables = project.settings.iceberg_tables
    if not tables:
        raise SettingsError(
            "No table is an Iceberg table.",
            mend="Name the tables: `iceberg: [chunks, ledger]`, or `iceberg: true` for all.",
            problems=[("iceberg", "false", "true, or names of tables")],
        )
    with console.err.status("exporting"):
        done = sync(project.lake, tables)
    if json:
        for one in done:
            console.print_json(asdict(one))
        return
    rows = [
        [one.table, f"{one.version:,}", f"{one.files:,}", f"{one.added:,}", f"{one.removed:,}"]
        for one in done
    ]
    counts = ("commit of Delta", "files", "added", "removed")
    grid.show(["table", *counts], rows, counts)
    console.say(
        f"{len(done):,} Iceberg tables in step: {console.cell(project.lake.url)}/iceberg",
        style="green",
    )
