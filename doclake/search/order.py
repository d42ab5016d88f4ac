"""The order of the candidates: reranking, names, age; then how many of a document, how unlike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from doclake import clock
from doclake.search.hybrid import Candidates
from doclake.settings import SearchSettings

Reranker = Callable[[list[int]], np.ndarray | None]
"""Scores of candidates, by their places, on any scale: [n]; None if it cannot score them."""


@dataclass(frozen=True)
class Ordered:
    """Places of candidates, best first, with the score of each, 0 to 1, and that of the reranker,
    scaled, where it looked."""

    places: list[int]
    scores: np.ndarray
    reranked: dict[int, float]


def order(candidates: Candidates, settings: SearchSettings, rerank: Reranker) -> Ordered:
    """All candidates, best first."""
    scores = candidates.mix.astype(np.float64)
    best = np.argsort(-scores, kind="stable")[: settings.rerank_candidates].tolist()
    reranked = _scaled(best, rerank(best))
    if reranked:
        weight = settings.rerank_weight
        for place, value in reranked.items():
            scores[place] = (1 - weight) * scores[place] + weight * value
        rest = np.setdiff1d(np.arange(len(scores)), best)
        scores[rest] *= min(1.0, scores[best].min() / max(scores[rest].max(initial=0.0), 1e-9))
    if settings.recency_weight:
        scores = _with_age(scores, candidates, settings)
    if settings.names_first and candidates.names:
        scores = (scores + candidates.held) / (1 + len(candidates.names))
    return Ordered(np.argsort(-scores, kind="stable").tolist(), scores, reranked)


def _scaled(places: list[int], values: np.ndarray | None) -> dict[int, float]:
    if values is None or not len(values):
        return {}
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) / (high - low) if high > low else np.ones_like(values)
    return dict(zip(places, scaled.tolist(), strict=True))


def _with_age(scores: np.ndarray, candidates: Candidates, settings: SearchSettings) -> np.ndarray:
    """Part of the score is the age of the document; one without a date is as old as can be."""
    now, half = clock.now(), settings.recency_half_life
    ages = [(now - date) / half if date else np.inf for date in candidates.dates]
    fresh = 0.5 ** np.maximum(np.array(ages, np.float64), 0)
    weighted: np.ndarray = (1 - settings.recency_weight) * scores + settings.recency_weight * fresh
    return weighted


def chosen(ordered: Ordered, candidates: Candidates, k: int, per_document: int) -> list[int]:
    """The places of the `k` best: so many of one document while others have any, then the rest."""
    taken: Counter[str] = Counter()
    first, later = list[int](), list[int]()
    for place in ordered.places:
        doc_id = candidates.doc_ids[place]
        taken[doc_id] += 1
        (first if taken[doc_id] <= per_document else later).append(place)
    return (first + later)[:k]


def diverse(
    ordered: Ordered, vectors: np.ndarray, places: list[int], weight: float, k: int
) -> list[int]:
    """`k` of these places by maximal marginal relevance (Carbonell and Goldstein 1998).

    `vectors` are their unit vectors, [n, dimension].
    """
    left, picked = list(range(len(places))), list[int]()
    alike = vectors @ vectors.T
    while left and len(picked) < k:
        nearest = alike[:, picked].max(axis=1) if picked else np.zeros(len(places))
        gains = [(1 - weight) * ordered.scores[places[i]] - weight * nearest[i] for i in left]
        picked.append(left.pop(int(np.argmax(gains))))
    return [places[i] for i in picked]
