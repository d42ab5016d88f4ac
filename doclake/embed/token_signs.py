"""Token vectors of a text, kept as the signs of their parts: a bit each, 48 bytes for 384.

Late interaction compares each token of a question with each token of a passage (ColBERT, Khattab
and Zaharia 2020); the tokens are those that the encoder computes anyway. Token vectors of one model
all lean the same way. That common part, the mean over a fixed text, is taken away first: without it
the signs of the best passages and of all others hardly differ.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from doclake.embed.models.cache import cache_folder


def calibration_texts() -> list[str]:
    """Sentences of everyday English and Korean, over which the mean is taken."""
    return files("doclake.embed").joinpath("calibration.txt").read_text("utf-8").splitlines()


def token_mean(fingerprint: str, vectors: Callable[[Sequence[str]], np.ndarray]) -> np.ndarray:
    """The common part of a model's token vectors: float32 [dimension].

    It is computed once on a machine, by `vectors`, which gives those of all tokens of some texts.
    """
    file = cache_folder() / "token_means" / f"{fingerprint}.npy"
    try:
        return np.load(file)
    except (OSError, ValueError):
        mean: np.ndarray = vectors(calibration_texts()).mean(axis=0, dtype=np.float64)
    mean = mean.astype(np.float32)
    _keep(file, mean)
    return mean


def _keep(file: Path, mean: np.ndarray) -> None:
    """Write it in one step: another process may read or write it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, suffix=".npy")
    with os.fdopen(descriptor, "wb") as stream:
        np.save(stream, mean)
    Path(name).replace(file)


def signs(vectors: np.ndarray) -> bytes:
    """Of token vectors [tokens, dimension], without their common part."""
    return np.packbits(vectors > 0, axis=1).tobytes()


def unpacked(kept: bytes, dimension: int) -> np.ndarray:
    """What `signs` gave as 1 where a part is positive, else 0: float32 [tokens, dimension]."""
    width = -(-dimension // 8)
    bits = np.frombuffer(kept, np.uint8).reshape(-1, width)
    return np.unpackbits(bits, axis=1, count=dimension).astype(np.float32)
