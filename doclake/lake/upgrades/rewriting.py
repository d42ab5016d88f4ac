"""Makes a table anew, with the columns of today."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doclake.lake import parquet
from doclake.lake.commits import commit
from doclake.lake.lake import Lake
from doclake.lake.query import parts
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import DeltaTable

_FILE = 8 << 20  # bytes: as much of each partition is held in memory before it is written

Change = Callable[[pa.Table], pa.Table]


def stored_columns(lake: Lake, name: str) -> set[str]:
    """Names of the columns that a table has by now; none before its first write."""
    table = lake.stored(name)
    return set() if table is None else {field.name for field in table.schema().fields}


def rewrite(lake: Lake, name: str, change: Change) -> None:
    """Replace all rows by what `change` makes of them, some thousand at a time, in one commit.

    `change` gets every column that is stored, and leaves rows alone that have those of today: after
    a lost race it may be called with such. A column of today that its result lacks is null, one
    that is no longer known is dropped. Raises `LakeError`.
    """

    def write() -> None:
        table = lake.stored(name)
        if table is None:
            return
        # Delta cannot read a table while it asks for rows to write.
        with TemporaryFile() as spool:
            _spool(name, table, change, spool)
            spool.seek(0)
            write_rows(table, name, pa.ipc.open_stream(spool))

    commit(name, write)


def write_rows(table: DeltaTable, name: str, rows: pa.RecordBatchReader) -> None:
    """Make these the only rows, and their columns those of the table, in one commit."""
    from deltalake import write_deltalake

    write_deltalake(
        table,
        rows,
        mode="overwrite",
        schema_mode="overwrite",
        partition_by=TABLES[name].partition_columns,
        target_file_size=_FILE,
        writer_properties=parquet.properties(name),
    )


def _spool(name: str, table: DeltaTable, change: Change, spool: Any) -> None:
    schema = TABLES[name].schema
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(spool, schema, options=options) as writer:
        for part in parts(name, table, "SELECT * FROM t"):
            rows = change(part)
            for field in schema:
                if field.name not in rows.column_names:
                    rows = rows.append_column(field, pa.nulls(rows.num_rows, field.type))
            writer.write_table(rows.select(schema.names).cast(schema))
