"""Incidents: what failed unattended, from the moment it was noticed until a good run closes it.

An incident is one cause of one source. While it is open, the same failure opens no second one. The
next run without that failure closes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from doclake import ids
from doclake.clock import now
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.secrets import redact
from doclake.tables.incidents import INCIDENTS, Incident

TABLE = "incidents"
RUN = "run"
WARNING, ERROR, CRITICAL = "warning", "error", "critical"
Occasion = Literal["opening", "escalation", "closing"]


def check_cause(asset: str, check: str) -> str:
    return f"check:{asset}:{check}"


def all_of(lake: Lake, source: str | None = None) -> list[Incident]:
    """Newest first."""
    rows = INCIDENTS.rows(lake.read(TABLE, Scope(source)))
    return sorted(rows, key=lambda row: row["opened_at"], reverse=True)


def unresolved(lake: Lake, source: str | None = None) -> list[Incident]:
    return [row for row in all_of(lake, source) if row["resolved_at"] is None]


def raise_incident(
    lake: Lake,
    source: str,
    cause: str,
    *,
    owner: str,
    message: str,
    run_id: str,
    failed_at: datetime,
    severity: str = ERROR,
) -> Incident | None:
    """Open an incident and return it; None if one of this source and cause is open already."""
    if any(row["cause"] == cause for row in unresolved(lake, source)):
        return None
    opened = now()
    incident = INCIDENTS.empty_row() | {
        "source": source,
        "incident_id": ids.digest("incident", source, cause, failed_at.isoformat(), size=6),
        "cause": cause,
        "owner": owner,
        "severity": severity,
        "opened_as": severity,
        "message": redact(message),
        "run_id": run_id,
        "failed_at": failed_at,
        "opened_at": opened,
        "seconds_to_detect": max(0.0, (opened - failed_at).total_seconds()),
    }
    _save(lake, incident)
    return incident


def resolve(lake: Lake, source: str, cause: str, run_id: str) -> list[Incident]:
    """Close the open incidents of this source and cause; returns them."""
    closed = []
    for row in unresolved(lake, source):
        if row["cause"] == cause:
            resolved = now()
            row |= {
                "resolved_at": resolved,
                "resolved_by": run_id,
                "seconds_to_resolve": max(0.0, (resolved - row["opened_at"]).total_seconds()),
            }
            _save(lake, row)
            closed.append(row)
    return closed


def acknowledge(lake: Lake, incident_id: str) -> Incident | None:
    """Record that a person took the incident; None if no open one has this id."""
    for row in unresolved(lake):
        if row["incident_id"] == incident_id:
            row["acknowledged_at"] = row["acknowledged_at"] or now()
            _save(lake, row)
            return row
    return None


def escalate(lake: Lake, incident: Incident, severity: str, late: str) -> None:
    """Make an incident graver, for what is `late`, unless somebody closed it or took it since it
    was read; people are notified again."""
    for row in unresolved(lake, incident["source"]):
        is_it = row["incident_id"] == incident["incident_id"]
        if is_it and row["acknowledged_at"] == incident["acknowledged_at"]:
            row["severity"] = severity
            row["escalated_at"], row["escalated_for"] = now(), late
            row["escalation_told_at"] = None
            _save(lake, row)


def mark_notified(lake: Lake, incident: Incident, occasion: Occasion) -> None:
    """Record that people were notified of its opening, its escalation or its closing."""
    for row in all_of(lake, incident["source"]):
        if row["incident_id"] == incident["incident_id"]:
            if occasion == "opening":
                row["opening_told_at"] = now()
            elif occasion == "escalation":
                row["escalation_told_at"] = now()
            else:
                row["closing_told_at"] = now()
            _save(lake, row)


def _save(lake: Lake, incident: Incident) -> None:
    scope = Scope(incident["source"], where={"incident_id": [incident["incident_id"]]})
    with locks.table(lake, TABLE):
        lake.replace(TABLE, scope, INCIDENTS.arrow([incident]))
