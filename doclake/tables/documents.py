"""documents: the registry of what each source lists."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, DOC_ID, PATH, SOURCE, TIMESTAMP, field
from doclake.tables.table import Retention, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        DOC_ID,
        PATH,
        field("signature", pa.string(), "Size, time and tag: bytes are read only if it changed"),
        field("size", pa.int64(), "Bytes"),
        field("mtime", TIMESTAMP, "Last change, as the source reports it"),
        field("access", pa.list_(pa.string()), "Principals who may read it"),
        field("denied", pa.list_(pa.string()), "Principals who may not, whoever else they are"),
        field("own_access", pa.list_(pa.string()), "Whom its place names; null: as its source"),
        field("first_seen", TIMESTAMP, "When the document was first listed"),
        field("updated_at", TIMESTAMP, "When this row last changed"),
        field("deleted_at", TIMESTAMP, "Tombstone: gone from a complete listing"),
    ]
)


class DocumentRow(TypedDict, total=False):
    """A row of the registry, or those of its columns that were read."""

    source: str
    bucket: str
    doc_id: str
    path: str
    signature: str | None
    size: int | None
    mtime: datetime | None
    access: list[str] | None
    denied: list[str] | None
    own_access: list[str] | None
    first_seen: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None


DOCUMENTS = Table(
    "documents",
    "A listed document: path, size, time, access, tombstone",
    _SCHEMA,
    DocumentRow,
    key=("doc_id",),
    found_by="doc_id",
    mend="doclake ingest --source {source}",
    made_from="the ledger and the listing of the source",
    retention=Retention("deleted_at", "tombstones"),
)
