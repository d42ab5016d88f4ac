"""elements: trees that need nothing, told from the ledger without a Python row for each."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.fingerprints import ByMediaType
from doclake.lake import ledger

_BETWEEN = "\n"  # in no identifier


def settled(registry: pa.Table, before: pa.Table, fingerprints: ByMediaType) -> pa.Array[Any]:
    """`doc_id`s of registry rows that need no look: listed, extracted as they are listed by the
    recipe of today without a failure; or deleted, and so is all the ledger has of them.

    `before` are rows of the ledger. What is missing here may still turn out to need nothing.
    """
    deleted = pc.equal(before["status"], ledger.DELETED)
    sound = pc.and_(_of_today(before, fingerprints), pc.equal(before["status"], ledger.OK))
    roots = before.filter(pc.equal(before["doc_id"], before["root_id"]))
    as_read = pc.is_in(_signed(registry), value_set=_values(_signed(roots)))
    gone = pc.and_(
        pc.is_valid(registry["deleted_at"]),
        pc.is_in(registry["doc_id"], value_set=_values(before["root_id"])),
    )
    live = pc.and_(pc.is_null(registry["deleted_at"]), pc.fill_null(as_read, False))
    kept = pc.or_(
        pc.and_(live, _none_of(registry, before.filter(pc.invert(sound)))),
        pc.and_(gone, _none_of(registry, before.filter(pc.invert(deleted)))),
    )
    return _values(registry.filter(kept)["doc_id"])


def _of_today(before: pa.Table, fingerprints: ByMediaType) -> pa.ChunkedArray[Any]:
    """For each row whether the recipe of today extracted it, as bool [rows]."""
    kinds = _values(pc.unique(before["media_type"]))
    recipes = pa.array([fingerprints[kind] for kind in kinds.to_pylist()], pa.string())
    wanted = pc.take(recipes, pc.index_in(before["media_type"], value_set=kinds))
    of_today: pa.ChunkedArray[Any] = pc.fill_null(pc.equal(before["extract_recipe"], wanted), False)
    return of_today


def _signed(rows: pa.Table) -> pa.ChunkedArray[Any]:
    """Document and signature in one string; null without a signature."""
    joined: pa.ChunkedArray[Any] = pc.binary_join_element_wise(
        rows["doc_id"], rows["signature"], _BETWEEN
    )
    return joined


def _none_of(registry: pa.Table, rows: pa.Table) -> pa.ChunkedArray[Any]:
    """For each row of the registry whether none of these rows is of its tree, as bool [rows]."""
    none: pa.ChunkedArray[Any] = pc.invert(
        pc.is_in(registry["doc_id"], value_set=_values(rows["root_id"]))
    )
    return none


def _values(column: pa.ChunkedArray[Any] | pa.Array[Any]) -> pa.Array[Any]:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
