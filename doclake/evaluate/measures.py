"""Measures of retrieval, and how far chance alone moves them.

A question's `ranks` are the places of its right answers among what was found, from 1, best first;
`answers` is how many right answers there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

DEPTH = 10
FEWEST = 5
"""Questions that can show a difference: fewer all fall by chance more often than 1 time in 20."""
_SAMPLES = 2000
_TAILS = (0.025, 0.975)


def recall(ranks: Sequence[int], answers: int, k: int) -> float:
    return sum(rank <= k for rank in ranks) / min(answers, k)


def reciprocal_rank(ranks: Sequence[int], answers: int) -> float:  # noqa: ARG001 (as the others)
    return 1 / min(ranks) if ranks else 0.0


def ndcg(ranks: Sequence[int], answers: int, k: int = DEPTH) -> float:
    gain = sum(1 / math.log2(rank + 1) for rank in ranks if rank <= k)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(answers, k)))


MEASURES: dict[str, Callable[[Sequence[int], int], float]] = {
    "recall_at_1": partial(recall, k=1),
    "recall_at_5": partial(recall, k=5),
    f"recall_at_{DEPTH}": partial(recall, k=DEPTH),
    f"mrr_at_{DEPTH}": reciprocal_rank,
    f"ndcg_at_{DEPTH}": ndcg,
}
JUDGED_BY = f"ndcg_at_{DEPTH}"
"""The measure by which two evaluations are compared."""


@dataclass(frozen=True)
class Estimate:
    """A mean over `n` questions, and where 95 % of bootstrap samples lie."""

    value: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float]) -> Estimate:
    """Of at least one value. The same values give the same estimate."""
    array = np.array(values, np.float64)
    picks = np.random.default_rng(0).integers(0, len(array), (_SAMPLES, len(array)))
    low, high = np.quantile(array[picks].mean(axis=1), _TAILS)
    return Estimate(float(array.mean()), float(low), float(high), len(array))
