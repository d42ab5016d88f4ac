"""What the runs of one ingest share."""

from __future__ import annotations

import os
import signal
from typing import Any

import dagster as dg
import pytest

from doclake import progress
from doclake.embed import release_model
from doclake.lake import runs
from doclake.operate.budget import Budget
from doclake.operate.forecast import forecast
from doclake.stages.plans.undone import undone
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import Outcome, _together, ingest
from tests.flow import Flow

MEASURED = ("documents", "elements", "chunks", "signals", "embeddings", "search_index")


@pytest.mark.slow
def test_all_groups_of_an_ingest_work_on_one_cluster(tmp_path, instance, monkeypatch):
    import ray

    connections: list[Any] = []
    connect = ray.init

    def counted(**options: Any) -> Any:
        connections.append(options["address"])
        return connect(**options)

    monkeypatch.setattr(ray, "init", counted)
    flow = Flow.of_small_documents(tmp_path / "flow")
    flow.configure(
        processing={"executor": "ray", "workers": 2, "group_documents": 1},
        embedding={"model": "all-MiniLM-L6-v2", "backend": "ray"},
    )

    def run() -> int:
        """Of all groups; returns how many runs it took."""
        before = len(instance.get_runs())
        (outcome,) = ingest(flow.project, source_jobs(flow.project, ["notes"]), instance)
        assert outcome.success, outcome.error
        return len(instance.get_runs()) - before

    assert run() > 2
    assert connections == ["local"]
    run()
    assert connections == ["local"]  # where there is nothing to do, nobody needs one
    release_model()
    assert not ray.is_initialized()
    assert flow.lake.read("embeddings").num_rows > 0


def test_figures_of_runs_add_up_and_rates_count_for_as_long_as_they_lasted():
    quick = {"tokens": 900, "tokens_per_second": 900.0, "embedded": 9, "dagster/row_count": 9}
    slow = {"tokens": 300, "tokens_per_second": 100.0, "embedded": 3, "dagster/row_count": 12}
    first, second = (
        Outcome("notes", "run", True, None, {"embeddings": figures}, [])
        for figures in (quick, slow)
    )
    whole = _together("notes", [first, second]).metadata["embeddings"]
    assert whole == {
        "tokens": 1200,
        "tokens_per_second": 300.0,  # in 4 s
        "embedded": 12,
        "dagster/row_count": 12,
    }


def _ingest(flow, instance, budget=None):
    jobs = source_jobs(flow.project, ["notes"])
    (outcome,) = ingest(flow.project, jobs, instance, budget=budget)
    assert outcome.success, outcome.error
    return outcome


def test_an_ingest_keeps_what_each_stage_did_and_took(flow, instance):
    flow.write("new.md", "# New\n\nBrand new.\n")
    outcome = _ingest(flow, instance)
    rows = {row["stage"]: row for row in flow.lake.read("measurements").to_pylist()}
    assert rows.keys() == {*MEASURED, "run"}
    for stage in MEASURED:
        taken = outcome.metadata[stage]
        assert rows[stage]["seconds"] == pytest.approx(taken["seconds"])
        assert rows[stage]["memory_bytes"] == taken["memory_mb"] << 20
    assert rows["embeddings"]["amount"] == outcome.metadata["embeddings"]["tokens"]
    foreseen = forecast(flow.project, "notes")
    assert (foreseen.ingests, foreseen.error is None) == (1, False)


@pytest.mark.slow
def test_an_ingest_that_finds_nothing_to_do_says_that_the_rows_are_fresh(flow, instance):
    _ingest(flow, instance)
    _ingest(flow, instance)
    assert len(runs.ends(flow.lake, "notes")) == 2
    flow.write("new.md", "# New\n\nBrand new.\n")
    budget = Budget(max_tokens=1)
    _ingest(flow, instance, budget)
    assert budget.stopped
    assert len(runs.ends(flow.lake, "notes")) == 2  # what is new waits


@pytest.mark.slow
def test_tokens_are_never_passed_and_the_next_ingest_goes_on(flow, instance):
    for number in range(8):
        flow.write(f"{number}.md", f"# Note {number}\n\nThe tide rose to mark {number}.\n")
    needed = forecast(flow.project, "notes").tokens
    budget = Budget(max_tokens=needed // 2)
    embedded = _ingest(flow, instance, budget).metadata["embeddings"]["tokens"]
    assert 0 < embedded == budget.tokens <= needed // 2
    assert "documents are left" in budget.stopped["notes"]
    assert undone(flow.project, "notes").total()
    _ingest(flow, instance)
    assert not undone(flow.project, "notes").total()


def test_a_budget_of_seconds_that_allows_nothing_begins_nothing(flow, instance):
    flow.write("new.md", "# New\n\nBrand new.\n")
    budget = Budget(max_seconds=0.001)
    assert (
        list(ingest(flow.project, source_jobs(flow.project, ["notes"]), instance, budget=budget))
        == []
    )
    assert budget.stopped["notes"].startswith("notes: stopped by the budget, nothing was begun")
    assert instance.get_runs() == []


def test_a_run_that_a_person_interrupts_is_cancelled_and_no_incident(flow, instance):
    flow.write("new.md", "# New\n\nBrand new.\n")

    def interrupt(step) -> None:
        if step.stage == "chunks":
            os.kill(os.getpid(), signal.SIGINT)

    with progress.listening(interrupt), pytest.raises(KeyboardInterrupt):
        _ingest(flow, instance)
    newest = instance.get_runs()[0]
    assert newest.status == dg.DagsterRunStatus.CANCELED
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE])
    assert instance.get_runs(failed) == []
    assert flow.lake.read("incidents").num_rows == 0
    _ingest(flow, instance)
    assert not undone(flow.project, "notes").total()
