"""The last line of an ingest says how it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from doclake.operate import incidents
from doclake_dagster.pipelines import endings
from doclake_dagster.pipelines.run_sources import Outcome

WELL = Outcome("notes", "r1", success=True, error=None, metadata={}, failed_checks=[])


@pytest.fixture
def well(flow):
    """A flow of which nothing has failed."""
    (flow.documents / "broken.pdf").unlink()
    flow.run()
    return flow


def test_a_run_after_which_nothing_waits_for_a_person_succeeded(well):
    ending = endings.of(well.project, WELL)
    assert (str(ending), ending.is_good) == ("notes: succeeded.", True)


def test_failed_documents_are_counted_whichever_run_they_are_of(flow):
    warned = replace(WELL, warned_checks=["notes/elements: every_document_gave_elements"])
    ending = endings.of(flow.project, warned)
    assert not ending.is_good
    assert str(ending) == (
        "notes: finished, 1 document failed. See `doclake failures --source notes`."
    )


def test_alarms_warnings_older_incidents_and_a_spent_budget_are_told(well):
    for cause in ("check:notes/documents:deletions_within_guard", "listing"):
        incidents.raise_incident(
            well.lake,
            "notes",
            cause,
            owner="team:data",
            message="Seen before.",
            run_id="r0",
            failed_at=datetime.now(UTC),
        )
    outcome = replace(
        WELL,
        failed_checks=["notes/documents: deletions_within_guard"],
        warned_checks=["notes/chunks: no_document_is_thin"],
    )
    assert str(endings.of(well.project, outcome, stopped=True)) == (
        "notes: finished, 1 alarm waits for a person (deletions_within_guard), "
        "1 check warns (no_document_is_thin), 1 incident is open from before, stopped by the "
        "budget. See `doclake failures --source notes` and `doclake incidents --source notes`."
    )


def test_a_run_that_failed_never_succeeded(well):
    ending = endings.of(well.project, replace(WELL, success=False, error="lake_error: gone"))
    assert str(ending) == "notes: failed."


def test_a_source_that_does_not_say_who_may_see_it_did_not_succeed(well):
    well.configure(sources={"notes": {"url": "documents", "buckets": 4}})
    assert str(endings.of(well.project, WELL)) == "notes: finished, nobody may see it."
    well.configure(sources={"notes": {"url": "documents", "buckets": 4, "access": []}})
    assert str(endings.of(well.project, WELL)) == "notes: succeeded."  # it is meant for nobody
