"""Columns and rows of Arrow as Python values, with their types."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa


def strings(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> list[str]:
    """The values of a column of strings that holds no null."""
    return cast("list[str]", column.to_pylist())


def with_column(rows: pa.Table, name: str, values: list[Any]) -> pa.Table:
    """The rows with these values in a column that they have."""
    place = rows.schema.get_field_index(name)
    field = rows.schema.field(place)
    return rows.set_column(place, field, pa.array(values, field.type))


def integers(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> list[int]:
    """The values of a column of integers that holds no null."""
    return cast("list[int]", column.to_pylist())
