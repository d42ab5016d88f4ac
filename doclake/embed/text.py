"""What is embedded for a chunk. In one place: its hash is the key of the embedding."""

from __future__ import annotations


def embedding_text(context: str, text: str) -> str:
    """The heading above a chunk, then its text. The model's prompt is put before it later."""
    return f"{context}\n{text}" if context else text
