"""drift: whether the documents that arrived on a day are like those of before."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.quality import DAY
from doclake.tables.table import Retention, Table

KIND_COUNT = pa.struct([pa.field("kind", pa.string()), pa.field("documents", pa.int64())])
_KINDS = pa.list_(KIND_COUNT)
_SCHEMA = pa.schema(
    [
        SOURCE,
        DAY,
        field("aspect", pa.string(), "length, language, media_type or embedding", nullable=False),
        field("until", TIMESTAMP, "End of the day, or until when it was judged", nullable=False),
        field("arrivals", pa.int64(), "Documents that arrived and could be read", nullable=False),
        field("distance", pa.float64(), "Population stability index; of vectors: squared MMD"),
        field("p_value", pa.float64(), "How often chance alone makes so great a distance"),
        field("drifted", pa.bool_(), "Whether it is more than chance, and not little"),
        field("verdict", pa.string(), "The same in words, or why nothing is said", nullable=False),
        field("moved_by", pa.list_(pa.string()), "doc_id of those that differ most, first"),
        field("reference_from", TIMESTAMP, "When the documents compared with began to arrive"),
        field("reference_until", TIMESTAMP, "When the last of them had arrived"),
        field("kinds", _KINDS, "The arrivals by kind; null for embeddings"),
        field("reference_kinds", _KINDS, "The reference by kind, kept from day to day"),
        field("reference_ids", pa.list_(pa.string()), "doc_id of the sample compared with"),
    ]
)


class KindCount(TypedDict):
    """`KIND_COUNT` in Python."""

    kind: str
    documents: int


class DriftRow(TypedDict):
    """An aspect of the arrivals of a day."""

    source: str
    day: str
    aspect: str
    until: datetime
    arrivals: int
    distance: float | None
    p_value: float | None
    drifted: bool | None
    verdict: str
    moved_by: list[str] | None
    reference_from: datetime | None
    reference_until: datetime | None
    kinds: list[KindCount] | None
    reference_kinds: list[KindCount] | None
    reference_ids: list[str] | None


DRIFT = Table(
    "drift",
    "Whether the documents that arrived on a day are like those of before",
    _SCHEMA,
    DriftRow,
    key=("day", "aspect"),
    found_by="day",
    retention=Retention("until", "quality"),
)
