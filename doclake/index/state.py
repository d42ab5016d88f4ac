"""The state of the index: which table searches use, and how far it follows the lake."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from doclake import clock
from doclake.lake.lake import Lake
from doclake.lake.watermark import Watermark, watermark
from doclake.settings import EmbeddingSettings
from doclake.tables.chunks import CHUNKS
from doclake.tables.embeddings import EMBEDDINGS

FOLLOWED = (CHUNKS.name, EMBEDDINGS.name)
KEEP = timedelta(hours=1)  # a search that has opened a table, or a version of it, may still read it


@dataclass(frozen=True)
class Candidate:
    """A table of another model, or of chunks of another recipe, that is built beside the one that
    searches use. `held` says why it does not take over, `judged_by` is a digest of the questions
    and settings that decided it."""

    state: IndexState
    is_built: bool = False
    held: str | None = None
    judged_by: str | None = None


@dataclass(frozen=True)
class Former:
    """The table that searches used before, and since when they do not."""

    state: IndexState
    since: str


@dataclass(frozen=True)
class IndexState:
    """What searches use. `embedding` holds the settings that made its vectors, `recipes` those of
    the chunks of each source, as fingerprints. `retired` are the tables that searches used before,
    each with the time of the change.

    The states inside a `candidate` and a `former` have neither, and no `retired` tables.
    """

    table: str
    model: str
    dimension: int
    embedding: dict[str, Any]
    watermarks: dict[str, Watermark]
    recipes: dict[str, str] = field(default_factory=dict)
    retired: dict[str, str] = field(default_factory=dict)
    candidate: Candidate | None = None
    former: Former | None = None

    @property
    def embedding_settings(self) -> EmbeddingSettings:
        return EmbeddingSettings(**self.embedding)

    @property
    def model_name(self) -> str:
        return str(self.embedding["model"])

    @property
    def models(self) -> set[str]:
        """The models of its tables."""
        beside = {one.state.model for one in (self.candidate, self.former) if one is not None}
        return {self.model, *beside}

    @property
    def tables(self) -> set[str]:
        """Every table that it knows."""
        beside = {one.state.table for one in (self.candidate, self.former) if one is not None}
        return {self.table, *self.retired, *beside}

    def without_retired(self) -> Self:
        """Without the tables that searches used before."""
        return replace(self, retired={})

    @classmethod
    def from_json(cls, stored: str) -> Self:
        return cls._of(json.loads(stored))

    @classmethod
    def _of(cls, row: dict[str, Any]) -> Self:
        watermarks = {name: Watermark(**mark) for name, mark in row.pop("watermarks").items()}
        candidate, former = row.pop("candidate", None), row.pop("former", None)
        return cls(
            **row,
            watermarks=watermarks,
            candidate=Candidate(cls._of(candidate.pop("state")), **candidate)
            if candidate
            else None,
            former=Former(cls._of(former.pop("state")), **former) if former else None,
        )

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def after(self, earlier: IndexState | None) -> Self:
        """This state, which takes the place of an `earlier` one: its table retires if it is
        another, and those that retired long ago are forgotten."""
        if earlier is None:
            return self
        now = clock.now()
        retired = {
            table: when
            for table, when in earlier.retired.items()
            if now - datetime.fromisoformat(when) < KEEP
        }
        if earlier.table != self.table:
            retired[earlier.table] = now.isoformat()
        return replace(self, retired=retired)


def watermarks(lake: Lake) -> dict[str, Watermark]:
    """Where the lake stands now. Taken before reading, so a later commit is never skipped."""
    return {name: watermark(lake, name) for name in FOLLOWED}
