"""quarantine: the rows that a contract refused."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import (
    BUCKET,
    CONTENT,
    DOC_ID,
    RECIPE,
    ROOT_ID,
    SOURCE,
    TIMESTAMP,
    field,
)
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        field("path", pa.string(), "Path of the document in the source"),
        CONTENT,
        RECIPE,
        field("stage", pa.string(), "Stage whose contract refused the row", nullable=False),
        field("key", pa.string(), "Id of the refused row", nullable=False),
        field("rule", pa.string(), "Name of the rule", nullable=False),
        field("rule_fingerprint", pa.string(), "What the rule asked of the row"),
        field("severity", pa.string(), "How grave the rule is: reject or stop"),
        field("evidence", pa.string(), "Lengths and counts, never the text itself"),
        field("element_ids", pa.list_(pa.string()), "Elements the refused row was made from"),
        field("attempts", pa.int32(), "How often it was refused"),
        field("first_refused_at", TIMESTAMP, "First refusal of this row by this rule"),
        field("refused_at", TIMESTAMP, "Last refusal"),
    ]
)


class Refusal(TypedDict):
    """A row that a contract refused, and the rule it broke."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    path: str | None
    content_hash: str
    recipe: str
    stage: str
    key: str
    rule: str
    rule_fingerprint: str | None
    severity: str | None
    evidence: str | None
    element_ids: list[str] | None
    attempts: int | None
    first_refused_at: datetime | None
    refused_at: datetime | None


QUARANTINE = Table(
    "quarantine",
    "A refused chunk or vector, and one rule it broke",
    _SCHEMA,
    Refusal,
    key=("stage", "key", "rule"),
    found_by="root_id",
    owner=Owner("ledger", "doc_id"),
)
