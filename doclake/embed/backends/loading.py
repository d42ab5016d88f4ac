"""The loaded model, kept for the runs that follow in this process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from doclake.embed.backends.packed_bert import PackedBert
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.errors import ModelError
from doclake.errors.foreign import in_words


@lru_cache(maxsize=1)
def load(
    name: str, folder: str, device: str, dtype: str, *, packed: bool
) -> PackedBert | SentenceModel:
    """Loading takes seconds. Raises `ModelError`."""
    import torch
    from safetensors import SafetensorError

    try:
        if packed:
            return PackedBert(Path(folder), device, getattr(torch, dtype))
        return SentenceModel(name, folder, device, dtype)
    except (OSError, SafetensorError, LookupError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"The model in {folder} cannot be loaded: {in_words(error, folder)}.",
            mend="Check that the folder was saved by sentence-transformers.",
            folder=folder,
        ) from error
