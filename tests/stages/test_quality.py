"""The figures of a day, of days that were missed, and of days nobody knows any more."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from doclake.lake.scope import Scope
from doclake.operate import incidents
from doclake.stages import quality
from doclake.tables.runs import RUNS
from tests.ageing import age

DAY = timedelta(days=1)
SHORT = {"url": "documents", "access": ["everyone"], "buckets": 4, "freshness": "12h"}


def _rows(flow):
    quality.run(flow.project)
    return quality.history(flow.project, "notes")


def test_today_is_counted_from_the_tables(flow):
    (row,) = _rows(flow)
    assert (row["documents"], row["documents_failed"], row["documents_copied"]) == (5, 1, 1)
    assert (row["completeness"], row["error_rate"], row["quarantine_rate"]) == (0.8, 0.2, 0.0)
    assert row["arrived"] == 5 and row["removed"] == 0
    assert row["day"] == row["until"].astimezone(UTC).date().isoformat()
    chunks = flow.lake.read("chunks", columns=["tokens"])
    assert row["chunks_in_all"] == chunks.num_rows
    assert row["tokens_in_all"] == sum(chunks["tokens"].to_pylist())
    assert sum(one["chunks"] for one in row["languages"]) == chunks.num_rows
    assert 0 < row["duplicate_rate"] < 0.5  # copy.md repeats garden.md
    assert row["ocr_confidence"] is None and row["freshness_met"] is None


def test_refused_chunks_and_short_documents_show(damaged):
    (row,) = _rows(damaged)
    assert row["chunks_refused"] == 1 and row["documents_short"] == 1
    assert row["quarantine_rate"] == pytest.approx(1 / (row["chunks_in_all"] + 1))
    assert row["completeness"] == pytest.approx((row["documents"] - 2) / row["documents"])


def test_a_missed_day_is_as_it_was_then_and_comes_out_the_same_again(flow):
    age(flow.lake, DAY)
    flow.write("torn.pdf", "%PDF-1.7\nnor is this\n")
    flow.run()
    yesterday, today = _rows(flow)
    assert (yesterday["documents"], yesterday["documents_failed"]) == (5, 1)
    assert (today["documents"], today["documents_failed"]) == (6, 2)
    assert (yesterday["arrived"], today["arrived"]) == (5, 1)
    flow.lake.delete("quality", Scope("notes", where={"day": [yesterday["day"]]}))
    assert _rows(flow)[0] == yesterday
    assert flow.lake.count_by("quality", ["day"]).keys() == {(yesterday["day"],), (today["day"],)}


def test_a_day_that_was_judged_to_its_end_is_left_alone(flow):
    age(flow.lake, DAY)
    first = quality.run(flow.project)
    again = quality.run(flow.project)
    assert (first.rows, first.unchanged) == (2, 0)
    assert (again.rows, again.unchanged) == (1, 1)


def test_a_day_whose_history_is_gone_keeps_what_has_a_time_of_its_own(flow):
    age(flow.lake, 3 * DAY)
    flow.write("new.txt", "The rake leans on the fence.\n")
    flow.run()
    for table in ("ledger", "chunks", "elements", "minhashes"):
        flow.lake.compact(table)
        flow.lake.vacuum(table, timedelta(0))
    first, *_, last = _rows(flow)
    assert first["documents"] is None and first["completeness"] is None
    assert first["arrived"] == 5
    assert last["documents"] == 6


def test_incidents_and_late_runs_count_for_their_days(flow):
    flow.configure(sources={"notes": SHORT})
    opened = datetime.now(UTC) - timedelta(minutes=10)
    incidents.raise_incident(
        flow.lake, "notes", "run", owner="team:data", message="no space", run_id="r1",
        failed_at=opened, severity=incidents.CRITICAL,
    )  # fmt: skip
    (row,) = _rows(flow)
    assert row["incidents_opened"] == 1 and row["incidents_resolved"] == 0
    assert row["seconds_to_detect"] == pytest.approx(600, abs=30)
    midnight = row["until"].astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (row["until"] - midnight).total_seconds()
    assert row["downtime"] == pytest.approx(min(600, passed), abs=30)
    incidents.raise_incident(
        flow.lake, "notes", "thin", owner="team:data", message="thin", run_id="r1",
        failed_at=opened - timedelta(hours=9), severity=incidents.WARNING,
    )  # fmt: skip
    (thin,) = [one for one in incidents.unresolved(flow.lake) if one["cause"] == "thin"]
    incidents.escalate(flow.lake, thin, incidents.CRITICAL, "not taken")
    assert _rows(flow)[0]["downtime"] == pytest.approx(min(600, passed), abs=60)
    incidents.resolve(flow.lake, "notes", "run", "r2")
    (row,) = _rows(flow)
    assert row["incidents_resolved"] == 1 and row["seconds_to_resolve"] < 60
    assert row["freshness_met"] is None  # no run is measured yet


def test_documents_last_changed_too_long_ago_are_counted(flow):
    then = (datetime.now(UTC) - 400 * DAY).timestamp()
    for name in ("tools.txt", "정원.txt"):
        os.utime(flow.write(name, f"The spade of {name} hangs here.\n"), (then, then))
    flow.run()
    assert _rows(flow)[0]["documents_outdated"] is None
    flow.configure(sources={"notes": SHORT | {"stale_after": "365d"}})
    assert _rows(flow)[0]["documents_outdated"] == 2
    flow.configure(sources={"notes": SHORT | {"stale_after": "500d"}})
    assert _rows(flow)[0]["documents_outdated"] == 0


def test_a_source_that_runs_often_shows_the_outage_of_a_day_long_past(flow):
    flow.configure(sources={"notes": SHORT | {"freshness": "10m"}})
    age(flow.lake, 5 * DAY)
    now, often = datetime.now(UTC), timedelta(minutes=5)
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) - 4 * DAY
    moments = [day - DAY / 4 + number * often for number in range(5 * 288)]
    ran = [at for at in moments if at < now and not day + DAY / 4 <= at < day + DAY / 2]
    rows = [{"source": "notes", "run_id": str(at), "ended_at": at} for at in ran]
    flow.lake.append("runs", RUNS.arrow(rows))
    outage, whole = _rows(flow)[1:3]
    assert outage["day"] == day.date().isoformat()
    assert outage["freshness_met"] == pytest.approx(0.75, abs=0.01)
    assert whole["freshness_met"] == 1.0
