"""Late interaction: each token of the question finds its like in the passage (MaxSim).

Khattab and Zaharia, ColBERT, 2020. Here the token vectors are those of the model that makes the
vectors of passages, and a passage keeps their signs alone. A token counts as much as its three best
passages stand out from the others (of a few, its best third), so words that every passage has count
little.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from doclake.embed.token_signs import unpacked

_STAND_OUT = 3


def scores(question: np.ndarray, passages: Sequence[bytes]) -> np.ndarray:
    """Of each passage: float32 [n], a weighted mean of cosines. `question` are its token vectors
    [tokens, dimension]; a passage without tokens gets the least of all."""
    dimension = question.shape[1]
    question = question / np.maximum(np.linalg.norm(question, axis=1, keepdims=True), 1e-9)
    known = [place for place, kept in enumerate(passages) if kept]
    result = np.zeros(len(passages), np.float32)
    if not known or not len(question):
        return result
    width = -(-dimension // 8)
    starts = np.cumsum([0, *(len(passages[place]) // width for place in known[:-1])])
    bits = unpacked(b"".join(passages[place] for place in known), dimension)
    # For signs s = 2b - 1 of bits b: q·s = 2 q·b - Σq. So nobody makes the signs of all tokens.
    alike = 2 * (question @ bits.T) - question.sum(axis=1, keepdims=True)
    alike /= np.float32(np.sqrt(dimension))
    best = np.maximum.reduceat(alike, starts, axis=1)
    standing_out = max(1, min(_STAND_OUT, len(known) // 3))
    weights = np.sort(best, axis=1)[:, -standing_out:].mean(axis=1) - best.mean(axis=1)
    if not weights.sum() > 0:  # one passage alone, or all alike
        weights = np.ones_like(weights)
    found = weights @ best / weights.sum()
    result[:] = found.min()
    result[known] = found
    return result
