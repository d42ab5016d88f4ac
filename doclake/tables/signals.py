"""signals: what each step of curation says of each chunk."""

from __future__ import annotations

from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, DOC_ID, ROOT_ID, SOURCE, field
from doclake.tables.table import Owner, Table

SIGNAL = pa.schema(
    [
        field("score", pa.float32(), "0: nothing wrong, 1: surely; null: the step failed"),
        field("flags", pa.list_(pa.string()), "What is wrong, in words of the step; or empty"),
    ]
)
"""What a step says of a chunk."""

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        field("chunk_id", pa.string(), "The chunk that it is about", nullable=False),
        field("step", pa.string(), "Name of the step", nullable=False),
        field("fingerprint", pa.string(), "Of the step and its settings", nullable=False),
        *SIGNAL,
    ]
)


class SignalRow(TypedDict, total=False):
    """What a step says of a chunk, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    chunk_id: str
    step: str
    fingerprint: str
    score: float | None
    flags: list[str] | None


SIGNALS = Table(
    "signals",
    "What a step of curation says of a chunk",
    _SCHEMA,
    SignalRow,
    key=("chunk_id", "step"),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    made_from="chunks",
    owner=Owner("ledger", "doc_id"),
)
