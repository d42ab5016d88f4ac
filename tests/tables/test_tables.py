"""Every schema: described, keyed and partitioned as the tables need it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_type_hints

import pyarrow as pa
import pytest

from doclake.settings import Retention
from doclake.tables.chunks import CHUNKS
from doclake.tables.columns import (
    BOX,
    PERSONAL,
    SUSPICION,
    TIMESTAMP,
    PageBox,
    PersonalSpan,
    SuspicionRow,
)
from doclake.tables.drift import KIND_COUNT, KindCount
from doclake.tables.ledger import LeftOut
from doclake.tables.listing import LISTING
from doclake.tables.quality import LANGUAGE_COUNT, LanguageCount
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.registry import TABLES
from doclake.tables.search_index import search_index_schema

EVERY = {name: table.schema for name, table in TABLES.items()} | {"listing": LISTING}
DESCRIBED = EVERY | {"search_index": search_index_schema(2)}

PYTHON = {
    pa.string(): str,
    pa.binary(): bytes,
    pa.bool_(): bool,
    pa.int32(): int,
    pa.int64(): int,
    pa.float32(): float,
    pa.float64(): float,
    TIMESTAMP: datetime,
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_every_field_has_a_description_and_a_name_of_its_own(name: str) -> None:
    schema = DESCRIBED[name]
    assert len(set(schema.names)) == len(schema.names)
    for field in schema:
        assert field.metadata[b"comment"].strip(), field.name


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_partitioned_by_source_and_bucket_if_it_has_any(name: str) -> None:
    schema, columns = TABLES[name].schema, TABLES[name].partition_columns
    of_sources = {
        name: ["source"]
        for name in (
            "incidents",
            "measurements",
            "runs",
            "retrieval_report",
            "erased",
            "audit",
            "quality",
            "drift",
            "crawled_pages",
        )
    }
    of_no_bucket = of_sources | {"upgrades": [], "erasures": [], "memory_events": []}
    of_no_bucket["memories"] = ["shard"]
    assert columns == of_no_bucket.get(name, ["source", "bucket"])
    assert not any(schema.field(column).nullable for column in columns)


@pytest.mark.parametrize("name", TABLES)
def test_a_column_means_the_same_in_every_table(name: str) -> None:
    for field in TABLES[name].schema:
        for other in TABLES.values():
            if field.name in other.schema.names and field.name != "pages":  # which ones; how many
                assert field.type == other.schema.field(field.name).type, field.name


@pytest.mark.parametrize("name", TABLES)
def test_the_facts_of_a_table_name_columns_that_it_has(name: str) -> None:
    table = TABLES[name]
    assert {*table.key, table.found_by} <= set(table.schema.names)
    # Minima and maxima of text in the log could not be erased.
    assert table.found_by.endswith(("_id", "_hash", "step", "day"))
    if table.owner is not None:
        assert table.owner.column in table.schema.names
        assert table.owner.column in TABLES[table.owner.table].schema.names
    if table.retention is not None:
        assert {table.retention.column, *table.retention.where} <= set(table.schema.names)
        assert table.retention.setting in Retention.model_fields


def _in_python(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return list[_in_python(kind.value_type)]
    if pa.types.is_struct(kind):
        known = {BOX: PageBox, PERSONAL: PersonalSpan, SUSPICION: SuspicionRow}
        known |= {LANGUAGE_COUNT: LanguageCount, KIND_COUNT: KindCount}
        row = known.get(kind, LeftOut)
        assert get_type_hints(row) == {part.name: _in_python(part.type) for part in kind}
        return row
    return PYTHON[kind]


@pytest.mark.parametrize("name", TABLES)
def test_a_row_in_python_has_the_columns_of_the_schema_and_their_types(name: str) -> None:
    columns = {
        field.name: _in_python(field.type) | None if field.nullable else _in_python(field.type)
        for field in TABLES[name].schema
    }
    hints = get_type_hints(TABLES[name].row)
    assert list(hints.items()) == list(columns.items())


def test_rows_come_back_from_arrow_as_they_went() -> None:
    row = QUARANTINE.empty_row() | dict.fromkeys(("source", "bucket", "root_id", "doc_id"), "a")
    row |= dict.fromkeys(("path", "content_hash", "recipe", "stage", "key", "rule"), "b")
    assert QUARANTINE.rows(QUARANTINE.arrow([row])) == [row]
    assert QUARANTINE.rows(QUARANTINE.arrow([row]).select(["key"])) == [{"key": "b"}]


def test_times_are_microseconds_in_utc_everywhere() -> None:
    times = [
        field for schema in EVERY.values() for field in schema if pa.types.is_timestamp(field.type)
    ]
    assert times
    assert {field.type for field in times} == {pa.timestamp("us", tz="UTC")}


def test_the_index_has_a_primary_key_and_fixed_size_vectors() -> None:
    index = search_index_schema(384)
    key = index.field("chunk_id")
    assert key.metadata[b"lance-schema:unenforced-primary-key"] == b"true"
    assert not key.nullable
    assert index.field("vector").type == pa.list_(pa.float32(), 384)


def test_the_index_copies_its_columns_from_the_chunks() -> None:
    index = search_index_schema(8)
    for field in index:
        if field.name in CHUNKS.schema.names:
            assert field.type == CHUNKS.schema.field(field.name).type
    assert set(CHUNKS.schema.names) & set(index.names) >= {"chunk_id", "row_hash", "bucket"}
    assert {"text", "access", "pages", "boxes", "section", "source"} <= set(index.names)
