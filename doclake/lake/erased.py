"""The deny list: listed documents that were erased. No run registers, extracts or indexes one.

An id is on it before the first row goes, so an erasure that was interrupted brings nothing back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.erased import ERASED, ErasedRow
from doclake.tables.rows import strings


def ids(lake: Lake, source: str | None) -> frozenset[str]:
    """`doc_id`s of the erased documents of a source, or of all."""
    return frozenset(strings(lake.read(ERASED.name, Scope(source), ["doc_id"])["doc_id"]))


def without(rows: pa.Table, erased: frozenset[str], column: str = "doc_id") -> pa.Table:
    """The rows that belong to no erased document; `column` holds the listed document of each."""
    if not erased:
        return rows
    denied = pc.is_in(rows[column], value_set=pa.array(sorted(erased), pa.string()))
    return rows.filter(pc.invert(denied))


def rows(lake: Lake, scope: Scope) -> list[ErasedRow]:
    return ERASED.rows(lake.read(ERASED.name, scope))


def deny(lake: Lake, rows: Sequence[ErasedRow]) -> None:
    """Put documents on the list. One that is on it already stays there as it is told now."""
    by_source: dict[str, list[ErasedRow]] = defaultdict(list)
    for row in rows:
        by_source[row["source"]].append(row)
    for source, of_source in by_source.items():
        scope = Scope(source, where={"doc_id": [row["doc_id"] for row in of_source]})
        lake.replace(ERASED.name, scope, ERASED.arrow(of_source))


def allow(lake: Lake, rows: Sequence[ErasedRow]) -> None:
    """Take documents off the list."""
    for row in rows:
        lake.delete(ERASED.name, Scope(row["source"], where={"doc_id": [row["doc_id"]]}))
