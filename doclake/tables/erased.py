"""erased: listed documents that were erased, and that no run brings back."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import DOC_ID, SOURCE, TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        DOC_ID,
        field("erasure_id", pa.string(), "The erasure that it was part of", nullable=False),
        field("erased_by", pa.string(), "Who asked for it", nullable=False),
        field("reason", pa.string(), "Why, in the words of who asked"),
        field("erased_at", TIMESTAMP, "When it began", nullable=False),
    ]
)


class ErasedRow(TypedDict):
    """A listed document, by its id alone: neither its path nor a word of it is kept."""

    source: str
    doc_id: str
    erasure_id: str
    erased_by: str
    reason: str | None
    erased_at: datetime


ERASED = Table(
    "erased",
    "An erased document, which no run may read",
    _SCHEMA,
    ErasedRow,
    key=("doc_id",),
    found_by="doc_id",
    outlives=True,
)
