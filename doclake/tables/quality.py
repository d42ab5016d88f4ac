"""quality: how good the documents of a source were on a day."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, cast

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Retention, Table

LANGUAGE_COUNT = pa.struct([pa.field("language", pa.string()), pa.field("chunks", pa.int64())])
DAY = field("day", pa.string(), "YYYY-MM-DD in the time zone of `schedules`", nullable=False)
_UNKNOWN = "; null: the history of the lake does not reach back"
_SCHEMA = pa.schema(
    [
        SOURCE,
        DAY,
        field("until", TIMESTAMP, "End of the day, or until when it was judged", nullable=False),
        field("documents", pa.int64(), f"Documents, with those inside others{_UNKNOWN}"),
        field("documents_failed", pa.int64(), "Of them, those that failed"),
        field("documents_short", pa.int64(), "Those that held text and gave no chunk, or are thin"),
        field("documents_copied", pa.int64(), "Those with the bytes of another one of the source"),
        field("documents_outdated", pa.int64(), "Those last changed before `stale_after`"),
        field("chunks_in_all", pa.int64(), "Chunks that were written"),
        field("chunks_refused", pa.int64(), "Chunks that the contract refused"),
        field("chunks_repeated", pa.int64(), "Chunks that repeat another one, by curation"),
        field("tokens_in_all", pa.int64(), "Tokens of the chunks"),
        field("languages", pa.list_(LANGUAGE_COUNT), "Chunks in each language; und: undecided"),
        field("completeness", pa.float64(), "Share of documents read whole and indexed"),
        field("error_rate", pa.float64(), "Share of documents that failed"),
        field("quarantine_rate", pa.float64(), "Share of chunks that the contract refused"),
        field("duplicate_rate", pa.float64(), "Share of chunks that repeat another one"),
        field("ocr_confidence", pa.float64(), "Mean over the elements that OCR read, 0 to 1"),
        field("arrived", pa.int64(), "Documents first listed that day", nullable=False),
        field("removed", pa.int64(), "Documents gone from the listing that day", nullable=False),
        field("freshness_met", pa.float64(), "Share of the day in which `freshness` was met"),
        field("seconds_since_run", pa.float64(), "From the last good run to `until`"),
        field("incidents_opened", pa.int64(), "Incidents opened that day", nullable=False),
        field("incidents_resolved", pa.int64(), "Incidents closed that day", nullable=False),
        field("seconds_to_detect", pa.float64(), "Mean of those opened that day"),
        field("seconds_to_resolve", pa.float64(), "Mean of those closed that day"),
        field("downtime", pa.float64(), "Seconds of the day with a grave incident open", False),
    ]
)


class LanguageCount(TypedDict):
    """`LANGUAGE_COUNT` in Python."""

    language: str
    chunks: int


class QualityRow(TypedDict):
    """A day of a source."""

    source: str
    day: str
    until: datetime
    documents: int | None
    documents_failed: int | None
    documents_short: int | None
    documents_copied: int | None
    documents_outdated: int | None
    chunks_in_all: int | None
    chunks_refused: int | None
    chunks_repeated: int | None
    tokens_in_all: int | None
    languages: list[LanguageCount] | None
    completeness: float | None
    error_rate: float | None
    quarantine_rate: float | None
    duplicate_rate: float | None
    ocr_confidence: float | None
    arrived: int
    removed: int
    freshness_met: float | None
    seconds_since_run: float | None
    incidents_opened: int
    incidents_resolved: int
    seconds_to_detect: float | None
    seconds_to_resolve: float | None
    downtime: float


def value_of(row: QualityRow, measure: str) -> float | None:
    """A figure by the name of its column; None if it is unknown."""
    return cast("float | None", row[measure])  # type: ignore[literal-required]


QUALITY = Table(
    "quality",
    "How good the documents of a source were on a day",
    _SCHEMA,
    QualityRow,
    key=("day",),
    found_by="day",
    retention=Retention("until", "quality"),
)
