"""Who does not answer in time hears again, of something graver."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doclake.observe.answer_times import NOT_RESOLVED, NOT_TAKEN
from doclake.operate import incidents
from doclake.operate.incident_rules import tell
from doclake.project import Project
from doclake.settings import QualitySettings, Settings, SourceSettings
from doclake.settings.operations import Alerts
from tests.ageing import age

PROMISE = QualitySettings(take_within="4h", resolve_within="24h")


@pytest.fixture
def project(tmp_path, hook):
    notes = SourceSettings(url="documents", quality=PROMISE)
    settings = Settings(
        lake=str(tmp_path / "lake"), sources={"notes": notes}, alerts=Alerts(webhook=hook.url)
    )
    return Project.of(settings)


def _open(project, severity=incidents.WARNING):
    incidents.raise_incident(
        project.lake, "notes", "quality:error_rate", owner="team:data", message="30 % failed",
        run_id="r1", failed_at=datetime.now(UTC), severity=severity,
    )  # fmt: skip
    tell(project)


def _later(project, hours):
    age(project.lake, timedelta(hours=hours), tables=())
    tell(project)
    (row,) = incidents.all_of(project.lake)
    return row["severity"], row["escalated_for"]


def test_what_nobody_takes_becomes_graver_and_then_critical_and_is_told_each_time(project, hook):
    _open(project)
    assert _later(project, 3) == (incidents.WARNING, None)
    assert _later(project, 2) == (incidents.ERROR, NOT_TAKEN)
    assert _later(project, 1) == (incidents.ERROR, NOT_TAKEN)
    assert _later(project, 20) == (incidents.CRITICAL, NOT_RESOLVED)
    texts = [body["text"] for _, _, body in hook.posted]
    assert len(texts) == 3
    assert "(warning) quality:error_rate" in texts[0]
    assert "(error) quality:error_rate is not taken after 5 h" in texts[1]
    assert "(critical) quality:error_rate is not resolved after 26 h" in texts[2]


def test_what_somebody_took_is_only_late_when_it_is_not_resolved(project):
    _open(project)
    (row,) = incidents.all_of(project.lake)
    incidents.acknowledge(project.lake, row["incident_id"])
    assert _later(project, 6) == (incidents.WARNING, None)
    assert _later(project, 20) == (incidents.CRITICAL, NOT_RESOLVED)


def test_what_was_taken_or_closed_while_others_escalated_stays_so(project):
    _open(project)
    (read,) = incidents.all_of(project.lake)
    incidents.acknowledge(project.lake, read["incident_id"])
    incidents.escalate(project.lake, read, incidents.ERROR, NOT_TAKEN)
    (taken,) = incidents.all_of(project.lake)
    assert (taken["severity"], taken["acknowledged_at"] is None) == (incidents.WARNING, False)
    incidents.resolve(project.lake, "notes", "quality:error_rate", "r2")
    incidents.escalate(project.lake, taken, incidents.CRITICAL, NOT_RESOLVED)
    (closed,) = incidents.all_of(project.lake)
    assert (closed["severity"], closed["resolved_at"] is None) == (incidents.WARNING, False)


def test_what_is_resolved_is_never_late_again(project, hook):
    _open(project)
    incidents.resolve(project.lake, "notes", "quality:error_rate", "r2")
    assert _later(project, 48) == (incidents.WARNING, None)
    assert not any("is not" in body["text"] for _, _, body in hook.posted)
