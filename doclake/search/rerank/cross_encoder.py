"""A cross-encoder reads question and passage together. It is slow, and the recipe must name it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from doclake import extras
from doclake.embed.models.hub import stay_offline
from doclake.errors import ModelError
from doclake.errors.foreign import in_words


def scores(model: str, question: str, passages: Sequence[str]) -> np.ndarray:
    """Of each passage, by the model: float32 [n]. Raises `ModelError`, `ExtraMissing`."""
    found = _load(model).predict([(question, text) for text in passages], show_progress_bar=False)
    return np.asarray(found, np.float32).reshape(len(passages), -1)[:, 0]


@lru_cache(maxsize=1)
def _load(model: str) -> Any:
    stay_offline(model)
    extras.require("sentence_transformers", f"The cross-encoder {model}")
    from sentence_transformers import CrossEncoder

    try:
        return CrossEncoder(model)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"The cross-encoder {model} cannot be loaded: {in_words(error)}.",
            mend="Correct search.cross_encoder, or set search.rerank to late_interaction.",
            model=model,
        ) from error
