"""Types and columns that several tables share."""

from __future__ import annotations

from typing import Any, TypedDict

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")
BOX = pa.struct(
    [
        pa.field("page", pa.int32()),
        pa.field("x0", pa.float32()),
        pa.field("y0", pa.float32()),
        pa.field("x1", pa.float32()),
        pa.field("y1", pa.float32()),
    ]
)
PERSONAL = pa.struct(
    [
        pa.field("kind", pa.string()),
        pa.field("start", pa.int32()),
        pa.field("end", pa.int32()),
        pa.field("confidence", pa.float32()),
    ]
)
SUSPICION = pa.struct([pa.field("score", pa.float64()), pa.field("reasons", pa.list_(pa.string()))])


class SuspicionRow(TypedDict):
    """`SUSPICION` in Python: how likely a text gives orders to a model, 0 to 1, and why."""

    score: float
    reasons: list[str]


class PersonalSpan(TypedDict):
    """`PERSONAL` in Python: where personal data, or the mark in its place, stands in the text of
    its row."""

    kind: str
    start: int
    end: int
    confidence: float


class PageBox(TypedDict):
    """`BOX` in Python: a rectangle on a page, from 1, in points (1/72 inch) from the top left of
    the page as a reader sees it."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def field(name: str, kind: pa.DataType, about: str, nullable: bool = True) -> pa.Field[Any]:
    return pa.field(name, kind, nullable=nullable, metadata={"comment": about})


SOURCE = field("source", pa.string(), "Name of the source in doclake.yaml", nullable=False)
BUCKET = field("bucket", pa.string(), "Partition: hash of the root document", nullable=False)
ROOT_ID = field("root_id", pa.string(), "The listed document this one came in", nullable=False)
DOC_ID = field("doc_id", pa.string(), "hash(source, path): stable across edits", nullable=False)
PATH = field("path", pa.string(), "Path in the source; `!/` enters a container", nullable=False)
CONTENT = field("content_hash", pa.string(), "SHA-256 of the bytes: the version", nullable=False)
WARNINGS = field(
    "warnings", pa.list_(pa.string()), "Rules it breaks that only warn, or were waived"
)
RECIPE = field("recipe", pa.string(), "Fingerprint of the recipe of this row", nullable=False)
