"""incidents: failures that nobody watched."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import pyarrow as pa

from doclake.tables.columns import SOURCE, TIMESTAMP, field
from doclake.tables.table import Retention, Table

_SCHEMA = pa.schema(
    [
        SOURCE,
        field("incident_id", pa.string(), "Hash of source, cause and time", nullable=False),
        field("cause", pa.string(), "What failed: run, or check:asset:name", nullable=False),
        field("owner", pa.string(), "Who is responsible", nullable=False),
        field("severity", pa.string(), "warning, error or critical", nullable=False),
        field("message", pa.string(), "What happened and what to do"),
        field("run_id", pa.string(), "Dagster run that failed"),
        field("failed_at", TIMESTAMP, "When it failed"),
        field("opened_at", TIMESTAMP, "When it was noticed", nullable=False),
        field("acknowledged_at", TIMESTAMP, "When a person took it"),
        field("resolved_at", TIMESTAMP, "When the next good run closed it"),
        field("resolved_by", pa.string(), "Dagster run that closed it"),
        field("seconds_to_detect", pa.float64(), "From failure to opening"),
        field("seconds_to_resolve", pa.float64(), "From opening to closing"),
        field("opening_told_at", TIMESTAMP, "When people were notified of its opening"),
        field("closing_told_at", TIMESTAMP, "When people were notified of its closing"),
        field("opened_as", pa.string(), "Severity when it was opened; null: as it is now"),
        field("escalated_at", TIMESTAMP, "When it became graver, because people were late"),
        field("escalated_for", pa.string(), "What was late: not taken or not resolved"),
        field("escalation_told_at", TIMESTAMP, "When people were notified of that"),
    ]
)


class Incident(TypedDict):
    """Something that failed, from its opening to its closing."""

    source: str
    incident_id: str
    cause: str
    owner: str
    severity: str
    message: str | None
    run_id: str | None
    failed_at: datetime | None
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    seconds_to_detect: float | None
    seconds_to_resolve: float | None
    opening_told_at: datetime | None
    closing_told_at: datetime | None
    opened_as: str | None
    escalated_at: datetime | None
    escalated_for: str | None
    escalation_told_at: datetime | None


INCIDENTS = Table(
    "incidents",
    "A failure that nobody watched",
    _SCHEMA,
    Incident,
    key=("incident_id",),
    found_by="incident_id",
    retention=Retention("resolved_at", "incidents"),
)
