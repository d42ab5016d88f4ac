"""Whether two groups of documents differ by more than chance explains, and by which of them.

* Shares of kinds (lengths in powers of two, languages, types): the population stability index
  (Siddiqi, Credit Risk Scorecards, 2006). What it would be if documents were dealt to the two
  groups by chance is drawn from the multivariate hypergeometric distribution.
* Vectors: the unbiased squared maximum mean discrepancy with a Gaussian kernel as wide as the
  median distance, and a permutation test (Gretton et al., A Kernel Two-Sample Test, JMLR 13, 2012).
  Its witness function tells which documents are least like the reference.

A p-value counts the drawn statistics that are no smaller, and the observed one itself (Phipson and
Smyth 2010), so it is never 0. Draws are seeded: the same documents give the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

PERMUTATIONS = 999
_SEED = 20_061
_SMOOTHED = 0.5  # documents added to each kind, so that none has a share of 0


@dataclass(frozen=True)
class Difference:
    """`distance` is 0 for equal groups (MMD may fall below), `p_value` from 1 / 1000 to 1."""

    distance: float
    p_value: float


def shares(now: Mapping[str, int], reference: Mapping[str, int]) -> Difference:
    """Of counts of documents by kind; both hold at least one document."""
    import numpy as np

    kinds = sorted({*now, *reference})
    counts = np.array([[of.get(kind, 0) for kind in kinds] for of in (now, reference)])
    observed = float(_psi(counts[0], counts[1]))
    drawn = np.random.default_rng(_SEED).multivariate_hypergeometric(
        counts.sum(axis=0), int(counts[0].sum()), PERMUTATIONS, method="marginals"
    )
    by_chance = _psi(drawn, counts.sum(axis=0) - drawn)
    return Difference(observed, _p_value(observed, by_chance))


def _psi(now: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Of counts [..., kinds]: [...]."""
    import numpy as np

    ours, theirs = _smooth(now), _smooth(reference)
    index: np.ndarray = ((ours - theirs) * np.log(ours / theirs)).sum(axis=-1)
    return index


def _smooth(counts: np.ndarray) -> np.ndarray:
    added = counts + _SMOOTHED
    smoothed: np.ndarray = added / added.sum(axis=-1, keepdims=True)
    return smoothed


def grown_most(now: Mapping[str, int], reference: Mapping[str, int]) -> list[str]:
    """The kinds that have a greater share than before, the one that adds most to the index
    first."""
    import numpy as np

    kinds = sorted({*now, *reference})
    ours, theirs = (
        _smooth(np.array([of.get(kind, 0) for kind in kinds])) for of in (now, reference)
    )
    added = dict(zip(kinds, ((ours - theirs) * np.log(ours / theirs)).tolist(), strict=True))
    grown = [kind for kind, more in zip(kinds, ours > theirs, strict=True) if more]
    return sorted(grown, key=lambda kind: -added[kind])


@dataclass(frozen=True)
class VectorDifference(Difference):
    """Beside it the value of the witness function at each vector of now: [n]. The greater, the less
    it is like the reference."""

    witness: np.ndarray


def vectors(
    now: Sequence[np.ndarray] | np.ndarray, reference: Sequence[np.ndarray] | np.ndarray
) -> VectorDifference:
    """Of vectors float [n, dimension] and [m, dimension], at least two of each."""
    import numpy as np

    ours, joined = len(now), np.concatenate([now, reference]).astype(np.float64)
    kernel = _gaussian(joined)
    within = np.zeros(len(joined))
    within[:ours] = 1.0
    observed = float(_mmd2(kernel, within[None])[0])
    rng = np.random.default_rng(_SEED)
    dealt = rng.permuted(np.tile(within, (PERMUTATIONS, 1)), axis=1)
    by_chance = _mmd2(kernel, dealt)
    witness = kernel[:ours, :ours].mean(axis=1) - kernel[:ours, ours:].mean(axis=1)
    return VectorDifference(observed, _p_value(observed, by_chance), witness)


def _gaussian(rows: np.ndarray) -> np.ndarray:
    """Kernel of all pairs: [n, n]. Without a width, where all rows are equal, it is 1."""
    import numpy as np

    squares = (rows**2).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares[None] - 2 * rows @ rows.T, 0.0)
    width = float(np.median(apart[np.triu_indices(len(rows), 1)]))
    kernel: np.ndarray = np.exp(-apart / (2 * width)) if width > 0 else np.ones_like(apart)
    return kernel


def _mmd2(kernel: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    """Unbiased, for each row of `dealt` [draws, rows], which is 1 for one group and 0 for the
    other: [draws]."""
    import numpy as np

    ours, all_rows = dealt[0].sum(), len(kernel)
    theirs = all_rows - ours
    off = kernel - np.diag(np.diag(kernel))
    reached = dealt @ off
    of_ours = (reached * dealt).sum(axis=1)
    between = (reached * (1 - dealt)).sum(axis=1)
    of_theirs = off.sum() - of_ours - 2 * between
    result: np.ndarray = (
        of_ours / (ours * (ours - 1))
        + of_theirs / (theirs * (theirs - 1))
        - 2 * between / (ours * theirs)
    )
    return result


def _p_value(observed: float, drawn: np.ndarray) -> float:
    return float((1 + (drawn >= observed - 1e-12).sum()) / (1 + len(drawn)))
