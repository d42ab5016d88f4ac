"""A BERT encoder with mean pooling in numpy, for a few texts.

Importing torch, transformers and sentence-transformers takes some seven seconds, a question here
some hundredths of one. The vectors equal those of sentence-transformers to six digits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np


class NumpyBert:
    """The encoder in a sentence-transformers folder whose weights are float32 safetensors."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "model.safetensors"
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self.dimension: int = config["hidden_size"]
        self._heads: int = config["num_attention_heads"]
        self._layers: int = config["num_hidden_layers"]
        self._epsilon: float = config["layer_norm_eps"]

    @cached_property
    def _weights(self) -> dict[str, np.ndarray]:
        """By name, mapped and not copied: of the word embeddings a text needs a few rows."""
        with self._file.open("rb") as file:
            start = 8 + int.from_bytes(file.read(8), "little")
            header: dict[str, Any] = json.loads(file.read(start - 8))
        data = np.memmap(self._file, np.uint8, "r", offset=start).view(np.ndarray)
        header.pop("__metadata__", None)
        return {
            name: data[slice(*tensor["data_offsets"])].view(np.float32).reshape(tensor["shape"])
            for name, tensor in header.items()
            if tensor["dtype"] == "F32"
        }

    def states(self, tokens: Sequence[int]) -> np.ndarray:
        """Vectors of the tokens of a text, special tokens included: float32 [tokens, d]."""
        states = self._weights["embeddings.word_embeddings.weight"][list(tokens)]
        states = states + self._weights["embeddings.position_embeddings.weight"][: len(tokens)]
        states = states + self._weights["embeddings.token_type_embeddings.weight"][0]
        states = self._norm("embeddings.LayerNorm", states)
        for layer in range(self._layers):
            states = self._layer(f"encoder.layer.{layer}", states)
        return states

    @staticmethod
    def pooled(states: np.ndarray) -> np.ndarray:
        """The unit vector of a text from those of its tokens: float32 [d]."""
        vector = states.mean(axis=0)
        return vector / np.linalg.norm(vector)

    def _layer(self, name: str, states: np.ndarray) -> np.ndarray:
        attended = self._linear(f"{name}.attention.output.dense", self._attention(name, states))
        states = self._norm(f"{name}.attention.output.LayerNorm", states + attended)
        inner = _gelu(self._linear(f"{name}.intermediate.dense", states))
        outer = self._linear(f"{name}.output.dense", inner)
        return self._norm(f"{name}.output.LayerNorm", states + outer)

    def _attention(self, name: str, states: np.ndarray) -> np.ndarray:
        """Each token's mixture of all tokens: [tokens, hidden]."""
        query, key, value = (
            self._linear(f"{name}.attention.self.{part}", states)
            .reshape(len(states), self._heads, -1)
            .transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.float32(math.sqrt(query.shape[-1]))
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        return (shares @ value).transpose(1, 0, 2).reshape(states.shape)

    def _linear(self, name: str, states: np.ndarray) -> np.ndarray:
        # For a few tokens this is a quarter faster than states @ weight.T, and the same.
        outer: np.ndarray = (self._weights[f"{name}.weight"] @ states.T).T
        outer += self._weights[f"{name}.bias"]
        return outer

    def _norm(self, name: str, states: np.ndarray) -> np.ndarray:
        centred = states - states.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        return centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(values: np.ndarray) -> np.ndarray:
    """With the error function of Abramowitz and Stegun, 7.1.26, which errs by at most 2e-7."""
    size = np.abs(values) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * size)
    series = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * t
    erf = np.copysign(1 - series * np.exp(-size * size), values)
    return values * (1 + erf) / 2
