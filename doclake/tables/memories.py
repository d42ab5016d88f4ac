"""memories: what agents and people asked Doclake to remember."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import TIMESTAMP, field
from doclake.tables.table import Retention, Table

SHARDS = 32
KINDS = ("semantic", "episodic", "procedural")
TIERS = ("pinned", "working", "long_term", "archive")
TRUSTED, SUSPICIOUS = "trusted", "suspicious"
SUPERSEDED, MERGED, FORGOTTEN, EXPIRED = "superseded", "merged", "forgotten", "expired"
"""Why a memory is no longer recalled."""

_SCHEMA = pa.schema(
    [
        field("shard", pa.string(), "Partition: by the hash that follows", nullable=False),
        field(
            "statement_hash",
            pa.string(),
            "Hash of agent, subject, kind, access and text",
            nullable=False,
        ),
        field("memory_id", pa.string(), "That hash, and one of the moment", nullable=False),
        field("kind", pa.string(), ", ".join(KINDS), nullable=False),
        field("text", pa.string(), "What is remembered", nullable=False),
        field("language", pa.string(), "ISO 639 code"),
        field("agent", pa.string(), "Who remembers it, and alone may change it", nullable=False),
        field("session", pa.string(), "In which conversation"),
        field("subject", pa.string(), "Whom or what it is about"),
        field("access", pa.list_(pa.string()), "Principals who may recall it", nullable=False),
        field("tier", pa.string(), ", ".join(TIERS), nullable=False),
        field("importance", pa.float32(), "0 to 1, as the agent gave it", nullable=False),
        field("uses", pa.int64(), "How often it was given or said again", nullable=False),
        field("used_at", TIMESTAMP, "When it last was"),
        field("counted_at", TIMESTAMP, "Until when recalls are among its uses"),
        field("valid_from", TIMESTAMP, "Since when it is true in the world; null: always"),
        field("valid_to", TIMESTAMP, "Until when it is true; null: no end is known"),
        field("recorded_at", TIMESTAMP, "When it was remembered", nullable=False),
        field("retired_at", TIMESTAMP, "Since when it is no longer recalled; null: it is"),
        field("retired_as", pa.string(), "superseded, merged, forgotten or expired"),
        field("superseded_by", pa.string(), "The memory that took its place"),
        field("sources", pa.list_(pa.string()), "The memories that it was made of"),
        field("origin", pa.string(), "The passage or the turn that says it"),
        field("origin_root", pa.string(), "The listed document of that passage"),
        field("method", pa.string(), "said, learned, corrected or merged", nullable=False),
        field("trust", pa.string(), "trusted; suspicious: it gives orders to a model"),
        field("expires_at", TIMESTAMP, "From when it is no longer recalled"),
        field("revision", pa.int64(), "Counts the changes of the row", nullable=False),
        field("model", pa.string(), "Fingerprint of the model of the vector", nullable=False),
        field("vector", pa.list_(pa.float32()), "Unit vector of the text", nullable=False),
        field("signs", pa.binary(), "Signs of its token vectors, for late interaction"),
    ]
)


class MemoryRow(TypedDict):
    """Something that is remembered."""

    shard: str
    statement_hash: str
    memory_id: str
    kind: str
    text: str
    language: str | None
    agent: str
    session: str | None
    subject: str | None
    access: list[str]
    tier: str
    importance: float
    uses: int
    used_at: datetime | None
    counted_at: datetime | None
    valid_from: datetime | None
    valid_to: datetime | None
    recorded_at: datetime
    retired_at: datetime | None
    retired_as: str | None
    superseded_by: str | None
    sources: list[str] | None
    origin: str | None
    origin_root: str | None
    method: str
    trust: str | None
    expires_at: datetime | None
    revision: int
    model: str
    vector: list[float]
    signs: bytes | None


MEMORIES = Table(
    "memories",
    "Something that an agent remembers, or remembered",
    _SCHEMA,
    MemoryRow,
    key=("memory_id",),
    found_by="memory_id",
    retention=Retention("retired_at", "memories", {"retired_as": (FORGOTTEN, EXPIRED)}),
    feed=True,
    repeats=False,
    outlives=True,
    partitions=("shard",),
)
