"""search_index: the LanceDB table that searches read."""

from __future__ import annotations

import pyarrow as pa

from doclake.tables.chunks import CHUNKS
from doclake.tables.columns import field
from doclake.tables.embeddings import EMBEDDINGS

ABOUT = "A chunk that has a vector, with what searches filter by, find and show"
"""What a row is."""

_DIGESTED = (
    *("source", "bucket", "doc_id", "root_id", "path", "title", "section", "pages", "boxes"),
    *("language", "media_type", "date", "access", "text", "context"),
)
PLACE = ("content_hash", "ordinal")
"""Of which version of its document a row is, and where in it. Rows of an older Doclake do not know
it."""
DIGESTED = ("chunk_id", *_DIGESTED)
"""What the `row_hash` of a chunk is a digest of, of what the index copies."""
BESIDE = ("text_hash", "denied")
"""What it is a digest of beside: the index knows the one by the vector, the other by its keys."""


def search_index_schema(dimension: int) -> pa.Schema:
    """Schema of the LanceDB table for vectors of `dimension` floats.

    `chunk_id` is declared as Lance's unenforced primary key: without it two merges of the same
    new key duplicate silently. `access_keys` are digests of the principals in `access`, and of
    those whom the chunk denies, of another kind: the access filter is built from hex digits only,
    so no principal's name can ever be read as SQL, and one index of keys answers for both.
    """
    about = {"comment": "From content and place", "lance-schema:unenforced-primary-key": "true"}
    key = pa.field("chunk_id", pa.string(), nullable=False, metadata=about)
    return pa.schema(
        [
            key,
            *(CHUNKS.schema.field(name) for name in ("row_hash", *_DIGESTED)),
            *(CHUNKS.schema.field(name).with_nullable(True) for name in PLACE),
            field("access_keys", pa.list_(pa.string()), "Digests of who may and may not read it"),
            field("terms", pa.string(), "What full text searches, with blanks between"),
            EMBEDDINGS.schema.field("signs"),
            field(
                "vector",
                pa.list_(pa.float32(), dimension),
                "Unit vector of context and text",
                nullable=False,
            ),
        ]
    )
