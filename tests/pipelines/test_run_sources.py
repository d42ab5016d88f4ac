"""What the runs of one ingest share."""

from __future__ import annotations

from typing import Any

import pytest

from doclake.embed import release_model
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import ingest
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
