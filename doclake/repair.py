"""What no run brings back by itself, put right: rows nobody owns, vectors that are none.

Such rows come from damage from outside or from code that has been mended since. Each partition is
held while it is looked at, so the rows of a run at work are never taken for orphans.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from doclake.lake import ledger, locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope

UNIT_TOLERANCE = 1e-2  # half precision leaves a unit vector this far from 1
BATCH = 1_000
OWNERS = {"elements": ("doc_id", "ledger"), "chunks": ("doc_id", "ledger")}
OWNERS["embeddings"] = ("text_hash", "chunks")
Partition = tuple[str, str]


def run(lake: Lake, table: str) -> int:
    """Drop what is wrong in a table; returns the number of rows. Only three tables can be."""
    dropped = 0
    if table == "embeddings":
        for source, bucket in sorted(lake.count_by(table, ["source", "bucket"])):
            dropped += _drop_unsound(lake, source, bucket)
    if table in OWNERS:
        for source, bucket in sorted(orphans(lake, table)):
            dropped += _drop_orphans(lake, table, source, bucket)
    return dropped


def orphans(
    lake: Lake,
    table: str,
    scope: Scope = Scope(),  # noqa: B008 (frozen)
) -> dict[Partition, set[str]]:
    """Keys of a table whose owner is missing, by partition."""
    key, owner = OWNERS[table]
    columns = ["source", "bucket", key]
    missing = lake.count_by(table, columns, scope).keys() - lake.count_by(owner, columns, scope)
    found: dict[Partition, set[str]] = {}
    for source, bucket, value in missing:
        found.setdefault((source, bucket), set()).add(value)
    return found


def _drop_orphans(lake: Lake, table: str, source: str, bucket: str) -> int:
    dropped = 0
    with locks.partitions(lake, source, [bucket]):
        found = orphans(lake, table, Scope(source, [bucket])).get((source, bucket), set())
        keys = sorted(found)
        for start in range(0, len(keys), BATCH):
            where = {OWNERS[table][0]: keys[start : start + BATCH]}
            dropped += lake.delete(table, Scope(source, [bucket], where))
    return dropped


def _drop_unsound(lake: Lake, source: str, bucket: str) -> int:
    """Drop vectors that are none or stand twice, and mark the partition as not embedded."""
    scope = Scope(source, [bucket])
    if not _unsound_texts(lake, scope):
        return 0
    with locks.partitions(lake, source, [bucket]):
        texts = _unsound_texts(lake, scope)
        fields = (*ledger.EMBED_FIELDS, *ledger.INDEX_FIELDS)
        ledger.undone(lake, source, ledger.read(lake, scope), fields)
        return lake.delete("embeddings", Scope(source, [bucket], {"text_hash": texts}))


def _unsound_texts(lake: Lake, scope: Scope) -> list[str]:
    rows = lake.read("embeddings", scope, ["text_hash", "model", "vector"])
    bad = set(rows["text_hash"].filter(pa.array(unsound(rows["vector"]))).to_pylist())
    counted = rows.group_by(["text_hash", "model"]).aggregate([([], "count_all")]).to_pydict()
    counts = zip(counted["text_hash"], counted["count_all"], strict=True)
    return sorted(bad | {text for text, n in counts if n > 1})


def unsound(column: pa.ChunkedArray) -> np.ndarray:
    """For each vector whether it is not finite or not of unit length: bool [n]."""
    vectors = column.combine_chunks()
    starts, lengths = vectors.offsets.to_numpy()[:-1], vectors.value_lengths().to_numpy()
    flat = vectors.flatten().to_numpy(zero_copy_only=False)
    squares = np.append(np.square(flat, dtype=np.float64), 0.0)  # so that every start is in it
    sums = np.add.reduceat(squares, starts - starts[:1]) if len(starts) else np.zeros(0)
    norms = np.sqrt(np.where(lengths > 0, sums, 0.0))
    unfit: np.ndarray = ~(np.abs(norms - 1) <= UNIT_TOLERANCE)
    return unfit
