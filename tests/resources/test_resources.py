"""Resources take their defaults from doclake.yaml, and a run may change what changes no row."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from doclake import fingerprints
from doclake.settings import EmbeddingSettings, Limits, Processing
from doclake_dagster.pipelines.definitions import build_definitions
from doclake_dagster.resources.embedding_model import EmbeddingModel, embedding_model
from doclake_dagster.resources.extraction import Extraction, extraction

SERVER = {"url": "http://127.0.0.1:9/v1", "model": "e5", "retries": 2, "dialect": "doclake"}
RAY = {"address": "auto", "wait": "90s", "num_cpus": 2}
DEFAULT = EmbeddingSettings(
    batch_tokens=1234, query_prompt="q: ", devices=3, server=SERVER, ray=RAY
)
LIMITS, PROCESSING = Limits(pages=7), Processing(workers=3)
PAGE, OPERATIONS = (
    (Path(__file__).parents[2] / "docs" / name).read_text("utf-8")
    for name in ("embedding.md", "operations.md")
)


@dg.op
def use(
    embedding_model: dg.ResourceParam[EmbeddingModel], extraction: dg.ResourceParam[Extraction]
) -> None:
    SEEN.append((embedding_model.settings, extraction.settings))


SEEN: list[Any] = []
JOB = dg.JobDefinition(
    name="job",
    graph_def=dg.GraphDefinition(name="job", node_defs=[use]),
    resource_defs={
        "embedding_model": embedding_model(DEFAULT),
        "extraction": extraction(PROCESSING, LIMITS),
    },
)


def _seen(resource: str, *configs: dict[str, Any]) -> list[Any]:
    """What a run works with under each of these configs of the resource."""
    SEEN.clear()
    for config in configs:
        JOB.execute_in_process(run_config={"resources": {resource: {"config": config}}})
    return [each[resource == "extraction"] for each in SEEN]


def _planned(config: dict[str, Any], resource: str = "embedding_model") -> None:
    """As Dagster plans a run before it queues it."""
    dg.validate_run_config(JOB, {"resources": {resource: {"config": config}}})


def _blocks(page: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.S)]


def test_a_run_may_name_one_field_of_the_model_and_keep_the_others():
    seen = _seen("embedding_model", {}, {"device": "cuda:1"})
    assert seen == [DEFAULT, DEFAULT.model_copy(update={"device": "cuda:1"})]


def test_a_run_may_name_another_back_end_and_its_fingerprint_stays():
    two, one, asked, far = _seen(
        "embedding_model",
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


def test_a_run_may_raise_a_limit_and_name_the_number_of_workers():
    (seen,) = _seen("extraction", {"processing": {"workers": 9}, "limits": {"memory_mb": 4096}})
    assert seen.processing == PROCESSING.model_copy(update={"workers": 9})
    assert seen.limits == LIMITS.model_copy(update={"memory_mb": 4096})


def test_the_configurations_of_the_page_are_settings_and_configs_of_a_run(flow):
    blocks = _blocks(PAGE)
    of_files = [block["embedding"] for block in blocks if "embedding" in block]
    of_runs = [block for block in blocks if "resources" in block]
    backends = [EmbeddingSettings(**each).backend for each in of_files]
    assert backends == ["in_process", "processes", "ray", "server"]
    seen = _seen(
        "embedding_model", *(each["resources"]["embedding_model"]["config"] for each in of_runs)
    )
    assert [each.backend for each in seen] == ["in_process", "processes", "server"]
    job = build_definitions(flow.project).resolve_job_def("ingest_notes")
    for config in [*of_runs, *(each for each in _blocks(OPERATIONS) if "resources" in each)]:
        dg.validate_run_config(job, config)


def test_the_page_explains_every_field_that_a_run_may_set():
    fields = embedding_model(DEFAULT).config_schema.config_type.fields
    explained = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M))
    assert set(fields) <= explained


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"backend": "elsewhere"}, "backend not in enum"),
        ({"dtype": "int3"}, "dtype not in enum"),
        ({"device": "gpu"}, "device not in enum"),
        ({"devices": ["cuda:99"]}, "devices"),
        ({"batch_tokens": 3}, "embedding_model.config.batch_tokens: found 3; expected: at least"),
        ({"devices": 0}, "devices: found 0; expected: at least 1"),
        ({"server": {"retries": 21}}, "server.retries: found 21; expected: at most 20"),
        ({"server": {"dialect": "latin"}}, "dialect not in enum"),
        ({"server": {"timeout": "soon"}}, "server.timeout: found 'soon'; expected: a duration"),
        ({"server": {"url": None}, "backend": "server"}, "`server.url` beside"),
        ({"ray": {"num_gpus": 2}}, "ray.num_gpus"),
    ],
)
def test_a_run_with_a_value_that_is_none_is_refused_before_it_is_queued(config, said):
    with pytest.raises(dg.DagsterInvalidConfigError, match=re.escape(said)):
        _planned(config)


@pytest.mark.parametrize("config", [{"limits": {"memory_mb": 1}}, {"processing": {"workers": 0}}])
def test_a_run_with_a_limit_out_of_bounds_is_refused_before_it_is_queued(config):
    with pytest.raises(dg.DagsterInvalidConfigError, match="expected: at least"):
        _planned(config, "extraction")


@pytest.mark.parametrize(
    "name", ["model", "revision", "query_prompt", "document_prompt", "dimension"]
)
def test_a_run_cannot_name_another_model_and_the_resource_says_why(name):
    with pytest.raises(dg.DagsterInvalidConfigError, match=f'unexpected config entry "{name}"'):
        _planned({name: "another"})
    assert "one model makes all vectors of a lake" in embedding_model(DEFAULT).description


@pytest.mark.parametrize(
    "config", [{"chunk": {"max_tokens": 9}}, {"limits": {"require_sandbox": False}}]
)
def test_a_run_changes_neither_chunks_nor_the_confinement_of_parsers(config):
    with pytest.raises(dg.DagsterInvalidConfigError, match="unexpected config entry"):
        _planned(config, "extraction")


def test_every_field_that_a_run_may_set_is_described():
    for definition in (embedding_model(DEFAULT), extraction(PROCESSING, LIMITS)):
        todo = dict(definition.config_schema.config_type.fields)
        while todo:
            name, field = todo.popitem()
            assert field.description, name
            todo |= getattr(field.config_type, "fields", {})
