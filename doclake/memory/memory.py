"""What a caller gets of a memory."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self, cast

from doclake.tables.memories import SUSPICIOUS, MemoryRow


@dataclass(frozen=True)
class Memory:
    """A memory as it is now. Times are UTC; `docs/tables.md` says what each field means."""

    memory_id: str
    text: str
    kind: str
    agent: str
    access: list[str]
    tier: str
    importance: float
    uses: int
    recorded_at: datetime
    language: str | None = None
    session: str | None = None
    subject: str | None = None
    used_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    retired_at: datetime | None = None
    retired_as: str | None = None
    superseded_by: str | None = None
    sources: list[str] = field(default_factory=list)
    origin: str | None = None
    method: str = "said"
    trust: str | None = None
    expires_at: datetime | None = None
    revision: int = 0

    @classmethod
    def of(cls, row: MemoryRow) -> Self:
        values = {name: row.get(name) for name in cls.__dataclass_fields__}
        values["sources"] = row["sources"] or []
        return cls(**cast("dict[str, Any]", values))

    @property
    def is_suspicious(self) -> bool:
        """Whether it gives orders to a language model."""
        return self.trust == SUSPICIOUS

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it, the same at every door."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Recalled:
    """A memory that a recall gave. `score`, 0 to 1, orders the memories of one recall; `scores` say
    why: `relevance` is that of the search, `recency`, `importance` and `uses` what was added, each
    0 to 1 before its weight, `vector` the cosine similarity and `text` BM25 as a
    share of the best."""

    memory: Memory
    score: float
    scores: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        return self.memory.as_dict() | {"score": self.score, "scores": self.scores}


@dataclass(frozen=True)
class Remembered:
    """What `remember` and `correct` did. `is_new` is False where the same was known: then it counts
    as a use."""

    memory: Memory
    is_new: bool

    def as_dict(self) -> dict[str, Any]:
        return self.memory.as_dict() | {"is_new": self.is_new}
