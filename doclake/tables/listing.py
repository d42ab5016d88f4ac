"""listing: what a source lists. Passed on in memory, not a table of the lake."""

from __future__ import annotations

import pyarrow as pa

from doclake.tables.columns import TIMESTAMP, field

LISTING = pa.schema(
    [
        field("path", pa.string(), "Path relative to the source", nullable=False),
        field("size", pa.int64(), "Bytes", nullable=False),
        field("mtime", TIMESTAMP, "Last change, as the source reports it"),
        field("etag", pa.string(), "The source's version tag; the period of `verify_every`"),
        field("access", pa.list_(pa.string()), "Whom its place names; null: as its source"),
        field("denied", pa.list_(pa.string()), "Whom its place denies"),
        field("unsure", pa.bool_(), "What may say more of who may read it could not be listed"),
    ]
)
