"""What the runs of one ingest share."""

from __future__ import annotations

from typing import Any

import pytest

from doclake.embed import release_model
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import Outcome, _together, ingest
from tests.flow import Flow


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
