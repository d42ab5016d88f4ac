"""How rows become files of a Delta table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable, WriterProperties


def overwrite(
    table: DeltaTable,
    name: str,
    predicate: str,
    rows: pa.Table,
    commit: CommitProperties | None = None,
) -> None:
    """Make `rows` the only rows that `predicate` names, in one commit."""
    from deltalake import write_deltalake

    write_deltalake(
        table,
        bare(rows, TABLES[name].schema),
        mode="overwrite",
        predicate=predicate,
        commit_properties=commit,
        writer_properties=properties(name),
    )


def append(
    table: DeltaTable, name: str, rows: pa.Table, commit: CommitProperties | None = None
) -> None:
    """Add the rows, in one commit."""
    from deltalake import write_deltalake

    written = bare(rows, TABLES[name].schema)
    write_deltalake(
        table,
        written,
        mode="append",
        commit_properties=commit,
        writer_properties=properties(name),
    )


def properties(name: str) -> WriterProperties:
    """How the files of a table are written. A vector takes 1.4 kB so and 2.4 with Delta's defaults:
    a dictionary of numbers that never come twice is larger than they are."""
    from deltalake import ColumnProperties, WriterProperties

    # By name of a column Delta does not reach inside a list.
    columns = ColumnProperties(dictionary_enabled=TABLES[name].repeats)
    return WriterProperties(compression="ZSTD", default_column_properties=columns)


def bare(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows with the types of the table. Their columns carry no descriptions: Delta refuses a write
    whose descriptions differ from those that the table was made with."""
    columns = pa.schema([field.remove_metadata() for field in schema])
    return rows.select(schema.names).cast(columns)
