"""The model that turns text into vectors."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from doclake.settings.fields import Model

BUNDLED_MODELS: dict[str, int] = {"multilingual-e5-small": 512, "all-MiniLM-L6-v2": 256}
"""Models whose weights come inside a Python package, with their limit in tokens."""


class EmbeddingSettings(Model):
    """The model that turns text into vectors: one for the whole lake."""

    model: str = Field(
        "multilingual-e5-small", description="Bundled name, local folder, or hub id org/name"
    )
    revision: str | None = Field(None, description="Hub revision to pin")
    query_prompt: str | None = Field(None, description="Put before queries; null: the model's own")
    document_prompt: str | None = Field(None, description="Put before texts; null: the model's own")
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = Field(
        "auto", description="`auto` takes bfloat16 where the device computes it natively"
    )
    device: str = Field(
        "auto", pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$", description="auto, cpu, cuda, cuda:N"
    )
    batch_tokens: int = Field(
        8192, ge=64, description="Tokens, padding included, in one forward pass"
    )
