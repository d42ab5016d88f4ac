"""Whether the vectors of the index are those of the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.chunks import ChunkRow
from doclake.tables.rows import strings

_ALIKE = 0.999  # cosine of two vectors of one text
_BATCH = 10_000


def of_texts(lake: Lake, state: IndexState, scope: Scope) -> pa.Table:
    """The lake's vectors under the model of the index: `text_hash`, `vector`."""
    where = {**scope.where, "model": [state.model]}
    return lake.read("embeddings", Scope(scope.source, scope.buckets, where), _COLUMNS)


_COLUMNS = ("text_hash", "vector")


def others(rows: pa.Table, text_of: Mapping[str, str], vectors: pa.Table) -> set[str]:
    """Ids of the index `rows` (`chunk_id`, `vector`) that have another vector than their text.

    `text_of` holds the hash of the text of each chunk, `vectors` is what `of_texts` gives. A vector
    that was computed again in another batch or on another device differs a little, and the index
    keeps the old one while the row is the same.
    """
    place = {text_hash: i for i, text_hash in enumerate(strings(vectors["text_hash"]))}
    ids = strings(rows["chunk_id"])
    pairs = [(i, place[text_of[key]]) for i, key in enumerate(ids) if text_of.get(key) in place]
    held = rows["vector"].combine_chunks().take(pa.array([i for i, _ in pairs], pa.int64()))
    stored = vectors["vector"].combine_chunks().take(pa.array([i for _, i in pairs], pa.int64()))
    fits = pc.equal(pc.list_value_length(stored), pc.list_value_length(held))
    alike = np.zeros(len(pairs), bool)
    alike[fits.to_numpy(zero_copy_only=False)] = _alike(held.filter(fits), stored.filter(fits))
    return {ids[i] for (i, _), same in zip(pairs, alike, strict=True) if not same}


def _alike(one: pa.Array[Any], other: pa.Array[Any]) -> np.ndarray:
    """For each pair of vectors of equal length whether both are of one text: bool [n]."""
    first, second = (pc.list_flatten(vectors).to_numpy() for vectors in (one, other))
    length = len(first) // max(len(one), 1)
    with np.errstate(invalid="ignore", over="ignore"):  # a vector that is not finite equals none
        products = (first * second).reshape(len(one), length).sum(axis=1)
        similar: np.ndarray = products >= _ALIKE
        return similar


def outdated(
    lake: Lake, table: IndexRows, state: IndexState, scope: Scope, chunks: Sequence[ChunkRow]
) -> set[str]:
    """Ids of those of these chunks whose index row has another vector than the lake."""
    found: set[str] = set()
    for start in range(0, len(chunks), _BATCH):
        text_of = {row["chunk_id"]: row["text_hash"] for row in chunks[start : start + _BATCH]}
        texts = Scope(scope.source, scope.buckets, {"text_hash": set(text_of.values())})
        rows = Scope(scope.source, scope.buckets, {"chunk_id": text_of})
        vectors = of_texts(lake, state, texts)
        found |= others(table.of(rows, ["chunk_id", "vector"]), text_of, vectors)
    return found
