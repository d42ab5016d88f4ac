"""How near vectors are to those of other texts. A model that gives every text the same vector makes
each look like any other, and every search finds anything."""

from __future__ import annotations

import numpy as np

EQUAL = 0.999
"""A cosine from which two vectors are as good as one: half precision moves a vector less."""
FEWEST = 20
"""Among fewer texts nothing is said: a few may well be alike."""
_SAMPLE = 256
_ROWS = 1_024  # of a block of the matrix of cosines, in float32 8 MB against 2,000 texts


def near_share(vectors: np.ndarray) -> np.ndarray:
    """Of each of [n, d] unit vectors, the share of the others that are as good as equal: float
    [n], NaN among fewer than `FEWEST`. Of more than 256 others, an even sample of 256 is asked."""
    n = len(vectors)
    if n < FEWEST:
        return np.full(n, np.nan)
    places = np.unique(np.linspace(0, n - 1, min(n, _SAMPLE)).astype(np.int64))
    equal = (vectors @ vectors[places].T) >= EQUAL
    equal[places, np.arange(len(places))] = False  # itself
    others = len(places) - np.isin(np.arange(n), places)
    shares: np.ndarray = equal.sum(axis=1) / others
    return shares


def nearest_distance(vectors: np.ndarray) -> np.ndarray:
    """1 less the cosine of each of [n, d] unit vectors to the nearest other: float [n], NaN for a
    single one. Compares all with all."""
    n = len(vectors)
    if n < 2:
        return np.full(n, np.nan)
    nearest = np.empty(n)
    for start in range(0, n, _ROWS):
        cosines = vectors[start : start + _ROWS] @ vectors.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -np.inf
        nearest[start : start + _ROWS] = cosines.max(axis=1)
    return 1.0 - nearest
