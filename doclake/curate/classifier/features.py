"""What the classifier sees of a text: how often each run of one to four characters stands in it.

Runs are hashed to `BUCKETS` places (Weinberger et al. 2009, Feature Hashing for Large Scale
Multitask Learning, arXiv:0902.2206) and weighed as in fastText's bags of character runs (Joulin et
al. 2017, arXiv:1607.01759), but counted by their logarithm. So no vocabulary is stored, no model is
loaded, and Korean, whose words change their ends, is seen as English is. Vectors of an embedding
model would carry more meaning; but they are made after curation, which says what gets none, and
another model would make every classifier void.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from doclake.curate.duplicates.signatures import mixed, normalised

VERSION = 1
"""Changes with what the features of a text are."""
BUCKETS = 1 << 18
LONGEST = 4
_BITS = 18
_BATCH = 100  # texts whose runs stay in the cache of a core
_ODD = np.uint64(0x9E3779B97F4A7C15)
_DIGIT = re.compile(r"\d")


class Features(NamedTuple):
    """Of texts, in compressed rows: those of text i are `places[starts[i]:starts[i + 1]]`, int64,
    each with its value, float32. The values of a text have length 1, or there are none."""

    starts: np.ndarray
    places: np.ndarray
    values: np.ndarray

    def times(self, weights: np.ndarray) -> np.ndarray:
        """The product with `weights`, float32 [m, BUCKETS]: float32 [texts, m]."""
        count = len(self.starts) - 1
        product = np.zeros((count, len(weights)), np.float32)
        texts = np.repeat(np.arange(count), np.diff(self.starts))
        for column, row in enumerate(weights):
            product[:, column] = np.bincount(texts, row[self.places] * self.values, count)
        return product


def features(texts: Sequence[str]) -> Features:
    """The features of each text; of one without a character, none."""
    parts = [_features(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
    counts = np.concatenate([[0], *(np.diff(part.starts) for part in parts)])
    return Features(
        np.cumsum(counts),
        np.concatenate([np.zeros(0, np.int64), *(part.places for part in parts)]),
        np.concatenate([np.zeros(0, np.float32), *(part.values for part in parts)]),
    )


def _features(texts: Sequence[str]) -> Features:
    plain = [f" {_DIGIT.sub('0', normalised(text))} " for text in texts]
    owners, places = _runs([text if text.strip() else "" for text in plain])
    found, times = np.unique(owners * BUCKETS + places, return_counts=True)
    owners, places = np.divmod(found, BUCKETS)
    values = 1 + np.log(times)
    lengths = np.sqrt(np.bincount(owners, values**2, len(texts)))
    starts = np.searchsorted(owners, np.arange(len(texts) + 1))
    return Features(starts, places, (values / lengths[owners]).astype(np.float32))


def _runs(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Of each run of each text, the number of the text and the place of the run."""
    lengths = np.array([len(text) for text in texts])
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), np.uint32)
    owner = np.repeat(np.arange(len(texts)), lengths)
    owners, places = [], []
    hashes = np.zeros(len(letters), np.uint64)
    for longer in range(min(LONGEST, len(letters))):
        end = len(letters) - longer
        hashes = hashes[:end] * _ODD + letters[longer:]
        inside = owner[:end] == owner[longer:]  # no run reaches over the end of its text
        owners.append(owner[:end][inside])
        spread = mixed(hashes[inside] + np.uint64(longer)) >> np.uint64(64 - _BITS)
        places.append(spread.astype(np.int64))
    none = np.zeros(0, np.int64)
    return np.concatenate([none, *owners]), np.concatenate([none, *places])
