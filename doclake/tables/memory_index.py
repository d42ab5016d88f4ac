"""memory_index: the LanceDB table that recalls read."""

from __future__ import annotations

import pyarrow as pa

from doclake.tables.columns import field
from doclake.tables.memories import MEMORIES

ABOUT = "A memory with what recalls filter by, find and show; retired ones too, for `as_of`"
"""What a row is."""

_NOT_COPIED = ("shard", "statement_hash", "model", "vector", "signs")
COPIED = tuple(name for name in MEMORIES.schema.names if name not in _NOT_COPIED)
"""The columns of `memories` that stand in it as they are."""
ALWAYS, BY_MOMENT, NO_MORE = "always", "by_moment", "no_more"
"""When a memory is recalled: whatever the time is from now on; by its bounds in time; never again,
but as it was at a former moment."""


def memory_index_schema(dimension: int) -> pa.Schema:
    """Schema of the LanceDB table for vectors of `dimension` floats. `access_keys` and the primary
    key are as in `search_index`."""
    key = pa.field(
        "memory_id",
        pa.string(),
        nullable=False,
        metadata={
            "comment": "Hash of the statement and of the moment",
            "lance-schema:unenforced-primary-key": "true",
        },
    )
    return pa.schema(
        [
            key,
            *(MEMORIES.schema.field(name) for name in COPIED if name != "memory_id"),
            field("access_keys", pa.list_(pa.string()), "Digests of who may recall it"),
            field("recalled", pa.string(), ", ".join((ALWAYS, BY_MOMENT, NO_MORE)), nullable=False),
            field("terms", pa.string(), "What full text searches, with blanks between"),
            MEMORIES.schema.field("signs"),
            field(
                "vector",
                pa.list_(pa.float32(), dimension),
                "Unit vector of the text",
                nullable=False,
            ),
        ]
    )
