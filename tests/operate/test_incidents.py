"""An incident is one cause of one source, from the moment it is noticed until a run closes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doclake.lake.lake import Lake
from doclake.operate import incidents


@pytest.fixture
def lake(tmp_path):
    return Lake(str(tmp_path / "lake"))


def _open(lake, source="notes", cause=incidents.RUN, ago=30.0, **options):
    return incidents.raise_incident(
        lake,
        source,
        cause,
        owner="team:data",
        message="The run failed.",
        run_id="r1",
        failed_at=datetime.now(UTC) - timedelta(seconds=ago),
        **options,
    )


def test_an_incident_knows_how_long_it_took_to_be_noticed(lake):
    incident = _open(lake, ago=30, severity=incidents.CRITICAL)
    (stored,) = incidents.unresolved(lake)
    assert stored == incident
    assert stored["severity"] == "critical"
    assert stored["seconds_to_detect"] == pytest.approx(30, abs=5)
    assert stored["resolved_at"] is stored["acknowledged_at"] is None


def test_a_failure_in_the_future_of_this_clock_was_noticed_at_once(lake):
    assert _open(lake, ago=-60)["seconds_to_detect"] == 0


def test_the_same_failure_again_opens_no_second_incident(lake):
    assert _open(lake) is not None
    assert _open(lake) is None
    assert _open(lake, cause=incidents.check_cause("notes/chunks", "meets_contract")) is not None
    assert _open(lake, source="letters") is not None
    assert len(incidents.unresolved(lake)) == 3
    assert len(incidents.unresolved(lake, "notes")) == 2


def test_a_good_run_closes_what_it_is_good_in_and_nothing_else(lake):
    _open(lake)
    _open(lake, source="letters")
    (closed,) = incidents.resolve(lake, "notes", incidents.RUN, "r2")
    assert closed["resolved_by"] == "r2"
    assert 0 <= closed["seconds_to_resolve"] < 60
    assert [row["source"] for row in incidents.unresolved(lake)] == ["letters"]
    assert incidents.resolve(lake, "notes", incidents.RUN, "r3") == []
    assert len(incidents.all_of(lake)) == 2


def test_after_it_was_closed_the_same_failure_is_a_new_incident(lake):
    first = _open(lake, ago=60)
    incidents.resolve(lake, "notes", incidents.RUN, "r2")
    second = _open(lake, ago=1)
    assert second["incident_id"] != first["incident_id"]
    assert [row["incident_id"] for row in incidents.all_of(lake)] == [
        second["incident_id"],
        first["incident_id"],
    ]


def test_an_incident_is_acknowledged_once_and_stays_open(lake):
    incident = _open(lake)
    taken = incidents.acknowledge(lake, incident["incident_id"])
    again = incidents.acknowledge(lake, incident["incident_id"])
    assert taken["acknowledged_at"] == again["acknowledged_at"] is not None
    assert len(incidents.unresolved(lake)) == 1
    incidents.resolve(lake, "notes", incidents.RUN, "r2")
    assert incidents.acknowledge(lake, incident["incident_id"]) is None
    assert incidents.acknowledge(lake, "0" * 12) is None
    assert incidents.all_of(lake)[0]["acknowledged_at"] == taken["acknowledged_at"]
