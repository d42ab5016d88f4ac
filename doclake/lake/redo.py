"""Marks documents as not done, so that the next run of their source does them again."""

from __future__ import annotations

from collections.abc import Sequence

from doclake.lake import ledger, locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.ledger import LedgerRow

BATCH = 500


def mark(lake: Lake, chosen: Sequence[LedgerRow], *, extract: bool = False) -> None:
    """Mark the trees of these documents. With `extract` all are extracted again, else those that
    failed; the others are only cut again."""
    for name in sorted({row["source"] for row in chosen}):
        _mark(lake, name, [row for row in chosen if row["source"] == name], extract)


def _mark(lake: Lake, source: str, chosen: list[LedgerRow], everything: bool) -> None:
    roots = {row["root_id"] for row in chosen}
    failed = {row["root_id"] for row in chosen if row["status"] == ledger.FAILED}
    extract = roots if everything else failed
    buckets = sorted({row["bucket"] for row in chosen})
    with locks.partitions(lake, source, buckets):
        _mark_trees(lake, source, buckets, roots, extract)


def _mark_trees(
    lake: Lake, source: str, buckets: list[str], roots: set[str], extract: set[str]
) -> None:
    trees = ledger.trees(ledger.read(lake, Scope(source, buckets, {"root_id": roots})))
    todo = list(trees.values())
    for start in range(0, len(todo), BATCH):
        batch = todo[start : start + BATCH]
        rows = [_again(row, row["root_id"] in extract) for tree in batch for row in tree]
        ledger.write(lake, source, rows, [tree[0]["root_id"] for tree in batch])


def _again(row: LedgerRow, extract: bool) -> LedgerRow:
    fields = [*ledger.CHUNK_FIELDS, *ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS]
    if extract:
        fields.append("extract_recipe")
    return ledger.cleared(row, fields) | {"attempts": 0}
