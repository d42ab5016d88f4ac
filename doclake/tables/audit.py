"""audit: who did what to rows, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        field("note_id", pa.string(), "One for each note", nullable=False),
        field("action", pa.string(), "What was done: quarantine.released ...", nullable=False),
        field("subject_id", pa.string(), "Id of what it was done to"),
        field("row_count", pa.int64(), "How many rows it touched"),
        field("done_by", pa.string(), "Who did it", nullable=False),
        field("reason", pa.string(), "Why, in their words"),
        field("noted_at", TIMESTAMP, "When", nullable=False),
    ]
)


class AuditNote(TypedDict):
    """That somebody did something to rows."""

    source: str
    note_id: str
    action: str
    subject_id: str | None
    row_count: int | None
    done_by: str
    reason: str | None
    noted_at: datetime


AUDIT = Table(
    "audit",
    "That somebody did something to rows, and why",
    _SCHEMA,
    AuditNote,
    key=("note_id",),
    found_by="note_id",
)
