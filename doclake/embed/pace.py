"""How fast texts are embedded."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from doclake.embed.backends.packed_bert import pooling_of


class Pace:
    """Tokens, floating-point operations, and the seconds from when the model was there to the last
    text. `operations` are 0 for a model whose layers are not known."""

    def __init__(self) -> None:
        self.tokens, self.operations, self.seconds = 0, 0.0, 0.0
        self._layers: Layers | None = None
        self._start: float | None = None

    @property
    def has_begun(self) -> bool:
        return self._start is not None

    def begin(self, folder: Path) -> None:
        """The model in this folder is there."""
        self._layers = layers_of(folder)
        self._start = time.perf_counter()

    def add(self, lengths: Sequence[int]) -> None:
        """Texts of so many tokens are done."""
        assert self._start is not None
        self.seconds = time.perf_counter() - self._start
        self.tokens += sum(lengths)
        if self._layers is not None:
            self.operations += self._layers.operations(lengths)

    @property
    def tokens_per_second(self) -> float:
        return self.tokens / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        return f"{self.tokens_per_second:,.0f} tokens/s" if self.tokens else ""


@dataclass(frozen=True)
class Layers:
    """Of an encoder: how many, how wide a token's vector is, and how wide between the two products
    after attention."""

    count: int
    hidden: int
    inner: int

    def operations(self, lengths: Sequence[int]) -> float:
        """Floating-point operations for texts of so many tokens: the products with the weights, and
        those of attention."""
        weights = 2 * (4 * self.hidden**2 + 2 * self.hidden * self.inner)
        layer = sum(weights * n + 4 * n * n * self.hidden for n in lengths)
        return float(self.count * layer)


def layers_of(folder: Path) -> Layers | None:
    """None for a model that does not say, or is made otherwise than BERT."""
    if pooling_of(folder) is None:
        return None
    config = json.loads((folder / "config.json").read_text("utf-8"))
    names = ("num_hidden_layers", "hidden_size", "intermediate_size")
    return Layers(*(int(config[name]) for name in names))
