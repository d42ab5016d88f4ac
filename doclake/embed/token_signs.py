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
from typing import TYPE_CHECKING

import numpy as np

from doclake.embed.models.cache import cache_folder

if TYPE_CHECKING:
    from torch import Tensor


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


def packed_signs(vectors: Tensor, mean: np.ndarray) -> Tensor:
    """Of token vectors [tokens, dimension], without their common part: a bit each, the first in the
    highest place, as numpy packs them; uint8 [tokens, dimension / 8]. Where the vectors are."""
    import torch

    bits = vectors > torch.from_numpy(mean).to(vectors.device)
    whole = torch.nn.functional.pad(bits, (0, -bits.shape[1] % 8)).unflatten(1, (-1, 8))
    weights = torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], dtype=torch.uint8, device=bits.device)
    return (whole * weights).sum(2, dtype=torch.uint8)


def signs(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """What `packed_signs` gives, of vectors in numpy."""
    return np.packbits(vectors > mean, axis=1)


def unpacked(kept: bytes, dimension: int) -> np.ndarray:
    """What `packed_signs` gave, as 1 where a part is positive, else 0: float32 [tokens,
    dimension]."""
    width = -(-dimension // 8)
    bits = np.frombuffer(kept, np.uint8).reshape(-1, width)
    return np.unpackbits(bits, axis=1, count=dimension).astype(np.float32)
