"""Columns and rows of Arrow as Python values, with their types."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa


def strings(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> list[str]:
    """The values of a column of strings that holds no null."""
    return cast("list[str]", column.to_pylist())
