"""Tables as they were at a moment that has passed, by Delta's time travel."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from doclake.errors import LakeError
from doclake.lake.lake import Lake
from doclake.lake.opening import opened
from doclake.lake.query import query
from doclake.lake.scope import Scope
from doclake.tables.registry import TABLES


def select(
    lake: Lake, name: str, sql: str, schema: pa.Schema, moment: datetime | None = None
) -> pa.Table | None:
    """Rows of a table, called t in `sql`, as it was at `moment`, else as it is; empty before its
    first write. None where its history does not reach back so far: maintenance drops old versions
    after `retention.history`. Raises `LakeError` for a table of now that cannot be read."""
    if moment is None:
        table = lake.open(name)
        return schema.empty_table() if table is None else query(name, table, sql, schema)
    if lake.version(name) is None:
        return schema.empty_table()
    from deltalake.exceptions import DeltaError

    try:
        table = opened(name, lake.table_url(name))
        if table is None:
            return None
        # By the time in the log: that of its files, by which `load_as_version` goes, is another one
        # in a copy of the lake.
        latest = moment.timestamp() * 1000
        versions = [one["version"] for one in table.history() if one["timestamp"] <= latest]
        if not versions:
            return None
        table.load_as_version(max(versions))
        return query(name, table, sql, schema)
    except (DeltaError, LakeError, OSError):  # its files or its log are gone
        return None


def read(
    lake: Lake, name: str, scope: Scope, columns: list[str], moment: datetime | None = None
) -> pa.Table | None:
    """As `select`, the columns of the rows of a scope."""
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f"SELECT {names} FROM t WHERE {scope.sql() or 'TRUE'}"  # noqa: S608
    return select(lake, name, sql, TABLES[name].columns(columns), moment)
