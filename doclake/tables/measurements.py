"""measurements: what the stages of the last ingests took, beside what was foreseen."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        field("ingest_id", pa.string(), "Dagster run that began the ingest", nullable=False),
        field("run_id", pa.string(), "Dagster run of the group of buckets", nullable=False),
        field("stage", pa.string(), "Stage; run: what Dagster takes around them", nullable=False),
        field("machine", pa.string(), "Processor and device of the embedding", nullable=False),
        field("is_first", pa.bool_(), "The first of its process, which loads much", nullable=False),
        field("amount", pa.float64(), "How much it did, in the unit of its stage", nullable=False),
        field("seconds", pa.float32(), "What it took", nullable=False),
        field("foreseen_seconds", pa.float32(), "What was foreseen of it", nullable=False),
        field("memory_bytes", pa.int64(), "The most that it held at once, workers included"),
        field("ended_at", TIMESTAMP, "When it ended", nullable=False),
    ]
)


class Measurement(TypedDict):
    """A stage, over a group of buckets."""

    source: str
    ingest_id: str
    run_id: str
    stage: str
    machine: str
    is_first: bool
    amount: float
    seconds: float
    foreseen_seconds: float
    memory_bytes: int | None
    ended_at: datetime


MEASUREMENTS = Table(
    "measurements",
    "What a stage of an ingest did, took and was foreseen to take",
    _SCHEMA,
    Measurement,
    key=("run_id", "stage"),
    found_by="ingest_id",
)
