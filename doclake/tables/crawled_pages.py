"""crawled_pages: what is known of each page of a web site, so that an unchanged one costs no body.

It is a memory and no record: without it, the next listing reads every page again.
"""

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
        field("path", pa.string(), "Its URL without the scheme", nullable=False),
        field("rules", pa.string(), "Digest of the options by which it was read", nullable=False),
        field("etag", pa.string(), "ETag that the server gave with it"),
        field("last_modified", pa.string(), "Last-Modified that the server gave with it"),
        field("media_type", pa.string(), "That the server named"),
        field("tag", pa.string(), "What tells its versions apart: digest of its body, or ETag"),
        field("size", pa.int64(), "Bytes, as listed", nullable=False),
        field("mtime", TIMESTAMP, "Last change, as listed"),
        field("no_document", pa.string(), "Why it is no document: noindex ...; null: it is one"),
        field("canonical", pa.string(), "The page that it says it is a copy of"),
        field(
            "links", pa.list_(pa.string()), "Paths of the pages that it leads to", nullable=False
        ),
    ]
)


class CrawledPage(TypedDict):
    """What is known of a page."""

    source: str
    doc_id: str
    path: str
    rules: str
    etag: str | None
    last_modified: str | None
    media_type: str | None
    tag: str | None
    size: int
    mtime: datetime | None
    no_document: str | None
    canonical: str | None
    links: list[str]


CRAWLED_PAGES = Table(
    "crawled_pages",
    "What is known of a page of a web site",
    _SCHEMA,
    CrawledPage,
    key=("doc_id",),
    found_by="doc_id",
)
