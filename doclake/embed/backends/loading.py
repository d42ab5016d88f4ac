"""Loads a model with sentence-transformers, and gives its memory back."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import lru_cache
from typing import Any

from doclake.embed.models.hub import stay_offline
from doclake.errors import ModelError
from doclake.settings.embedding import is_hub_id

_log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def load(name: str, folder: str, device: str, dtype: str) -> Any:
    """The model, kept for the runs that follow in this process: loading takes seconds."""
    stay_offline(name)
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # loading the weights is too short to watch
    _log.info("Loading %s on %s in %s", name, device, dtype)
    try:
        model = SentenceTransformer(
            folder,
            device=device,
            local_files_only=not is_hub_id(name),
            model_kwargs={"dtype": getattr(torch, dtype)},
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"The model in {folder} cannot be loaded: {error}",
            mend="Check that the folder was saved by sentence-transformers.",
            folder=folder,
        ) from error
    return model.eval()


def release_model() -> None:
    """Give back the memory of the loaded model, unless an `Embedder` still holds it.

    glibc keeps freed memory for later; asked, it returns some 400 MB after embedding on a CPU.
    """
    import ctypes
    import gc

    load.cache_clear()
    gc.collect()
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
