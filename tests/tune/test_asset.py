"""The asset tunes on demand, in the pool of embeddings; nothing else ever asks for it."""

from __future__ import annotations

import dagster as dg
import pytest

from doclake_dagster.assets.embeddings import POOL
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.pipelines.jobs import job_name
from tests.tune.conftest import configure

KEY = dg.AssetKey("tuned_model")


@pytest.mark.slow
def test_it_shows_the_model_and_its_trial(house, instance):
    configure(house, learning_rate=1e-9)
    definitions = build_definitions(house.project)
    tuned = definitions.resolve_assets_def(KEY)
    result = dg.materialize([tuned], instance=instance)
    (event,) = result.get_asset_materialization_events()
    metadata = event.materialization.metadata
    assert metadata["is_better"].value is False
    assert "| all | ndcg_at_10 " in metadata["trial"].value
    assert metadata["pairs"].value > 8
    assert metadata["model"].value.startswith(str(house.folder / "lake/models"))
    row, *_ = house.lake.read("retrieval_report").to_pylist()
    assert row["run_id"] == result.run_id


def test_it_runs_only_when_somebody_asks(house):
    definitions = build_definitions(house.project)
    node = definitions.resolve_asset_graph().get(KEY)
    assert node.automation_condition is None
    assert node.pools == {POOL}
    jobs = [definitions.resolve_job_def(job_name("notes")), definitions.resolve_job_def("evaluate")]
    for job in jobs:
        assert KEY not in job.asset_layer.selected_asset_keys
