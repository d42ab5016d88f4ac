"""Whether searches find the nearest passages: an index answers fast and may leave some out.

Some rows of the table stand in for questions, each moved as far as a question lies from the passage
that answers it. A search has found as many as are no farther than the last of the true neighbours,
so passages with the same text count alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.index import tuning
from doclake.index.index import SearchIndex
from doclake.index.rows import IndexRows

FLOOR = 0.95  # the index is tuned for .99; twenty questions of ten neighbours differ by some .01
QUESTIONS = 20
NEIGHBOURS = 10
_MOVED = 0.5  # length of what is added to a vector of length 1: a cosine of .89
_ROUNDING = 1e-5


def measure(index: SearchIndex) -> float | None:
    """Share of the nearest passages that searches find, from 0 to 1; None if there is no index.

    It reads every vector once, unless the table is so small that searches do the same. Raises
    `IndexStateError`.
    """
    current = index.current()
    if current is None:
        return None
    rows = current[1]
    if rows.count() < tuning.ANN_ROWS:
        return 1.0
    questions = _questions(rows)
    farthest = _cosines_of_neighbours(rows, questions)[:, :1]
    found = np.array([_cosines_found(rows, question) for question in questions])
    return float((found >= farthest - _ROUNDING).mean())


def _questions(rows: IndexRows) -> np.ndarray:
    """Vectors of unit length: float32 [questions, dimension]."""
    vectors = _rows(rows.sample(QUESTIONS, ["vector"])["vector"].combine_chunks())
    noise = np.random.default_rng(0).standard_normal(vectors.shape, np.float32)
    moved = vectors + _MOVED * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    unit: np.ndarray = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit


def _cosines_of_neighbours(rows: IndexRows, questions: np.ndarray) -> np.ndarray:
    """Cosines of the nearest of all rows, the farthest first: [questions, NEIGHBOURS]."""
    best = np.full((len(questions), NEIGHBOURS), -1, np.float32)
    for batch in rows.batches(["vector"]):
        cosines = _cosines(questions, batch["vector"])
        best = np.partition(np.hstack([best, cosines]), -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
    return np.sort(best, axis=1)


def _cosines_found(rows: IndexRows, question: np.ndarray) -> np.ndarray:
    """Cosines of what a search finds: [NEIGHBOURS], below every cosine where nothing was found."""
    near = rows.by_vector(question, NEIGHBOURS, None, ["vector"])
    found = near["vector"].combine_chunks()
    cosines = np.full(NEIGHBOURS, -2, np.float32)
    cosines[: len(found)] = _cosines(question[None], found)[0]
    return cosines


def _cosines(questions: np.ndarray, vectors: pa.Array[Any]) -> np.ndarray:
    """float32 [questions, vectors]. What is no number is no neighbour of anything."""
    with np.errstate(invalid="ignore", over="ignore"):
        cosines: np.ndarray = questions @ _rows(vectors).T
    cosines[~np.isfinite(cosines)] = -1
    return cosines


def _rows(vectors: pa.Array[Any]) -> np.ndarray:
    """float32 [vectors, dimension]."""
    flat = pc.list_flatten(vectors).to_numpy(zero_copy_only=False)
    rows: np.ndarray = flat.reshape(-1, vectors.type.list_size)
    return rows
