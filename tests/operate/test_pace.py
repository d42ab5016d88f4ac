"""How long a stage takes is learned from what it took."""

from __future__ import annotations

from datetime import timedelta

import pytest

from doclake import clock
from doclake.operate import pace
from doclake.tables.measurements import Measurement


def _took(flow, number: int, seconds: float, **changes: object) -> Measurement:
    row = Measurement(
        source="notes",
        ingest_id=f"ingest-{number}",
        run_id=f"run-{number}",
        stage="embeddings",
        machine=pace.machine("embeddings", flow.settings),
        is_first=False,
        amount=1_000.0,
        seconds=seconds,
        foreseen_seconds=seconds,
        memory_bytes=1 << 30,
        ended_at=clock.now() + timedelta(seconds=number),
    )
    return row | changes  # type: ignore[return-value]


def _embedding(flow) -> pace.Course:
    return pace.pace(flow.lake, flow.settings).courses["embeddings"]


def test_without_a_measurement_the_standard_holds(flow):
    learned = pace.pace(flow.lake, flow.settings)
    assert learned == pace.Pace(pace.STANDARD)


def test_start_and_rate_are_told_apart_once_runs_differ(flow):
    rows = [
        row
        for number in range(4)
        for row in (
            _took(flow, number, 30.0, is_first=True),
            _took(flow, number, 10.0),
            _took(flow, number, 40.0, amount=4_000.0),
        )
    ]
    pace.keep(flow.lake, "notes", rows)
    course = _embedding(flow)
    assert course.seconds(2_000, is_first=False) == pytest.approx(20, rel=0.1)
    assert course.seconds(2_000, is_first=True) == pytest.approx(40, rel=0.1)
    assert course.memory_bytes == 1 << 30


def test_runs_that_contradict_each_other_are_not_extrapolated(flow):
    rows = [
        _took(flow, 1, 6.6, is_first=True, stage="search_index", amount=450.0),
        _took(flow, 2, 0.3, is_first=True, stage="search_index", amount=200.0),
    ]
    machine = pace.machine("search_index", flow.settings)
    pace.keep(flow.lake, "notes", [row | {"machine": machine} for row in rows])
    course = pace.pace(flow.lake, flow.settings).courses["search_index"]
    assert 0.3 < course.seconds(1_200, is_first=True) < 8


def test_what_another_machine_or_model_took_tells_nothing(flow):
    elsewhere = [_took(flow, 1, 900.0, machine="another"), _took(flow, 2, 900.0)]
    pace.keep(flow.lake, "notes", elsewhere)
    flow.configure(embedding={"model": "all-MiniLM-L6-v2", "device": "cpu", "dtype": "float32"})
    assert _embedding(flow).rate > 0.1
    flow.configure(embedding={"model": "./elsewhere"})
    assert _embedding(flow) == pace.STANDARD["embeddings"]


def test_the_error_is_that_of_the_last_ingests_as_a_whole(flow):
    rows = [
        _took(flow, 1, 10.0, foreseen_seconds=5.0),
        _took(flow, 1, 10.0, foreseen_seconds=15.0, stage="chunks", machine="another"),
        _took(flow, 2, 10.0, foreseen_seconds=14.0),
        _took(flow, 2, 10.0, foreseen_seconds=8.0),
    ]
    pace.keep(flow.lake, "notes", rows)
    learned = pace.pace(flow.lake, flow.settings)
    assert (learned.ingests, learned.error) == (2, pytest.approx((0.5 + 0.1) / 2))


def test_only_the_newest_measurements_are_kept(flow, monkeypatch):
    monkeypatch.setattr(pace, "KEPT", 3)
    for number in range(5):
        pace.keep(flow.lake, "notes", [_took(flow, number, 1.0)])
    kept = flow.lake.read("measurements", columns=["ingest_id"])["ingest_id"].to_pylist()
    assert sorted(kept) == ["ingest-2", "ingest-3", "ingest-4"]
