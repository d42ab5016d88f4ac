"""Which incident a finished run opens and closes, and who hears of it when nothing can be kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from doclake.errors import LakeError
from doclake.operate import incidents
from doclake.operate.incident_rules import CheckOutcome, record
from doclake.project import Project
from doclake.settings import Settings, SourceSettings
from doclake.settings.operations import Alerts


@pytest.fixture
def project(tmp_path):
    sources = {name: SourceSettings(url="documents") for name in ("notes", "letters")}
    return Project.of(Settings(lake=str(tmp_path / "lake"), sources=sources))


def _record(project, source, *, error=None, passed=True, **options):
    check = CheckOutcome(
        "search_index", "index_equals_chunks", passed, incidents.ERROR, "3 lack it"
    )
    record(
        project,
        source,
        run_id="r1",
        ended=datetime.now(UTC),
        error=error,
        checks=[check],
        **options,
    )


def _open(project):
    return {(row["source"], row["cause"]) for row in incidents.unresolved(project.lake)}


def test_a_check_of_the_index_is_closed_by_a_good_run_of_any_source(project):
    _record(project, "notes", passed=False)
    assert _open(project) == {("search_index", "check:search_index:index_equals_chunks")}
    _record(project, "letters")
    assert _open(project) == set()


def test_a_job_that_failed_is_not_closed_by_a_run_of_another(project):
    _record(project, "search_index", error="no space", cause="job:maintenance")
    _record(project, "search_index")
    assert _open(project) == {("search_index", "job:maintenance")}
    _record(project, "search_index", cause="job:maintenance")
    assert _open(project) == set()


def test_a_failure_is_told_even_if_the_lake_cannot_keep_the_incident(project, hook):
    alerts = Alerts(webhook=hook.url)
    told = Project.of(project.settings.model_copy(update={"alerts": alerts}))
    Path(project.lake.url).write_text("a file where the lake should be")
    with pytest.raises(LakeError):
        _record(told, "notes", error="no space left")
    ((_, _, body),) = hook.posted
    assert "no space left" in body["text"]
    assert body["text"].endswith("\nowner team:data")


def test_the_owners_of_an_incident_of_all_sources_are_all_of_theirs(tmp_path, hook):
    sources = {
        name: SourceSettings(url="documents", owner=f"team:{name}") for name in ("notes", "letters")
    }
    settings = Settings(lake=str(tmp_path / "lake"), sources=sources)
    alerts = Alerts(webhook=hook.url)
    project = Project.of(settings.model_copy(update={"alerts": alerts}))
    _record(project, "notes", passed=False, error="no space left")
    owners = {row["source"]: row["owner"] for row in incidents.unresolved(project.lake)}
    assert owners == {"notes": "team:notes", "search_index": "team:letters, team:notes"}
    told = sorted(body["text"].splitlines()[-1] for _, _, body in hook.posted)
    assert [line.partition(" · ")[0] for line in told] == [
        "owner team:letters, team:notes",
        "owner team:notes",
    ]
