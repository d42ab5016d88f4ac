"""runs: when the good runs of a source ended."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Retention, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        field(
            "run_id",
            pa.string(),
            "Dagster run, the last of an ingest; a hash for one without Dagster",
            nullable=False,
        ),
        field("ended_at", TIMESTAMP, "When it ended", nullable=False),
    ]
)


class Run(TypedDict):
    """A run that brought a source up to date, or found that it was."""

    source: str
    run_id: str
    ended_at: datetime


RUNS = Table(
    "runs",
    "A good run of a source, whoever began it; of a topic that is followed, one a minute",
    _SCHEMA,
    Run,
    key=("run_id",),
    found_by="run_id",
    retention=Retention("ended_at", "quality"),
)
