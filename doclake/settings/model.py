"""Every setting: its type, its default, and what it is for."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
RESERVED_SOURCE_NAMES = frozenset({"all", "search", "search_index"})
SECRET_WORDS = ("secret", "password", "token", "credential", "access_key", "private_key")
NO_SECRETS = "secrets come from the environment only (AWS_ACCESS_KEY_ID ...)"
BUNDLED_MODELS: dict[str, int] = {"multilingual-e5-small": 512, "all-MiniLM-L6-v2": 256}
"""Models whose weights come inside a Python package, with their limit in tokens."""


def _duration(value: Any) -> Any:
    """`90s`, `15m`, `24h`, `7d` beside what pydantic reads itself."""
    match = re.fullmatch(r"(\d+)\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if not match:
        return value
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return timedelta(**{unit: int(match[1])})


def _owner(value: str) -> str:
    if re.fullmatch(r"team:\w+|[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return value
    raise ValueError("expected an e-mail address or 'team:name'")


def _holds_a_secret(options: Any) -> bool:
    """True if a key at any depth is named like a secret."""
    if isinstance(options, list):
        return any(map(_holds_a_secret, options))
    return isinstance(options, dict) and any(
        key in ("key", "secret", "sas")
        or any(word in str(key).lower() for word in SECRET_WORDS)
        or _holds_a_secret(value)
        for key, value in options.items()
    )


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Owner = Annotated[str, AfterValidator(_owner)]
Engine = Literal["native", "unstructured"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ExtractRecipe(_Model):
    """What decides the elements of a document."""

    engine: Engine = Field(
        "native",
        description="`unstructured` reads Office, HTML, Markdown, CSV, mail and plain text with "
        "that library; other formats stay native (docs/formats.md)",
    )
    pdf_engine: Literal["pymupdf", "pypdfium2"] = Field(
        "pymupdf", description="PDF reader; pypdfium2 is the one with a permissive licence"
    )
    pdf_mode: Literal["fast", "layout"] = Field(
        "fast", description="`layout` adds PyMuPDF's layout models where structure pays for time"
    )
    tables: bool = Field(True, description="Find tables in PDF pages")
    ocr: Literal["auto", "off", "always"] = Field(
        "auto", description="`auto` reads pages whose text layer is missing or broken"
    )
    ocr_languages: tuple[str, ...] = Field(
        ("kor", "eng"), min_length=1, description="Tesseract language codes"
    )
    ocr_words: bool = Field(
        False, description="Keep each word OCR read, with box and confidence, as hOCR in `html`"
    )
    hidden_text: Literal["apart", "include"] = Field(
        "apart", description="`apart` keeps text no reader sees out of the chunks"
    )


class ChunkRecipe(_Model):
    """What decides the chunks of a document."""

    strategy: Literal["structure", "tokens", "sentence", "page"] = Field(
        "structure", description="How a document is cut"
    )
    max_tokens: int = Field(
        256, ge=32, le=8192, description="Largest chunk, in the embedding model's own tokens"
    )
    overlap_tokens: int = Field(
        0, ge=0, le=4096, description="Tokens of whole sentences repeated from the chunk before"
    )
    context: bool = Field(True, description="Embed title and headings in front of each chunk")

    @model_validator(mode="after")
    def _overlap_is_smaller(self) -> ChunkRecipe:
        if self.overlap_tokens > self.max_tokens // 2:
            raise ValueError("overlap_tokens must be at most half of max_tokens")
        return self


class Recipe(_Model):
    """The settings that decide the content of rows; a source may override any of them."""

    extract: ExtractRecipe = ExtractRecipe()
    chunk: ChunkRecipe = ChunkRecipe()


class SourceSettings(_Model):
    """A place documents come from."""

    url: str = Field(description="Folder or any fsspec URL: ./docs, /data, s3://bucket/prefix")
    include: tuple[str, ...] = Field(
        ("**",), min_length=1, description="Globs to take, as in .gitignore; case is ignored"
    )
    exclude: tuple[str, ...] = Field((), description="Globs to leave out; they win")
    hidden: bool = Field(False, description="Take files and folders whose name begins with a dot")
    allow_empty: bool = Field(
        False, description="Believe a listing that finds nothing at all (else: a missing mount)"
    )
    owner: Owner = Field("team:data", description="E-mail address or team:name")
    access: tuple[str, ...] = Field(
        (), description="Principals who may read it; empty means nobody, `everyone` means all"
    )
    freshness: Duration | None = Field(None, description="Alarm when older: 24h, 7d")
    observe: Literal["sensor", "job"] = Field(
        "sensor", description="`job` where listing takes longer than a sensor tick may (a minute)"
    )
    observe_every: Duration = Field(
        timedelta(seconds=30), description="How often Dagster looks for changes: 30s, 10m"
    )
    buckets: int = Field(
        8, description="Partitions: a power of two up to 64; fixed once there are rows"
    )
    recipe: Recipe = Field(default_factory=Recipe, description="Overrides of `recipe`")
    storage_options: dict[str, Any] = Field(
        default_factory=dict, description="fsspec options such as endpoint_url; never secrets"
    )
    description: str = Field("", description="A sentence for the people who see it in Dagster")

    @field_validator("freshness")
    @classmethod
    def _as_dagster_checks(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and value < timedelta(minutes=1):
            raise ValueError("expected at least 1m: Dagster looks no more often")
        return value

    @field_validator("buckets")
    @classmethod
    def _power_of_two(cls, value: int) -> int:
        if value < 1 or value > 64 or value & (value - 1):
            raise ValueError("expected a power of two from 1 to 64")
        return value

    @field_validator("storage_options")
    @classmethod
    def _no_secrets(cls, value: dict[str, Any]) -> dict[str, Any]:
        if _holds_a_secret(value):
            raise ValueError(NO_SECRETS)
        return value

    @field_validator("url")
    @classmethod
    def _no_password(cls, value: str) -> str:
        if re.match(r"[a-z0-9+.-]+://[^/@]*:[^/@]*@", value):
            raise ValueError(NO_SECRETS)
        return value


class EmbeddingSettings(_Model):
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


class Limits(_Model):
    """What one document may cost. Beyond it the document fails and nobody else."""

    timeout_seconds: float = Field(30, gt=0, description="Wall clock for one document")
    seconds_per_scanned_page: float = Field(
        10, ge=0, description="Added to `timeout_seconds` for each page that OCR reads"
    )
    scan_seconds: float = Field(
        1800, ge=0, description="Wall clock of a scanned document at most, however many pages"
    )
    memory_mb: int = Field(2048, ge=256, description="Memory of its parser above the idle one")
    file_mb: int = Field(512, ge=1, description="Size of the document")
    output_mb: int = Field(64, ge=1, description="Text and tables it may yield")
    pages: int = Field(5000, ge=1, description="Pages, slides or sheets")
    archive_entries: int = Field(10_000, ge=1, description="Members of a container")
    archive_mb: int = Field(1024, ge=1, description="Unpacked size of a container")
    archive_ratio: int = Field(200, ge=2, description="Unpacked to packed size of a member")
    archive_depth: int = Field(4, ge=0, description="Containers inside containers")
    archive_seconds: float = Field(600, gt=0, description="Wall clock for all that is inside one")


class Processing(_Model):
    """How much is done at once. Changes speed and memory, never content."""

    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="Parser processes",
        json_schema_extra={"default_is": "number of CPUs"},
    )
    documents_per_child: int = Field(
        64,
        ge=1,
        description="Documents of one source that a parser process handles at most before a fresh"
        " one takes its place; 1 keeps every document apart from all others",
    )
    batch_documents: int = Field(
        256, ge=1, description="Documents handled and committed together: bounds memory"
    )
    max_attempts: int = Field(
        3, ge=1, description="Tries at a retryable failure before it waits for a person"
    )
    retry_after: Duration = Field(
        timedelta(minutes=15), description="Wait before an unattended retry; doubles each time"
    )


class Alerts(_Model):
    """Who is told when something fails unattended."""

    webhook: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Slack-compatible URL; a secret, so only by DOCLAKE_ALERTS__WEBHOOK",
    )


class Schedules(_Model):
    """What runs by the clock."""

    maintenance: str = Field("30 3 * * *", description="Cron expression of the nightly maintenance")
    timezone: str = Field("UTC", description="IANA time zone of the cron expressions")


class Retention(_Model):
    """What maintenance keeps. Nothing is removed that the search index has not followed yet."""

    history: Duration = Field(
        timedelta(days=7), description="Old versions of tables, for time travel and slow readers"
    )
    tombstones: Duration = Field(
        timedelta(days=90), description="Registry and ledger rows of deleted documents"
    )
    incidents: Duration = Field(timedelta(days=365), description="Closed incidents")


class Deletion(_Model):
    """The guard on deletions: a listing that lost more than both deletes nothing."""

    max_share: float = Field(0.2, ge=0, le=1, description="Share of a source's documents")
    min_documents: int = Field(10, ge=0, description="Always allowed, whatever the share")


class Settings(BaseSettings):
    """Everything Doclake can be told. See docs/configuration.md."""

    model_config = SettingsConfigDict(
        env_prefix="DOCLAKE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    lake: str = Field(".doclake", description="Folder or URL of the Delta tables and the index")
    sources: dict[str, SourceSettings] = Field(
        default_factory=dict, description="Where documents come from, by name"
    )
    recipe: Recipe = Field(default_factory=Recipe, description="Defaults for every source")
    embedding: EmbeddingSettings = EmbeddingSettings()
    limits: Limits = Limits()
    processing: Processing = Field(default_factory=Processing)
    deletion: Deletion = Deletion()
    alerts: Alerts = Field(default_factory=Alerts)
    retention: Retention = Field(default_factory=Retention)
    schedules: Schedules = Field(default_factory=Schedules)
    config_dir: Path = Field(Path(), exclude=True, description="Set by load()")

    @model_validator(mode="before")
    @classmethod
    def _sources_inherit_the_recipe(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("sources"), dict):
            return data
        base = data.get("recipe") or {}
        base = base.model_dump() if isinstance(base, BaseModel) else base
        sources = {
            name: {**source, "recipe": _merged(base, source.get("recipe") or {})}
            if isinstance(source, dict)
            else source
            for name, source in data["sources"].items()
        }
        return {**data, "sources": sources}

    @field_validator("sources")
    @classmethod
    def _names_can_be_keys(cls, value: dict[str, SourceSettings]) -> dict[str, SourceSettings]:
        for name in value:
            if not SOURCE_NAME.fullmatch(name) or name in RESERVED_SOURCE_NAMES:
                raise ValueError(
                    f"{name!r}: expected a source name of lower-case letters, digits and _, "
                    f"beginning with a letter, other than {sorted(RESERVED_SOURCE_NAMES)}"
                )
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # the environment wins over the file

    def local_path(self, url: str) -> Path | None:
        """The folder a url means, or None if it is remote. Relative to the settings file."""
        if url.startswith("file://"):
            return Path(url.removeprefix("file://"))
        if re.match(r"[a-z][a-z0-9+.-]+:", url):
            return None
        return (self.config_dir / Path(url).expanduser()).resolve()

    @property
    def lake_url(self) -> str:
        return str(self.local_path(self.lake) or self.lake)


def _merged(base: Any, override: Any) -> Any:
    if not isinstance(base, dict) or not isinstance(override, dict):
        return override
    return {
        key: _merged(base[key], override[key])
        if key in base and key in override
        else override.get(key, base.get(key))
        for key in [*base, *(k for k in override if k not in base)]
    }
