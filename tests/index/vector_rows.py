"""Rows of the index whose vectors stand in clusters, as those of passages do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.settings import EmbeddingSettings
from doclake.tables.search_index import search_index_schema

SHARES = {"a" * 16: 1.0, "b" * 16: 0.5, "c" * 16: 0.1, "d" * 16: 0.01}
ALL, HALF, TENTH, HUNDREDTH = SHARES  # keys, each held by such a share of the rows
ASIDE = "aside"  # the source of the rows in a tenth of the clusters


class VectorRows:
    """Draws rows; their keys are those of `SHARES`, their sources `ASIDE` and `docs`."""

    def __init__(self, dimension: int, clusters: int) -> None:
        self.random = np.random.default_rng(0)
        self.dimension, self.drawn = dimension, 0
        # The variance of a text encoder's dimensions falls in such a way.
        self.spread = (np.arange(1, dimension + 1) ** -0.4).astype(np.float32)
        self.centres = self._noise(clusters)

    def _noise(self, count: int) -> np.ndarray:
        drawn = self.random.standard_normal((count, self.dimension), np.float32)
        return drawn * self.spread

    def vectors(self, count: int) -> np.ndarray:
        """float32 [count, dimension], of unit length."""
        return self._around(self.random.integers(0, len(self.centres), count))

    def _around(self, clusters: np.ndarray) -> np.ndarray:
        drawn = self.centres[clusters] + 0.7 * self._noise(len(clusters))
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    def rows(self, count: int) -> pa.Table:
        schema = search_index_schema(self.dimension)
        names = [f"{self.drawn + n:032x}" for n in range(count)]
        drawn = self.random.random(count)
        keys = [[key for key, share in SHARES.items() if part < share] for part in drawn]
        clusters = self.random.integers(0, len(self.centres), count)
        sources = np.where(clusters < len(self.centres) // 10, ASIDE, "docs")
        vectors = pa.array(self._around(clusters).ravel())
        self.drawn += count
        made = {"source": sources.tolist(), "access_keys": keys}
        made |= dict.fromkeys(("chunk_id", "doc_id"), names)
        columns = [
            pa.FixedSizeListArray.from_arrays(vectors, self.dimension)
            if field.name == "vector"
            else pa.array(made.get(field.name, [_filler(field)] * count), field.type)
            for field in schema
        ]
        return pa.table(columns, schema=schema)


def holding(key: str) -> str:
    """The filter of rows that have a key."""
    return f"array_has_any(access_keys, ['{key}'])"


def _filler(field: pa.Field) -> object:
    if field.nullable:
        return None
    return [] if pa.types.is_list(field.type) else "Some text."


def new_index(folder: Path, dimension: int) -> tuple[SearchIndex, IndexState]:
    """An index without rows that searches use."""
    index = SearchIndex(Lake(str(folder)))
    state = index.create("model", EmbeddingSettings(), dimension, {})
    index.save(state)
    return index, state


def cosines_of(vectors: pa.Array, questions: np.ndarray) -> np.ndarray:
    """float32 [questions, vectors]."""
    rows = pc.list_flatten(vectors).to_numpy().reshape(len(vectors), -1)
    return questions @ rows.T


def neighbours(table: pa.Table, questions: np.ndarray, k: int) -> list[set[str]]:
    """Ids of the `k` nearest rows to each question, by a scan of all vectors."""
    cosines = cosines_of(table["vector"].combine_chunks(), questions)
    nearest = np.argpartition(-cosines, k, axis=1)[:, :k]
    return [set(table["chunk_id"].take(places).to_pylist()) for places in nearest]
