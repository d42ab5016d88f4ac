"""memory_events: what was done with memories, by whom and when, without a word of them.

That they were recalled stands in `audit`, as of every search.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import TIMESTAMP, field
from doclake.tables.table import Table

REPEATED, CONTRADICTS, ERASED = "repeated", "contradicts", "erased"

_SCHEMA = pa.schema(
    [
        field("event_id", pa.string(), "Hash of all that follows", nullable=False),
        field("memory_id", pa.string(), "The memory; its text stands in `memories`"),
        field(
            "event",
            pa.string(),
            "remembered, repeated, corrected, forgotten, restored, shared, unshared, "
            "tiered, merged, contradicts, erased",
            nullable=False,
        ),
        field("agent", pa.string(), "Who did it", nullable=False),
        field("other_id", pa.string(), "The memory that took its place, or contradicts it"),
        field("detail", pa.string(), "The pool, the tier or the erasure that it is about"),
        field("done_at", TIMESTAMP, "When", nullable=False),
    ]
)


class MemoryEvent(TypedDict):
    """Something that was done with a memory."""

    event_id: str
    memory_id: str | None
    event: str
    agent: str
    other_id: str | None
    detail: str | None
    done_at: datetime


MEMORY_EVENTS = Table(
    "memory_events",
    "Something that was done with a memory",
    _SCHEMA,
    MemoryEvent,
    key=("event_id",),
    found_by="memory_id",
    outlives=True,
)
