"""metadata: what documents say of themselves, and what reading them found out beside the text."""

from __future__ import annotations

from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, CONTENT, DOC_ID, RECIPE, ROOT_ID, SOURCE, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        CONTENT,
        RECIPE,
        field("name", pa.string(), "title, author, created, from, ocr ...", nullable=False),
        field("page", pa.int32(), "The page it is about, from 1; null: the whole document"),
        field("value", pa.string(), "Text; times in ISO 8601 where they could be read"),
    ]
)


class MetadataRow(TypedDict, total=False):
    """One field of one document."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    content_hash: str
    recipe: str
    name: str
    page: int | None
    value: str | None


METADATA = Table(
    "metadata",
    "What a document says of itself, field by field, and what reading it found out",
    _SCHEMA,
    MetadataRow,
    key=("doc_id", "name", "page", "value"),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    made_from="the source's documents",
    owner=Owner("ledger", "doc_id"),
)
