"""Servers of models that read what rules and Tesseract cannot: pages, and recordings."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from doclake import secrets
from doclake.settings.fields import NO_SECRETS, Duration, Model, Text


def _base(url: str) -> str:
    """Without the `/v1` and the slash that people write at its end."""
    if secrets.is_secret_url(url):
        raise ValueError(NO_SECRETS)
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("a URL that begins with http:// or https://")
    return url.rstrip("/").removesuffix("/v1")


ServerUrl = Annotated[str, AfterValidator(_base)]


class ServerSettings(Model):
    """A server that speaks as OpenAI's does, and how patiently it is asked."""

    url: ServerUrl | None = Field(
        None, description="What stands before `/v1`, such as http://localhost:8000; null: off"
    )
    model: Text | None = Field(None, description="Model, by the server's own name")
    timeout: Duration = Field(timedelta(minutes=2), description="Wait for one answer")
    retries: int = Field(
        3, ge=0, le=20, description="Further tries at a server that is busy, fails or is silent"
    )
    concurrency: int = Field(4, ge=1, le=256, description="Requests at once")
    requests_per_minute: int | None = Field(
        None, ge=1, description="Requests a minute, further tries included; null: as they come"
    )

    @model_validator(mode="after")
    def _asks_for_a_model(self) -> Self:
        if self.url and not (self.model or "").strip():
            raise ValueError("a `model` beside `url`")
        if self.timeout < timedelta(seconds=1):
            raise ValueError("a `timeout` of at least 1s")
        return self


class PaidServerSettings(ServerSettings):
    """A server whose tokens cost money."""

    tokens_per_day: int | None = Field(
        None, ge=1, description="What one process may spend in a day, prompts included; null: all"
    )
    price: float = Field(0.0, ge=0, description="Of a million tokens, in any currency")
    price_per_day: float | None = Field(
        None, gt=0, description="What one process may spend in a day, in that currency; null: all"
    )


class VisionSettings(ServerSettings):
    """Reads pages again that were read badly. Its key is a secret: DOCLAKE_VISION_KEY."""

    confidence: float = Field(
        0.75, ge=0, le=1, description="A page that OCR read with less is sent as a picture"
    )
    per_document: int = Field(20, ge=1, description="Pages of one document, the worst first")
    per_run: int = Field(
        1000,
        ge=1,
        description="Pages of one run, of a group of buckets; the others wait for the next",
    )

    def facts(self) -> dict[str, Any]:
        """What of it decides rows."""
        return self.model_dump(mode="json", include={"model", "confidence", "per_document"})


class TranscriptionSettings(ServerSettings):
    """Hears recordings. Its key is a secret: DOCLAKE_TRANSCRIPTION_KEY."""

    timeout: Duration = Field(timedelta(minutes=10), description="Wait for one answer")
    concurrency: int = Field(1, ge=1, le=256, description="Requests at once")
    file_mb: int = Field(25, ge=1, description="Size of a recording that the server takes")
    per_run: int = Field(
        100, ge=1, description="Recordings of one run, of a group of buckets; the others wait"
    )

    def facts(self) -> dict[str, Any]:
        """What of it decides rows."""
        return self.model_dump(mode="json", include={"model"})


class ChatSettings(PaidServerSettings):
    """Answers questions from passages. Its key is a secret: DOCLAKE_CHAT_KEY."""

    context_tokens: int = Field(
        2000, ge=100, le=1_000_000, description="Tokens of passages that a question comes with"
    )
    answer_tokens: int = Field(500, ge=16, le=100_000, description="Longest answer")
    stream: bool = Field(
        True, description="Ask for the answer piece by piece; false for a server that refuses that"
    )
    supported: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of a sentence's words that the passages it cites must hold",
    )


class EmbeddingServerSettings(PaidServerSettings):
    """Embeds texts for `backend: server`: it serves the very model that `embedding.model` names.
    Its key is a secret: DOCLAKE_EMBEDDING_KEY."""

    dialect: Literal["openai", "input_type", "doclake"] = Field(
        "openai",
        description="`openai`: texts come with their prompt. `input_type`: the server puts the "
        "prompt, and is told `query` or `document`. `doclake`: that of `doclake serve embeddings`, "
        "which also gives the signs of tokens",
    )
    batch_texts: int = Field(64, ge=1, le=2048, description="Texts of one request")
    batch_tokens: int = Field(8192, ge=64, description="Tokens of the texts of one request")
