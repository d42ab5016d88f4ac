from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from doclake.embed import Embedder, TokenCounter
from doclake.embed.backends.sentence_model import SentenceModel
from doclake.settings import EmbeddingSettings


@pytest.fixture(scope="session")
def multilingual() -> Embedder:
    return Embedder(EmbeddingSettings(device="cpu", dtype="float32"))


@pytest.fixture(scope="session")
def english() -> Embedder:
    """Small and quick to load; batches of a few texts, so that order is really put together."""
    small = {"model": "all-MiniLM-L6-v2", "batch_tokens": 64}
    return Embedder(EmbeddingSettings(device="cpu", dtype="float32", **small))


@pytest.fixture(scope="session")
def library() -> Callable[[Embedder, list[str]], np.ndarray]:
    """The unit vectors that sentence-transformers gives for texts, prompts included."""

    def vectors(embedder: Embedder, texts: list[str]) -> np.ndarray:
        folder = str(embedder.source.folder)
        model = SentenceModel(embedder.settings.model, folder, "cpu", "float32").transformer
        return model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    return vectors


@pytest.fixture(scope="session")
def counter() -> TokenCounter:
    return TokenCounter.from_settings(EmbeddingSettings())
