"""A trained classifier: a weight for each feature and label, and the card that says what it is.

The file is of safetensors, which holds numbers and no code. Its name is the beginning of the digest
of its content, so the setting that names it pins what it says; it is checked when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from doclake.curate.classifier.features import BUCKETS, VERSION, features
from doclake.errors import ModelError

GOOD = "good"
"""The label of what nothing is wrong with."""
SUFFIX = ".safetensors"
DIGITS = 16  # of the digest


@dataclass(frozen=True)
class Classifier:
    """`labels` are those beside `GOOD`; `weights`, float32 [labels, BUCKETS], and `bias`, float32
    [labels], say how much likelier each of them is than that."""

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    card: dict[str, Any]

    def shares(self, texts: Sequence[str]) -> np.ndarray:
        """How likely each label beside `GOOD` is: float32 [texts, labels]. Those of a text add up
        to at most 1."""
        logits = features(texts).times(self.weights) + self.bias
        highest = np.maximum(logits.max(axis=1, initial=0.0), 0.0)[:, None]
        odds = np.exp(logits - highest)
        shares = odds / (odds.sum(axis=1, keepdims=True) + np.exp(-highest))
        return cast("np.ndarray", shares.astype(np.float32))

    def content(self) -> bytes:
        """The file. The same classifier gives the same bytes."""
        from safetensors.numpy import save

        facts = {"labels": self.labels, "features": VERSION, **self.card}
        metadata = {"card": json.dumps(facts, sort_keys=True, ensure_ascii=False)}
        return cast("bytes", save({"bias": self.bias, "weights": self.weights}, metadata))


def name_of(content: bytes) -> str:
    """What the file of this content is called."""
    return hashlib.sha256(content).hexdigest()[:DIGITS] + SUFFIX


@lru_cache(maxsize=4)
def load(file: str) -> Classifier:
    """The classifier of a file that `name_of` named. Raises `ModelError` if it is not there or is
    not what its name says."""
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        raise _unusable(file, os.strerror(error.errno or 0)) from error
    if name_of(content) != Path(file).name:
        raise _unusable(file, f"its content is that of {name_of(content)}")
    return _read(file, content)


def _read(file: str, content: bytes) -> Classifier:
    from safetensors import SafetensorError
    from safetensors.numpy import load as tensors

    try:
        stored = tensors(content)
        card = json.loads(_header(content)["__metadata__"]["card"])
        labels, weights, bias = tuple(card["labels"]), stored["weights"], stored["bias"]
    except (SafetensorError, LookupError, ValueError, TypeError) as error:
        raise _unusable(file, f"it is no classifier of Doclake: {error}") from error
    if card.get("features") != VERSION:
        raise _unusable(file, "it was trained on the features of another Doclake")
    if weights.shape != (len(labels), BUCKETS) or bias.shape != (len(labels),):
        raise _unusable(file, "it lacks weights")
    return Classifier(labels, weights, bias, card)


def _header(content: bytes) -> Any:
    """JSON after its length, as safetensors writes it."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])


def _unusable(file: str, why: str) -> ModelError:
    return ModelError(
        f"The classifier {file} cannot be used: {why}.",
        mend="Put the file that `doclake curate train` wrote there, or name another one in "
        "recipe.curation.classifier. Until then nothing is judged, dropped or brought back.",
        file=file,
    )
