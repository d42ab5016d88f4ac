"""Which texts are duplicates of which. The first to arrive stands for its cluster.

A text joins the cluster of the text that it is most like, of those that stand for one; else it
stands for one itself. So a cluster never drifts, and what comes later changes none before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, cast

import numpy as np

from doclake.curate.duplicates.signatures import BANDS, BYTES, VALUES, bands, mixed

ONLY_EQUAL = 2.0
"""A threshold that only equal texts reach."""
NEARLY = 0.999
"""The most that texts are alike which are not equal."""
_FILTER_BITS = 24


class Match(NamedTuple):
    """The text that stands for the cluster, and how alike both are, 0 to 1."""

    cluster_id: str
    similarity: float


@dataclass(frozen=True)
class Texts:
    """Texts in columns: `keys` uint64 [n] are equal for equal texts, `signatures` are None for
    those too short for one, `arrived` int64 [n] are moments. Only texts of equal `groups`, digests
    in uint64 [n], may be duplicates of each other."""

    chunk_ids: Sequence[str]
    arrived: np.ndarray
    groups: np.ndarray
    keys: np.ndarray
    signatures: Sequence[bytes | None]

    def __len__(self) -> int:
        return len(self.chunk_ids)

    def part(self, start: int, end: int) -> Texts:
        own = slice(start, end)
        return Texts(
            self.chunk_ids[own],
            self.arrived[own],
            self.groups[own],
            self.keys[own],
            self.signatures[own],
        )

    @cached_property
    def signed(self) -> np.ndarray:
        """Whether each has a signature: bool [n]."""
        return np.array([one is not None for one in self.signatures], bool)

    @cached_property
    def values(self) -> np.ndarray:
        """Of their signatures: uint16 [n, VALUES], 0 where there is none."""
        joined = b"".join(one or bytes(BYTES) for one in self.signatures)
        return np.frombuffer(joined, "<u2").reshape(len(self), VALUES)

    def marks(self, *, alike: bool) -> tuple[np.ndarray, np.ndarray]:
        """What duplicates have one of in common, uint64 [m], and the text of each, int64 [m]."""
        own, rows = mixed(self.keys) ^ self.groups, np.arange(len(self))
        if not alike or not self.signed.any():
            return own, rows
        signed = np.flatnonzero(self.signed)
        of_bands = bands(self.values[signed])
        of_bands ^= self.groups[signed][:, None]
        marks = np.concatenate([own, of_bands.ravel()])
        return marks, np.concatenate([rows, np.repeat(signed, BANDS)])


class Clusters:
    """The clusters of texts, in their order of arrival, among those that stand already.

    `threshold` is the least Jaccard similarity of a duplicate, or `ONLY_EQUAL`.
    """

    def __init__(self, texts: Texts, threshold: float) -> None:
        self._texts, self._threshold = texts, threshold
        self._best: dict[int, Match] = {}
        marks, rows = texts.marks(alike=threshold <= 1)
        order = np.argsort(marks, kind="stable")
        self._marks, self._rows = marks[order], rows[order]
        self._filter = np.zeros(1 << _FILTER_BITS, bool)
        self._filter[_short(marks)] = True

    def meet(self, standing: Texts) -> None:
        """Compare with texts that stand for clusters; one that arrived later than a text cannot
        stand for it. Call it for each part of the lake."""
        for start in range(0, len(standing), _BLOCK):
            self._meet(standing.part(start, start + _BLOCK))

    def _meet(self, standing: Texts) -> None:
        marks, rows = standing.marks(alike=self._threshold <= 1)
        maybe = np.flatnonzero(self._filter[_short(marks)])
        first = np.searchsorted(self._marks, marks[maybe], "left")
        counts = np.searchsorted(self._marks, marks[maybe], "right") - first
        theirs = np.repeat(rows[maybe], counts)
        places = np.repeat(first, counts) + _counting(counts)
        pairs = np.unique(np.stack([self._rows[places], theirs], axis=1), axis=0)
        for own, other, similarity in self._alike(pairs, standing):
            self._offer(own, Match(standing.chunk_ids[other], similarity))

    def _alike(self, pairs: np.ndarray, others: Texts) -> Iterable[tuple[int, int, float]]:
        """Those of some pairs (row of ours, row of the others) that are duplicates."""
        own, other = pairs[:, 0], pairs[:, 1]
        similar = np.zeros(len(pairs))
        for start in range(0, len(pairs), _PAIRS):
            part = slice(start, start + _PAIRS)
            equal = self._texts.values[own[part]] == others.values[other[part]]
            similar[part] = equal.mean(axis=1)
        similar[~(self._texts.signed[own] & others.signed[other])] = 0.0
        similar = np.minimum(similar, NEARLY)
        similar[self._texts.keys[own] == others.keys[other]] = 1.0
        is_found = similar >= min(self._threshold, 1.0)
        is_found &= self._texts.groups[own] == others.groups[other]
        is_found &= self._texts.arrived[own] >= others.arrived[other]
        if self._threshold > 1:
            is_found &= self._texts.keys[own] == others.keys[other]
        found = np.flatnonzero(is_found)
        return zip(own[found].tolist(), other[found].tolist(), similar[found].tolist(), strict=True)

    def _offer(self, place: int, match: Match) -> None:
        best = self._best.get(place)
        if best is None or match.similarity > best.similarity:
            self._best[place] = match

    def met(self) -> list[int]:
        """Places of the texts that are duplicates of one that they met."""
        return sorted(self._best)

    def assigned(self) -> list[Match | None]:
        """For each text its cluster, or None if it stands for one itself."""
        starts = np.flatnonzero(np.diff(self._marks, prepend=self._marks[:1] - np.uint64(1)))
        sizes = np.diff(starts, append=len(self._marks))
        before: dict[int, set[int]] = defaultdict(set)
        for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
            rows = self._rows[start : start + size].tolist()  # in the order of arrival
            self._pair(rows, before)
        for place in range(len(self._texts)):
            others = [row for row in sorted(before.get(place, ())) if row not in self._best]
            if others:
                pairs = np.array([(place, other) for other in others])
                for own, other, similarity in self._alike(pairs, self._texts):
                    self._offer(own, Match(self._texts.chunk_ids[other], similarity))
        return [self._best.get(place) for place in range(len(self._texts))]

    @staticmethod
    def _pair(rows: Sequence[int], before: dict[int, set[int]]) -> None:
        """Note which texts came before each of these, which have a mark in common. Of many the
        first ones are enough: they stand for the others, or for nothing."""
        for number, row in enumerate(rows):
            before[row].update(rows[: min(number, _FIRST)])


_BLOCK = 2_000  # texts whose marks stay in the cache of a core
_PAIRS = 20_000
_FIRST = 50


def _short(marks: np.ndarray) -> np.ndarray:
    return cast("np.ndarray", marks >> np.uint64(64 - _FILTER_BITS))


def _counting(counts: np.ndarray) -> np.ndarray:
    """0 to n - 1 for each n of some counts, one after the other."""
    ends = np.cumsum(counts)
    places = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return cast("np.ndarray", places)
