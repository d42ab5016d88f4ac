"""erasures: what was erased together, with its certificate once that is done."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        field("erasure_id", pa.string(), "Hash of who, when and what", nullable=False),
        field("begun_at", TIMESTAMP, "When it began", nullable=False),
        field("completed_at", TIMESTAMP, "When it was done; null: it was interrupted"),
        field("certificate", pa.string(), "JSON: what is erased, and how; no text", nullable=False),
    ]
)


class ErasureRow(TypedDict):
    """One call of `doclake erase`."""

    erasure_id: str
    begun_at: datetime
    completed_at: datetime | None
    certificate: str


ERASURES = Table(
    "erasures",
    "What was erased together, and its certificate",
    _SCHEMA,
    ErasureRow,
    key=("erasure_id",),
    found_by="erasure_id",
    outlives=True,
)
