"""Resources take their defaults from doclake.yaml, and a run may change any field alone."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from doclake import fingerprints
from doclake.settings import EmbeddingSettings
from doclake_dagster.resources.embedding_model import EmbeddingModel

SERVER = {"url": "http://127.0.0.1:9/v1", "model": "e5", "retries": 2, "dialect": "doclake"}
RAY = {"address": "auto", "wait": "90s", "num_cpus": 2}
DEFAULT = EmbeddingSettings(
    batch_tokens=1234, query_prompt="q: ", devices=3, server=SERVER, ray=RAY
)


def _settings_of(*configs: dict[str, Any]) -> list[EmbeddingSettings]:
    """What a run works with under each of these configs of the resource."""
    seen: list[EmbeddingSettings] = []

    @dg.op
    def use(embedding_model: EmbeddingModel) -> None:
        seen.append(embedding_model.settings())

    @dg.job(resource_defs={"embedding_model": EmbeddingModel.of(DEFAULT)})
    def job() -> None:
        use()

    for config in configs:
        job.execute_in_process(run_config={"resources": {"embedding_model": {"config": config}}})
    return seen


def test_a_run_may_name_one_field_of_the_model_and_keep_the_others():
    seen = _settings_of({}, {"device": "cuda:1"})
    assert seen == [DEFAULT, DEFAULT.model_copy(update={"device": "cuda:1"})]


def test_a_run_may_name_another_back_end_and_its_fingerprint_stays():
    two, one, asked, far = _settings_of(
        {"backend": "processes", "devices": ["cuda:0", "cuda:1"]},
        {"backend": "processes", "devices": 1, "batch_timeout": "30s"},
        {"backend": "server", "server": {"concurrency": 9}},
        {"backend": "ray", "ray": {"num_gpus": 0.5}},
    )
    assert (two.backend, two.devices) == ("processes", ("cuda:0", "cuda:1"))
    assert (one.devices, one.batch_timeout) == (1, timedelta(seconds=30))
    assert asked.server == DEFAULT.server.model_copy(update={"concurrency": 9})
    assert far.ray == DEFAULT.ray.model_copy(update={"num_gpus": 0.5})
    assert {fingerprints.model(each) for each in (two, one, asked, far)} == {
        fingerprints.model(DEFAULT)
    }


def test_the_configurations_of_the_page_are_settings_and_configs_of_a_run():
    page = (Path(__file__).parents[2] / "docs/embedding.md").read_text("utf-8")
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.S)]
    of_files = [block["embedding"] for block in blocks if "embedding" in block]
    of_runs = [block["resources"]["embedding_model"] for block in blocks if "resources" in block]
    backends = [EmbeddingSettings(**each).backend for each in of_files]
    assert backends == ["in_process", "processes", "ray", "server"]
    (run,) = _settings_of(*(each["config"] for each in of_runs))
    assert (run.backend, run.devices) == ("processes", ("cuda:0", "cuda:1"))


@pytest.mark.parametrize(
    "config",
    [
        {"backend": "elsewhere"},
        {"dtype": "int3"},
        {"batch_tokens": 3},
        {"devices": 0},
        {"server": {"retries": 21}},
        {"server": {"dialect": "latin"}},
        {"server": {"timeout": "soon"}},
        {"ray": {"num_gpus": 2}},
    ],
)
def test_a_run_with_a_value_that_is_none_does_not_begin(config):
    with pytest.raises(dg.DagsterError):
        _settings_of(config)
