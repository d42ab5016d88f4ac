"""audit: who did what, when, and to how many rows."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        field("audit_id", pa.string(), "Hash of all that follows", nullable=False),
        field("action", pa.string(), "erase, allow_again, allow_deletions ...", nullable=False),
        field("subject_id", pa.string(), "Id of what it was done to, never its name"),
        field("row_count", pa.int64(), "Rows or documents that it was done to", nullable=False),
        field("done_by", pa.string(), "User of the machine, or who was named", nullable=False),
        field("reason", pa.string(), "Why, in the words of who did it"),
        field("done_at", TIMESTAMP, "When", nullable=False),
    ]
)


class AuditRow(TypedDict):
    """Something that a person did, without a word of what it was done to."""

    source: str
    audit_id: str
    action: str
    subject_id: str | None
    row_count: int
    done_by: str
    reason: str | None
    done_at: datetime


AUDIT = Table(
    "audit",
    "Something that a person did, and why",
    _SCHEMA,
    AuditRow,
    key=("audit_id",),
    found_by="audit_id",
    outlives=True,
)
