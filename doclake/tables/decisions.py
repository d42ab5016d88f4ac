"""decisions: what people decided about rows that a contract refused."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import (
    BUCKET,
    CONTENT,
    DOC_ID,
    PATH,
    ROOT_ID,
    SOURCE,
    TIMESTAMP,
    field,
)
from doclake.tables.table import Owner, Table

RELEASED, DROPPED = "released", "dropped"

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        PATH,
        CONTENT,
        field("stage", pa.string(), "Stage whose contract refused the row", nullable=False),
        field("key", pa.string(), "Id of the refused row", nullable=False),
        field("rule", pa.string(), "Name of the rule it breaks", nullable=False),
        field("rule_fingerprint", pa.string(), "What the rule asked of it", nullable=False),
        field("element_ids", pa.list_(pa.string()), "Elements the refused row was made from"),
        field("decision", pa.string(), "released or dropped", nullable=False),
        field("reason", pa.string(), "Why, in the words of who decided", nullable=False),
        field("decided_by", pa.string(), "Who decided", nullable=False),
        field("decided_at", TIMESTAMP, "When", nullable=False),
    ]
)


class Decision(TypedDict):
    """What a person decided about a refused row and a rule it breaks. It holds while the bytes of
    the document and the rule stay the same."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    path: str
    content_hash: str
    stage: str
    key: str
    rule: str
    rule_fingerprint: str
    element_ids: list[str] | None
    decision: str
    reason: str
    decided_by: str
    decided_at: datetime


DECISIONS = Table(
    "decisions",
    "What a person decided about a refused row, and why",
    _SCHEMA,
    Decision,
    key=("stage", "key", "rule"),
    found_by="root_id",
    owner=Owner("ledger", "doc_id"),
)
