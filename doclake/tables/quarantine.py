"""quarantine: the rows that a contract refused."""

from __future__ import annotations

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
        CONTENT,
        RECIPE,
        field("stage", pa.string(), "Stage whose contract refused the row", nullable=False),
        field("key", pa.string(), "Id of the refused row", nullable=False),
        field("rule", pa.string(), "Name of the rule", nullable=False),
        field("evidence", pa.string(), "Lengths and counts, never the text itself"),
        field("element_ids", pa.list_(pa.string()), "Elements the refused row was made from"),
        field("attempts", pa.int32(), "How often it was refused"),
        field("refused_at", TIMESTAMP, "Last refusal"),
    ]
)

QUARANTINE = Table(
    "quarantine",
    _SCHEMA,
    key=("stage", "key", "rule"),
    found_by="root_id",
    owner=Owner("ledger", "doc_id"),
)
