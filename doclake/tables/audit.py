"""audit: who did what, when, and to how many rows."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Retention, Table

NO_SOURCE = "-"
"""In place of a source, which is never called so, where an action has none."""
SEARCH, ASK, PASSAGE, REFUSED_ROW = "search", "ask", "passage", "quarantine_shown"
SQL, SQL_ALL_ROWS, EXPORT, RECALL = "sql", "sql_all_rows", "export", "recall"
REFUSED_TOKEN, NOT_KEPT = "refused_token", "not_kept"
GIVEN = (SEARCH, ASK, PASSAGE, RECALL, SQL, SQL_ALL_ROWS, REFUSED_ROW, REFUSED_TOKEN, NOT_KEPT)
"""What comes with every search; the other actions are what people did, and stay for good."""
DONE = (
    "accept_loss", "allow_again", "allow_deletions", "deletions_refused", "document_pushed",
    "erase", "erase_memories", EXPORT, "quarantine_dropped", "quarantine_released",
)  # fmt: skip

_SCHEMA = pa.schema(
    [
        SOURCE,
        field("audit_id", pa.string(), "Hash of all that follows", nullable=False),
        field(
            "action",
            pa.string(),
            "search, erase, allow_deletions ...",
            nullable=False,
        ),
        field(
            "subject_id",
            pa.string(),
            "Id of what it was done to, never its name; one for all rows of a search",
        ),
        field(
            "row_count",
            pa.int64(),
            "Rows or documents that it was done to, or that were given",
            nullable=False,
        ),
        field("done_by", pa.string(), "User of the machine, or who was named", nullable=False),
        field("asked_as", pa.list_(pa.string()), "Principals of the asker, beside everyone"),
        field("question", pa.string(), "Of a search, if search.audit is queries"),
        field("reason", pa.string(), "Why, in the words of who did it"),
        field("done_at", TIMESTAMP, "When", nullable=False),
    ]
)


class AuditRow(TypedDict):
    """Something that a person did, without a word of what it was done to, or was given."""

    source: str
    audit_id: str
    action: str
    subject_id: str | None
    row_count: int
    done_by: str
    asked_as: list[str] | None
    question: str | None
    reason: str | None
    done_at: datetime


AUDIT = Table(
    "audit",
    "Something that a person did, and why; or rows of a source that a search gave",
    _SCHEMA,
    AuditRow,
    key=("audit_id",),
    found_by="audit_id",
    retention=Retention("done_at", "searches", {"action": GIVEN}),
    outlives=True,
)
