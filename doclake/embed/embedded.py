"""What an embedding model gives for texts and for a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np


@dataclass(frozen=True)
class Embedded:
    """Of texts to be found: their unit vectors, float32 [n, dimension], and for each the signs of
    its token vectors (`token_signs`); None where the model has none or nobody asked for them."""

    vectors: np.ndarray
    signs: list[bytes | None]

    @classmethod
    def empty(cls, count: int, dimension: int) -> Self:
        """Filled with NaN, which no later check lets through."""
        return cls(np.full((count, dimension), np.nan, np.float32), [None] * count)


@dataclass(frozen=True)
class Question:
    """Its unit vector, float32 [dimension], and the vectors of its own tokens without their common
    part, float32 [tokens, dimension], with the `spans` of the question that they stand for; None
    where there are none."""

    vector: np.ndarray
    tokens: np.ndarray | None = None
    spans: Sequence[tuple[int, int]] = ()

    def without(self, left_out: Sequence[tuple[int, int]]) -> np.ndarray | None:
        """The vectors of the tokens outside these spans; of all tokens if none is outside."""
        kept = [
            place
            for place, (start, end) in enumerate(self.spans)
            if not any(start < stop and begin < end for begin, stop in left_out)
        ]
        return self.tokens if self.tokens is None or not kept else self.tokens[kept]
