"""minhashes: what each chunk is compared by, and the cluster of duplicates that it is in."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, DOC_ID, ROOT_ID, SOURCE, TIMESTAMP, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        field("chunk_id", pa.string(), "The chunk that it is about", nullable=False),
        field(
            "fingerprint", pa.string(), "Of the settings that it was compared by", nullable=False
        ),
        field("arrived_at", TIMESTAMP, "When it was first compared", nullable=False),
        field("readers", pa.string(), "Digest of who may read it: compared with equal ones only"),
        field("text_key", pa.string(), "Digest of the text without case, width and blanks"),
        field("minhash", pa.binary(), "128 values of 16 bits; null for a short text"),
        field("cluster_id", pa.string(), "The chunk that arrived first of its cluster"),
        field("similarity", pa.float32(), "To that chunk; null for itself"),
    ]
)


class MinHashRow(TypedDict, total=False):
    """What a chunk is compared by, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    chunk_id: str
    fingerprint: str
    arrived_at: datetime
    readers: str | None
    text_key: str | None
    minhash: bytes | None
    cluster_id: str | None
    similarity: float | None


FIRST = ("similarity",)
"""Null in the rows of the chunks that stand for their clusters."""

MINHASHES = Table(
    "minhashes",
    "What a chunk is compared by, and its cluster of duplicates",
    _SCHEMA,
    MinHashRow,
    key=("chunk_id",),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    made_from="chunks",
    owner=Owner("ledger", "doc_id"),
    repeats=False,
)
