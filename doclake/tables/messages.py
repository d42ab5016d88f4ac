"""messages: what was taken from a topic, each message once.

The commit that holds messages also says where in the topic to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, DOC_ID, PATH, SOURCE, TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        DOC_ID,
        PATH,
        field("message_id", pa.string(), "batch, partition and offset", nullable=False),
        field("batch", pa.int64(), "Number of the commit that took it: 1 is first", nullable=False),
        field("partition", pa.int32(), "Partition of the topic", nullable=False),
        field("message_offset", pa.int64(), "Its place in that partition", nullable=False),
        field("mtime", TIMESTAMP, "When it was sent, as the message says"),
        field("size", pa.int64(), "Bytes", nullable=False),
        field("kind", pa.string(), "put, delete, or refused: no document has it", nullable=False),
        field("rule", pa.string(), "Why it was refused"),
        field("readers", pa.string(), "Who may read it, as its header says"),
        field("content", pa.binary(), "Its bytes as they came; null: it deletes"),
    ]
)
PUT, DELETE, REFUSED = "put", "delete", "refused"
LONGEST_KEY = 1_024
"""Bytes of a key; a path may be no longer."""
RULES = {
    "message_has_key": "it has no key, so no document can be known by it",
    "key_is_short": f"its key is longer than {LONGEST_KEY:,} bytes",
    "key_is_text": "its key is not text in UTF-8, or not of the form that the options ask for",
    "change_event_is_sound": "it is no change event: JSON with `op` and `after`",
}
"""What is asked of each message, and what is so of one that breaks it."""


class MessageRow(TypedDict):
    """A message of a topic. `path` is its key; of a refused one its place in the topic."""

    source: str
    bucket: str
    doc_id: str
    path: str
    message_id: str
    batch: int
    partition: int
    message_offset: int
    mtime: datetime | None
    size: int
    kind: str
    rule: str | None
    readers: str | None
    content: bytes | None


OffsetOf = Callable[[str], int | None]
"""Where to go on in a partition of a topic, by its name; None: nothing was ever taken from it."""


class Batch(NamedTuple):
    """Messages, without the number of their batch; by partition where they begin, and where to go
    on after them. So many more are `waiting` in the topic."""

    rows: Sequence[MessageRow]
    begun: Mapping[str, int]
    offsets: Mapping[str, int]
    waiting: int = 0


MESSAGES = Table(
    "messages",
    "A message that was taken from a topic",
    _SCHEMA,
    MessageRow,
    key=("message_id",),
    found_by="doc_id",
    repeats=False,
)
