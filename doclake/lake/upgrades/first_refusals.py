"""Refusals get a severity and the time of the first one. Older lakes know the last one alone."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.upgrades.rewriting import rewrite, stored_columns

_ONLY_SEVERITY = "reject"


def run(lake: Lake) -> None:
    if stored_columns(lake, "quarantine"):
        rewrite(lake, "quarantine", _with_history)


def _with_history(rows: pa.Table) -> pa.Table:
    severities = pa.array([_ONLY_SEVERITY] * len(rows), pa.string())
    rows = _filled(rows, "severity", pa.chunked_array([severities]))
    return _filled(rows, "first_refused_at", rows["refused_at"])


def _filled(rows: pa.Table, name: str, values: pa.ChunkedArray[Any]) -> pa.Table:
    """The rows with these values where a column is null, or is not there yet."""
    if name not in rows.column_names:
        return rows.append_column(name, values)
    column = pc.coalesce(rows[name].cast(values.type), values)
    return rows.set_column(rows.column_names.index(name), name, column)
