from __future__ import annotations

import pytest

from doclake.embed import Embedder, TokenCounter
from doclake.settings import EmbeddingSettings


@pytest.fixture(scope="session")
def multilingual() -> Embedder:
    return Embedder(EmbeddingSettings(device="cpu"))


@pytest.fixture(scope="session")
def english() -> Embedder:
    """Small and quick to load; batches of a few texts, so that order is really put together."""
    settings = EmbeddingSettings(model="all-MiniLM-L6-v2", device="cpu", batch_tokens=64)
    return Embedder(settings)


@pytest.fixture(scope="session")
def counter() -> TokenCounter:
    return TokenCounter.from_settings(EmbeddingSettings())
