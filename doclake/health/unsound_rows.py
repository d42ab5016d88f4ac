"""Rows without an owner, decisions without a reason, vectors that are damaged or stored twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.tables.decisions import DECISIONS
from doclake.tables.rows import strings
from doclake.tables.table import Table

UNIT_TOLERANCE = 1e-2  # half precision leaves a unit vector this far from 1
Partition = tuple[str, str]


def orphans(lake: Lake, table: Table[Any], scope: Scope = EVERYTHING) -> dict[Partition, set[str]]:
    """Values of the owner's column in rows whose owner is missing, by partition."""
    assert table.owner is not None
    columns = ["source", "bucket", table.owner.column]
    owned = lake.count_by(table.name, columns, scope).keys()
    if not owned:
        return {}
    owners = lake.count_by(table.owner.table, columns, scope).keys()
    by_partition: dict[Partition, set[str]] = {}
    for source, bucket, value in owned - owners:
        by_partition.setdefault((source, bucket), set()).add(value)
    return by_partition


def unreasoned(lake: Lake, scope: Scope = EVERYTHING) -> dict[Partition, set[str]]:
    """Documents of decisions that name no reason, by partition."""
    columns = ["source", "bucket", "doc_id", "reason"]
    by_partition: dict[Partition, set[str]] = {}
    for row in DECISIONS.rows(lake.read(DECISIONS.name, scope, columns)):
        if not row["reason"].strip():
            by_partition.setdefault((row["source"], row["bucket"]), set()).add(row["doc_id"])
    return by_partition


def unsound_texts(lake: Lake, scope: Scope) -> list[str]:
    """Hashes of the texts that have a damaged vector, or two of one model."""
    rows = lake.read("embeddings", scope, ["text_hash", "model", "vector"])
    bad = set(strings(rows["text_hash"].filter(pa.array(unsound(rows["vector"])))))
    counted = rows.group_by(["text_hash", "model"]).aggregate([([], "count_all")]).to_pydict()
    counts = zip(counted["text_hash"], counted["count_all"], strict=True)
    return sorted(bad | {text for text, n in counts if n > 1})


def unsound(column: pa.ChunkedArray[Any]) -> np.ndarray:
    """For each vector whether it is not finite or not of unit length: bool [n]."""
    lengths = pc.list_value_length(column).to_numpy()
    starts = np.cumsum(lengths) - lengths
    flat = pc.list_flatten(column).to_numpy()
    squares = np.append(np.square(flat, dtype=np.float64), 0.0)  # so every start is a valid index
    sums = np.add.reduceat(squares, starts) if len(starts) else np.zeros(0)
    norms = np.sqrt(np.where(lengths > 0, sums, 0.0))
    unfit: np.ndarray = ~(np.abs(norms - 1) <= UNIT_TOLERANCE)
    return unfit
