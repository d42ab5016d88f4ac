"""How soon people are to take and to resolve an incident, and whether they did."""

from __future__ import annotations

from datetime import datetime

from doclake.settings import QualitySettings, Settings
from doclake.tables.incidents import Incident

NOT_TAKEN, NOT_RESOLVED = "not taken", "not resolved"


def promise(settings: Settings, source: str) -> QualitySettings:
    """That of a source; of what no source owns alone, that of all."""
    known = settings.sources.get(source)
    return known.quality if known else settings.quality


def overdue(incident: Incident, promised: QualitySettings, now: datetime) -> str | None:
    """What was late about it: `NOT_TAKEN`, `NOT_RESOLVED`, or None."""
    age = (incident["resolved_at"] or now) - incident["opened_at"]
    if age > promised.resolve_within:
        return NOT_RESOLVED
    taken = incident["acknowledged_at"] or incident["resolved_at"] or now
    return NOT_TAKEN if taken - incident["opened_at"] > promised.take_within else None
