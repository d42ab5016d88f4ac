"""chunks: the passages that are embedded and found."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import (
    BOX,
    BUCKET,
    CONTENT,
    DOC_ID,
    PATH,
    PERSONAL,
    RECIPE,
    ROOT_ID,
    SOURCE,
    SUSPICION,
    TIMESTAMP,
    WARNINGS,
    PageBox,
    PersonalSpan,
    SuspicionRow,
    field,
)
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        PATH,
        CONTENT,
        RECIPE,
        field("chunk_id", pa.string(), "From content and place", nullable=False),
        field("ordinal", pa.int32(), "Order in the document, from 0", nullable=False),
        field("title", pa.string(), "Title of the document"),
        field("section", pa.list_(pa.string()), "Headings above, outermost first"),
        field("text", pa.string(), "What a search shows", nullable=False),
        field("context", pa.string(), "Heading embedded in front of the text", nullable=False),
        field("text_hash", pa.string(), "Key of the embedding", nullable=False),
        field("tokens", pa.int32(), "Tokens of prompt, context and text", nullable=False),
        field("language", pa.string(), "ISO 639-1 code"),
        field("media_type", pa.string(), "Of the document"),
        field(
            "date", TIMESTAMP, "When the document was last changed, by its own word or the file's"
        ),
        field("pages", pa.list_(pa.int32()), "Pages it is on"),
        field("boxes", pa.list_(BOX), "Where it stands on those pages"),
        field("element_ids", pa.list_(pa.string()), "Elements it was made from"),
        field("access", pa.list_(pa.string()), "Principals who may read it"),
        field("denied", pa.list_(pa.string()), "Principals who may not, whoever else they are"),
        field("row_hash", pa.string(), "Digest of what the index copies", nullable=False),
        WARNINGS,
        field("personal_data", pa.list_(PERSONAL), "Where personal data or its mark stands"),
        field("suspicion", SUSPICION, "Whether it gives orders to a model; null: nothing found"),
        field(
            "dropped_by", pa.list_(pa.string()), "Steps of curation that keep it out of searches"
        ),
    ]
)


class ChunkRow(TypedDict, total=False):
    """A chunk, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    path: str
    content_hash: str
    recipe: str
    chunk_id: str
    ordinal: int
    title: str | None
    section: list[str] | None
    text: str
    context: str
    text_hash: str
    tokens: int
    language: str | None
    media_type: str | None
    date: datetime | None
    pages: list[int] | None
    boxes: list[PageBox] | None
    element_ids: list[str] | None
    access: list[str] | None
    denied: list[str] | None
    row_hash: str
    warnings: list[str] | None
    personal_data: list[PersonalSpan] | None
    suspicion: SuspicionRow | None
    dropped_by: list[str] | None


KEPT = ("dropped_by",)
"""Null in the chunks that curation drops not: these are embedded and found."""

CHUNKS = Table(
    "chunks",
    "A passage with its pages, boxes, section and access list",
    _SCHEMA,
    ChunkRow,
    key=("chunk_id",),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    made_from="elements",
    owner=Owner("ledger", "doc_id"),
    feed=True,
)
