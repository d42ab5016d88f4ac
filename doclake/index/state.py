"""The state of the index: which table searches use, and how far it follows the lake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doclake.lake.lake import Lake
from doclake.settings import EmbeddingSettings
from doclake.tables.registry import TABLES

FOLLOWED = tuple(table.name for table in TABLES.values() if table.feed)


@dataclass(frozen=True)
class Watermark:
    """Up to which commit the index follows a table of the lake."""

    table_id: str | None
    version: int


@dataclass(frozen=True)
class IndexState:
    """What searches use. `embedding` holds the settings that made its vectors."""

    table: str
    model: str
    dimension: int
    embedding: dict[str, Any]
    watermarks: dict[str, Watermark]

    @property
    def embedding_settings(self) -> EmbeddingSettings:
        return EmbeddingSettings(**self.embedding)


def watermarks(lake: Lake) -> dict[str, Watermark]:
    """Where the lake stands now. Taken before reading, so a later commit is never skipped."""
    return {
        name: Watermark(lake.table_id(name), -1 if version is None else version)
        for name in FOLLOWED
        for version in [lake.version(name)]
    }
