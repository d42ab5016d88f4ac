"""Other engines read Iceberg tables."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import duckdb
import polars
import pyarrow as pa

# Else polars warns that a package of its own would plan faster.
os.environ.setdefault("POLARS_ICEBERG_PLANNER", "pyiceberg")


def by_pyiceberg(place: str) -> pa.Table:
    from pyiceberg.table import StaticTable

    # Not `to_arrow()`: it cannot join files that Delta wrote anew with those that it appended to.
    return StaticTable.from_metadata(place).scan().to_arrow_batch_reader().read_all()


def by_polars(place: str) -> pa.Table:
    from pyiceberg.table import StaticTable

    # Without pyiceberg's reader of rows, by which polars reads where it does not know better.
    table = StaticTable.from_metadata(place)
    return polars.scan_iceberg(table, reader_override="native").collect().to_arrow()


def by_duckdb(place: str) -> pa.Table:
    return with_extensions().execute("SELECT * FROM iceberg_scan(?)", [place]).to_arrow_table()


def with_extensions() -> duckdb.DuckDBPyConnection:
    """DuckDB, which would fetch them."""
    import duckdb_extension_avro
    import duckdb_extension_iceberg

    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    for module in (duckdb_extension_avro, duckdb_extension_iceberg):
        connection.load_extension(extension_of(module))
    return connection


def extension_of(module: ModuleType) -> str:
    assert module.__file__ is not None
    (file,) = Path(module.__file__).parent.rglob("*.duckdb_extension")
    return str(file)


READERS: dict[str, Callable[[str], pa.Table]] = {
    "pyiceberg": by_pyiceberg,
    "polars": by_polars,
    "duckdb": by_duckdb,
}
