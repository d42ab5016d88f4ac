"""Whether the vectors of the index are those of the lake."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.chunks import ChunkRow
from doclake.tables.rows import strings

_ALIKE = 0.999  # cosine of two vectors of one text
_BATCH = 10_000


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether both are vectors of one text. Computed again in another batch or on another device, a
    vector differs a little, and the index keeps the old one while the row is the same."""
    if one.shape != other.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):  # a vector that is not finite equals none
        return bool(one @ other >= _ALIKE)


def of_texts(lake: Lake, state: IndexState, scope: Scope) -> dict[str, np.ndarray]:
    """The lake's vectors under the model of the index, by the hash of their text."""
    where = {**scope.where, "model": [state.model]}
    table = lake.read("embeddings", Scope(scope.source, scope.buckets, where), _COLUMNS)
    arrays = (vector.values.to_numpy() for vector in table["vector"])
    return dict(zip(strings(table["text_hash"]), arrays, strict=True))


_COLUMNS = ["text_hash", "vector"]


def outdated(
    lake: Lake, table: IndexRows, state: IndexState, scope: Scope, chunks: Sequence[ChunkRow]
) -> set[str]:
    """Ids of the chunks whose index row has another vector than the lake has for their text."""
    found: set[str] = set()
    for start in range(0, len(chunks), _BATCH):
        text_of = {row["chunk_id"]: row["text_hash"] for row in chunks[start : start + _BATCH]}
        texts = {"text_hash": set(text_of.values())}
        vectors = of_texts(lake, state, Scope(scope.source, scope.buckets, texts))
        ids = Scope(scope.source, scope.buckets, {"chunk_id": text_of})
        rows = table.of(ids, ["chunk_id", "vector"])
        for chunk_id, vector in zip(strings(rows["chunk_id"]), rows["vector"], strict=True):
            of_text = vectors.get(text_of[chunk_id])
            if of_text is not None and not alike(of_text, vector.values.to_numpy()):
                found.add(chunk_id)
    return found
