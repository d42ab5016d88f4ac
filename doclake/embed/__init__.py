"""Embedding: which model, how many tokens, which vectors. Importing it loads no model."""

from doclake.embed.backends.registry import release_model
from doclake.embed.embedded import Embedded, Question
from doclake.embed.embedder import Embedder
from doclake.embed.models.resolve import resolve
from doclake.embed.models.source import ModelSource
from doclake.embed.prepared import Prepared
from doclake.embed.text import embedding_text
from doclake.embed.tokens import TokenCounter

__all__ = [
    "Embedded",
    "Embedder",
    "ModelSource",
    "Prepared",
    "Question",
    "TokenCounter",
    "embedding_text",
    "release_model",
    "resolve",
]
