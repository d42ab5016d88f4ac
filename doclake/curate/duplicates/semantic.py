"""Which texts say what another one has said, by the cosine of their vectors.

SemDeDup (Abbas et al. 2023, arXiv:2303.09540) compares within clusters of k-means, whose centres
move with the corpus. Here every new vector is compared with all that stand for a cluster: in a lake
of a million chunks that is a fraction of what embedding the new ones took, finds all there is, and
depends on nothing but the vectors. The first to arrive stands for its cluster, as among
near-duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doclake.curate.duplicates.clusters import Match

_BLOCK = 1_024  # vectors compared at once with a part of those that stand


@dataclass(frozen=True)
class Vectors:
    """Texts in columns, in their order of arrival: unit vectors, float32 [n, d]; `arrived` int64
    [n] are moments. Only texts of equal `groups` may be duplicates of each other."""

    chunk_ids: Sequence[str]
    groups: np.ndarray
    arrived: np.ndarray
    vectors: np.ndarray

    def __len__(self) -> int:
        return len(self.chunk_ids)


class SemanticClusters:
    """The clusters of new texts, among those that stand already. `threshold` is the least cosine
    of a duplicate."""

    def __init__(self, texts: Vectors, threshold: float) -> None:
        self._texts, self._threshold = texts, threshold
        self._best = np.full(len(texts), -1.0, np.float32)
        self._first: list[str] = [""] * len(texts)

    def meet(self, standing: Vectors) -> None:
        """Compare with texts that stand for clusters; one that arrived later cannot stand for a
        text. Call it for each part of the lake."""
        if not len(standing):
            return
        for start in range(0, len(self._texts), _BLOCK):
            part = slice(start, start + _BLOCK)
            alike = self._alike(part, standing)
            nearest = alike.argmax(axis=1)
            for own, other in enumerate(nearest.tolist(), start):
                if alike[own - start, other] > self._best[own]:
                    self._best[own] = alike[own - start, other]
                    self._first[own] = standing.chunk_ids[other]

    def _alike(self, part: slice, others: Vectors) -> np.ndarray:
        """Cosines of some texts and others, -1 where they cannot be duplicates."""
        texts = self._texts
        cosines = texts.vectors[part] @ others.vectors.T
        may = texts.groups[part][:, None] == others.groups
        may &= texts.arrived[part][:, None] >= others.arrived
        return np.where(may & (cosines >= self._threshold), cosines, np.float32(-1))

    def assigned(self) -> list[Match | None]:
        """For each text its cluster, or None if it stands for one itself."""
        texts, found = self._texts, list[Match | None]()
        stands = np.zeros(len(texts), bool)
        for start in range(0, len(texts), _BLOCK):
            cosines = self._alike(slice(start, start + _BLOCK), texts)
            for own in range(start, min(start + _BLOCK, len(texts))):
                before = np.where(stands[:own], cosines[own - start, :own], -1)
                other = int(before.argmax()) if own else 0
                if own and before[other] > self._best[own]:
                    self._best[own], self._first[own] = before[other], texts.chunk_ids[other]
                stands[own] = self._best[own] < 0
                similarity = min(float(self._best[own]), 1.0)
                found.append(None if stands[own] else Match(self._first[own], similarity))
        return found
