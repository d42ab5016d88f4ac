"""The tables of a lake, and the joins over them, as views of DuckDB."""

from __future__ import annotations

from collections.abc import Iterator

from doclake.errors import LakeError
from doclake.lake.lake import Lake
from doclake.tables.registry import TABLES
from doclake.tables.views import VIEWS


def statements(lake: Lake) -> Iterator[str]:
    """SQL that creates a view for each table that has been written, then those that read them.

    A view names the address of its table, so it shows each commit from when it is made. Raises
    `LakeError` if there is no table.
    """
    there = {name for name in TABLES if lake.version(name) is not None}
    if not there:
        raise LakeError("No table has been written yet.", mend="Run `doclake ingest` first.")
    for name in TABLES:
        if name in there:
            url = lake.table_url(name).replace("'", "''")
            yield _view(name, f"SELECT * FROM delta_scan('{url}')")  # noqa: S608
    for view in VIEWS:
        if there.issuperset(view.reads):
            there.add(view.name)
            yield _view(view.name, view.sql)


def _view(name: str, sql: str) -> str:
    return f"CREATE OR REPLACE VIEW {name} AS\n{sql};"
