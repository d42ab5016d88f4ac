"""Refusals get a severity and the time of the first one. Older lakes know the last one alone."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.upgrades.rewriting import rewrite, stored_columns

_ONLY_SEVERITY = "reject"


def run(lake: Lake) -> None:
    if stored_columns(lake, "quarantine"):
        rewrite(lake, "quarantine", _with_history)


def _with_history(rows: pa.Table) -> pa.Table:
    known = {"severity": pa.scalar(_ONLY_SEVERITY), "first_refused_at": rows["refused_at"]}
    for name, value in known.items():
        if name in rows.column_names:
            stored = rows[name].cast(value.type)
            column = pc.coalesce(stored, value)
            rows = rows.set_column(rows.column_names.index(name), name, column)
        else:
            rows = rows.append_column(name, pc.coalesce(pa.nulls(len(rows), value.type), value))
    return rows
