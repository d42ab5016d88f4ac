"""Other programs read the lake as it stands; docs/tables.md names those that are tried here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import duckdb
import duckdb_extension_delta
import lancedb
import pandas
import polars
import pyarrow as pa
import pytest
from deltalake import DeltaTable, QueryBuilder

from doclake.lake import views
from doclake.lake.iceberg import home
from doclake.lake.iceberg.sync import sync
from doclake.tables.registry import TABLES
from tests.iceberg_readers import READERS, extension_of

_PACKAGES = {"delta-rs": "deltalake"}
_KINDS = {
    "tables (Delta)": "delta",
    "passages with documents, signals and vectors": "joined",
    "index (Lance)": "lance",
    "Iceberg tables": "iceberg",
}


def _delta_rs(place: str) -> pa.Table:
    asked = QueryBuilder().register("t", DeltaTable(place)).execute("SELECT * FROM t")
    return pa.table(asked.read_all())


def _with_delta() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    connection.load_extension(extension_of(duckdb_extension_delta))
    return connection


def _by_duckdb(place: str) -> pa.Table:
    return _with_delta().execute("SELECT * FROM delta_scan(?)", [place]).to_arrow_table()


DELTA: dict[str, Callable[[str], Any]] = {
    "delta-rs": _delta_rs,
    "pandas": lambda place: polars.scan_delta(place).collect().to_pandas(),
    "Polars": lambda place: polars.scan_delta(place).collect().to_arrow(),
    "DuckDB": _by_duckdb,
}
ICEBERG: dict[str, Callable[[str], Any]] = {
    "pyiceberg": READERS["pyiceberg"],
    "pandas": lambda place: READERS["pyiceberg"](place).to_pandas(),
    "Polars": READERS["polars"],
    "DuckDB": READERS["duckdb"],
}
LANCE: dict[str, Callable[[Any], Any]] = {
    "LanceDB": lambda table: table.to_arrow(),
    "pandas": lambda table: table.to_pandas(),
    "Polars": lambda table: table.to_polars().collect().to_arrow(),
    "DuckDB": lambda table: _duckdb_of(table.to_lance()),
}
JOINED = {"DuckDB", "Polars", "delta-rs", "pandas"}
"""By queries of the page, which test_tables_page.py runs, but for the view of DuckDB below."""


def _duckdb_of(rows: Any) -> pa.Table:  # DuckDB finds it by the name of the variable
    return duckdb.sql("SELECT * FROM rows").to_arrow_table()


def _plain(value: Any, kind: pa.DataType) -> Any:
    """As values are the same in all programs: times in UTC, nothing for what is empty."""
    if isinstance(value, datetime):
        return None if value is pandas.NaT else pandas.Timestamp(value).astimezone(UTC)
    if pa.types.is_struct(kind) and value is not None:
        return {one.name: _plain(value[one.name], one.type) for one in kind}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [_plain(one, kind.value_type) for one in value] or None
    if isinstance(value, float):
        if value != value:
            return None
        return int(value) if pa.types.is_integer(kind) else value  # pandas has no null integers
    return value


def _same(rows: Any, expected: pa.Table) -> bool:
    of_program = rows.to_dict("records") if isinstance(rows, pandas.DataFrame) else rows.to_pylist()
    kinds = {field.name: field.type for field in expected.schema}

    def told(every: list[dict[str, Any]]) -> list[str]:
        return sorted(
            repr({name: _plain(row[name], kind) for name, kind in kinds.items()}) for row in every
        )

    return told(of_program) == told(expected.to_pylist())


@pytest.fixture
def written(flow):
    """A lake with rows in files that Delta wrote anew; names of its tables."""
    flow.write("garden.md", "# Garden\n\nNothing grows here any more.\n")
    flow.run()
    return [name for name in TABLES if flow.lake.version(name) is not None]


@pytest.mark.parametrize("program", DELTA)
def test_every_table_is_read(flow, written, program):
    for name in written:
        assert _same(DELTA[program](flow.lake.table_url(name)), flow.lake.read(name)), name


@pytest.mark.slow
@pytest.mark.parametrize("program", ICEBERG)
def test_every_iceberg_table_is_read(flow, written, program):
    sync(flow.lake, written)
    for name in written:
        assert _same(ICEBERG[program](home.place(flow.lake, name)), flow.lake.read(name)), name


@pytest.mark.parametrize("program", LANCE)
def test_the_index_is_read(flow, written, program):
    state = flow.project.index.state()
    table = lancedb.connect(flow.project.index.url).open_table(state.table)
    chunks = flow.lake.read("chunks", columns=["chunk_id", "path", "text", "access", "boxes"])
    assert _same(LANCE[program](table), chunks)


def test_the_view_joins_document_signals_and_vector_to_each_passage(flow, written):
    lake = _with_delta()
    for statement in views.statements(flow.lake):
        lake.execute(statement)
    rows = lake.sql("SELECT * FROM current_chunks_in_full").to_arrow_table().to_pylist()
    sizes = {row["doc_id"]: row["size"] for row in flow.lake.read("documents").to_pylist()}
    steps = {row["step"] for row in flow.lake.read("signals").to_pylist()}
    assert [row["chunk_id"] for row in rows]
    assert {row["chunk_id"] for row in rows} == set(
        flow.lake.read("chunks")["chunk_id"].to_pylist()
    )
    for row in rows:
        assert row["document_size"] == sizes[row["root_id"]]
        assert {step for step, _ in row["signals"]} == steps
        assert len(row["vector"]) == 384


def test_the_page_names_what_is_tried_here_and_in_which_version(repository):
    page = (repository / "docs" / "tables.md").read_text("utf-8")
    lines = page[page.index("## Readers") :].split("\n\n")[2].splitlines()
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    tried = {"delta": set(DELTA), "joined": JOINED, "lance": set(LANCE), "iceberg": set(ICEBERG)}
    told: dict[str, set[str]] = {kind: set() for kind in tried}
    for program, *cells in rows:
        name, number = re.fullmatch(r"(\S+) ([\d.]+)", program).groups()
        assert version(_PACKAGES.get(name, name.lower())) == number, name
        for kind, cell in zip(head[1:], cells, strict=True):
            if cell != "–":
                told[_KINDS[kind]].add(name)
    assert told == tried
