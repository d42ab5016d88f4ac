"""Incidents that nobody takes or solves in time become graver, and people hear of them again.

`quality.take_within` and `quality.resolve_within` of a source are the promise. What nobody took by
then is one degree graver; what is open after the second is critical.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from doclake import clock
from doclake.operate import incidents
from doclake.operate.incidents import CRITICAL, ERROR, WARNING
from doclake.project import Project
from doclake.settings import QualitySettings
from doclake.tables.incidents import Incident

NOT_TAKEN, NOT_RESOLVED = "not taken", "not resolved"
_GRAVER = {WARNING: ERROR, ERROR: CRITICAL, CRITICAL: CRITICAL}


def promise(project: Project, source: str) -> QualitySettings:
    """That of a source; of what no source owns alone, that of all."""
    known = project.settings.sources.get(source)
    return known.quality if known else project.settings.quality


def overdue(incident: Incident, promised: QualitySettings, now: datetime) -> str | None:
    """What is late about it: `NOT_TAKEN`, `NOT_RESOLVED`, or None."""
    age = (incident["resolved_at"] or now) - incident["opened_at"]
    if age > promised.resolve_within:
        return NOT_RESOLVED
    taken = incident["acknowledged_at"] or incident["resolved_at"] or now
    return NOT_TAKEN if taken - incident["opened_at"] > promised.take_within else None


def escalate(project: Project, unresolved: Iterable[Incident]) -> None:
    """Make those graver that became late since they were last looked at."""
    now = clock.now()
    for incident in unresolved:
        late = overdue(incident, promise(project, incident["source"]), now)
        if late is None or (incident["acknowledged_at"] and late == NOT_TAKEN):
            continue
        if late == incident["escalated_for"]:
            continue
        graver = CRITICAL if late == NOT_RESOLVED else _GRAVER[incident["severity"]]
        incidents.escalate(project.lake, incident, graver, late)
