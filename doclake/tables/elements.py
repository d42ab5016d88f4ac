"""elements: the blocks that extraction found."""

from __future__ import annotations

from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import (
    BOX,
    BUCKET,
    CONTENT,
    DOC_ID,
    PERSONAL,
    RECIPE,
    ROOT_ID,
    SOURCE,
    WARNINGS,
    PageBox,
    PersonalSpan,
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
        field("element_id", pa.string(), "From content and place", nullable=False),
        field("ordinal", pa.int32(), "Order in the document, from 0", nullable=False),
        field("type", pa.string(), "Title, NarrativeText, ListItem, Table ...", nullable=False),
        field("text", pa.string(), "Plain text, NFC", nullable=False),
        field("html", pa.string(), "Tables: HTML with row and column spans"),
        field("page", pa.int32(), "Page, slide or sheet, from 1; null if the format has none"),
        field("box", BOX, "Where it stands on that page; null if its format gives no places"),
        field("parent_id", pa.string(), "Element that contains or heads this one"),
        field("section", pa.list_(pa.string()), "Headings above, outermost first"),
        field("level", pa.int32(), "Titles: heading depth from 1; list items: nesting from 1"),
        field("language", pa.string(), "ISO 639-1 code of the text; null if undecided"),
        field("method", pa.string(), "What found it: pymupdf, unstructured, tesseract ..."),
        field("confidence", pa.float32(), "0 to 1; null where the method gives none"),
        field("hidden", pa.string(), "Why a reader does not see it; null for visible text"),
        field("links", pa.list_(pa.string()), "Targets of the links in the text"),
        field("personal_data", pa.list_(PERSONAL), "Where personal data or its mark stands"),
        WARNINGS,
    ]
)

MACHINE_TEXT = "machine text"
"""In `hidden`: base64, keys and dumps, which are no words whoever sees them."""


class ElementRow(TypedDict, total=False):
    """An element, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    content_hash: str
    recipe: str
    element_id: str
    ordinal: int
    type: str
    text: str
    html: str | None
    page: int | None
    box: PageBox | None
    parent_id: str | None
    section: list[str] | None
    level: int | None
    language: str | None
    method: str | None
    confidence: float | None
    hidden: str | None
    links: list[str] | None
    personal_data: list[PersonalSpan] | None
    warnings: list[str] | None


ELEMENTS = Table(
    "elements",
    "A block that extraction found",
    _SCHEMA,
    ElementRow,
    key=("element_id",),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    made_from="the source's documents",
    owner=Owner("ledger", "doc_id"),
)
