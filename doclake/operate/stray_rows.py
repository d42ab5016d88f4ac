"""Drops what no run mends by itself: rows without an owner, decisions without a reason, vectors
that are damaged or stored twice.

Such rows come from outside damage or from an old bug. Each partition is locked while it is checked,
so the rows of a run at work are never taken for orphans.
"""

from __future__ import annotations

from typing import Any

from doclake.health.unsound_rows import orphans, unreasoned, unsound_texts
from doclake.lake import ledger, locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.decisions import DECISIONS
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.table import Table

BATCH = 1_000


def run(lake: Lake, table: Table[Any]) -> int:
    """Drop what is wrong in a table; returns the number of rows."""
    dropped = 0
    if table is EMBEDDINGS:
        for source, bucket in sorted(lake.count_by(table.name, ["source", "bucket"])):
            dropped += _drop_unsound(lake, source, bucket)
    if table is DECISIONS:
        for source, bucket in sorted(unreasoned(lake)):
            dropped += _forget_unreasoned(lake, source, bucket)
    if table.owner is not None:
        for source, bucket in sorted(orphans(lake, table)):
            dropped += _drop_orphans(lake, table, table.owner.column, Scope(source, [bucket]))
    return dropped


def _drop_orphans(lake: Lake, table: Table[Any], column: str, partition: Scope) -> int:
    assert partition.source is not None
    dropped = 0
    with locks.partitions(lake, partition.source, partition.buckets):
        keys = sorted(set().union(*orphans(lake, table, partition).values()))
        for start in range(0, len(keys), BATCH):
            where = {column: keys[start : start + BATCH]}
            dropped += lake.delete(table.name, Scope(partition.source, partition.buckets, where))
    return dropped


def _drop_unsound(lake: Lake, source: str, bucket: str) -> int:
    """Drop damaged and repeated vectors, and mark the partition as not embedded."""
    scope = Scope(source, [bucket])
    if not unsound_texts(lake, scope):
        return 0
    with locks.partitions(lake, source, [bucket]):
        texts = unsound_texts(lake, scope)
        fields = (*ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)
        ledger.undone(lake, source, ledger.read(lake, scope), fields)
        return lake.delete("embeddings", Scope(source, [bucket], {"text_hash": texts}))


def _forget_unreasoned(lake: Lake, source: str, bucket: str) -> int:
    """Forget decisions without a reason, and mark their documents as not judged."""
    scope = Scope(source, [bucket])
    with locks.partitions(lake, source, [bucket]):
        rows = DECISIONS.rows(lake.read(DECISIONS.name, scope))
        kept = [row for row in rows if row["reason"].strip()]
        roots = {row["root_id"] for row in rows if not row["reason"].strip()}
        trees = ledger.of_trees(lake, source, dict.fromkeys(roots, bucket))
        fields = (*ledger.CHUNK_FIELDS, *ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)
        ledger.undone(lake, source, trees, fields)
        lake.replace(DECISIONS.name, scope, DECISIONS.arrow(kept))
        return len(rows) - len(kept)
