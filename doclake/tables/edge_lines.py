"""edge_lines: the lines at both ends of each document, by which furniture of a source is told."""

from __future__ import annotations

from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import BUCKET, DOC_ID, ROOT_ID, SOURCE, field
from doclake.tables.table import Owner, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        BUCKET,
        ROOT_ID,
        DOC_ID,
        field("keys", pa.list_(pa.int64()), "Digest of each line, smallest first", nullable=False),
        field("furniture", pa.int64(), "Digest of those that were furniture when it was judged"),
    ]
)


class EdgeLinesRow(TypedDict, total=False):
    """The lines at both ends of a document, or those of its columns that were read."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    keys: list[int]
    furniture: int | None


EDGE_LINES = Table(
    "edge_lines",
    "The lines at both ends of a document, by their digests",
    _SCHEMA,
    EdgeLinesRow,
    key=("doc_id",),
    found_by="root_id",
    mend="doclake replay --source {source} --reason unbalanced",
    made_from="chunks",
    owner=Owner("ledger", "doc_id"),
    repeats=False,
)
