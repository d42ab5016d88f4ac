"""Embedding: which model, how many tokens, which vectors. Importing it loads no model."""

from doclake.embed.backends.in_process import Embedder, release_model
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.embed.text import embedding_text
from doclake.embed.tokens import TokenCounter

__all__ = ["Embedder", "ModelSource", "TokenCounter", "embedding_text", "release_model", "resolve"]
