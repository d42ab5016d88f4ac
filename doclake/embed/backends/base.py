"""What every back end takes and gives: batches in, vectors and token vectors out, in any order.

A back end is one file: `Backend` says what it must do, `registry` names it. It knows no stage, no
search and no progress.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

Kind = Literal["document", "query"]
Keep = Literal["nothing", "signs", "states"]
Mean = Callable[[], np.ndarray]
"""Gives the common part of a model's token vectors: float32 [d]."""
Output = tuple[int, np.ndarray, np.ndarray | None]
"""Of one text: its place, its unit vector, and what was to be kept of its own tokens, if the model
gives any."""


@dataclass(frozen=True, slots=True)
class Item:
    """A text to embed: its place among those of the call, the text without its prompt, the ids of
    its tokens with prompt and ends, and which of them are its own: bool [ids]."""

    place: int
    text: str
    ids: list[int]
    own: np.ndarray


@dataclass(frozen=True, slots=True)
class Work:
    """What texts are, the prompt before each, and what is kept of a text's own tokens: nothing,
    the signs of their vectors, or the vectors themselves."""

    kind: Kind
    prompt: str
    keep: Keep


class Backend(Protocol):
    """Threads may share it."""

    @property
    def dimension(self) -> int:
        """Of the vectors it gives. Raises what `compute` does."""

    @property
    def has_model(self) -> bool:
        """Whether the model is loaded in this process."""

    @property
    def leaves_processor(self) -> bool:
        """Whether this process may do other work while texts are computed, and both gain."""

    def ready(self) -> None:
        """Load the model, or wait for a worker that has; a server is not asked. Raises
        `ModelError`."""

    def batches(self, lengths: Sequence[int], work: Work) -> Iterable[list[int]]:
        """Texts of so many tokens as batches of their places, in the order to compute them."""

    def compute(
        self, batches: Iterable[list[Item]], work: Work, mean: Mean
    ) -> Iterator[list[Output]]:
        """The outputs of each batch, or of a part of it, in any order. Each batch is asked for when
        there is room for it, which may be before others are computed. `mean` is asked for signs
        alone. Raises `ModelError`, or `ExecutorUnavailable` on a cluster."""
