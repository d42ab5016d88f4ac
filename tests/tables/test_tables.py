"""Every schema: described, keyed and partitioned as the tables need it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from doclake.tables import registry
from doclake.tables.chunks import CHUNKS
from doclake.tables.listing import LISTING
from doclake.tables.search_index import search_index_schema

EVERY = registry.TABLES | {"listing": LISTING}


@pytest.mark.parametrize("name", EVERY)
def test_every_field_has_a_description_and_a_name_of_its_own(name: str) -> None:
    schema = EVERY[name]
    assert len(set(schema.names)) == len(schema.names)
    for field in schema:
        assert field.metadata[b"comment"].strip(), field.name


@pytest.mark.parametrize("name", registry.TABLES)
def test_every_table_is_partitioned_by_source_and_bucket_if_it_has_any(name: str) -> None:
    schema = registry.TABLES[name]
    columns = registry.partition_columns(name)
    assert columns == (["source"] if name == "incidents" else ["source", "bucket"])
    assert not any(schema.field(column).nullable for column in columns)


@pytest.mark.parametrize("name", registry.TABLES)
def test_a_column_means_the_same_in_every_table(name: str) -> None:
    for field in registry.TABLES[name]:
        for other in registry.TABLES.values():
            if field.name in other.names and field.name != "pages":  # which ones; how many
                assert field.type == other.field(field.name).type, field.name


def test_times_are_microseconds_in_utc_everywhere() -> None:
    times = [
        field for schema in EVERY.values() for field in schema if pa.types.is_timestamp(field.type)
    ]
    assert times
    assert {field.type for field in times} == {pa.timestamp("us", tz="UTC")}


def test_the_index_has_a_primary_key_and_fixed_size_vectors() -> None:
    index = search_index_schema(384)
    key = index.field("chunk_id")
    assert key.metadata == {b"lance-schema:unenforced-primary-key": b"true"}
    assert not key.nullable
    assert index.field("vector").type == pa.list_(pa.float32(), 384)


def test_the_index_copies_its_columns_from_the_chunks() -> None:
    index = search_index_schema(8)
    for field in index:
        if field.name in CHUNKS.names:
            assert field.type == CHUNKS.field(field.name).type
    assert set(CHUNKS.names) & set(index.names) >= {"chunk_id", "row_hash", "bucket"}
    assert {"text", "access", "pages", "boxes", "section", "source"} <= set(index.names)
