"""What the code location offers, and that every way of loading it names the same thing."""

from __future__ import annotations

import dagster as dg
import pytest
import yaml

from doclake.project import Project
from doclake_dagster.pipelines.definitions import build_definitions


@pytest.fixture(scope="module")
def definitions(request) -> dg.Definitions:
    return build_definitions(Project.open(request.config.rootpath))


def test_the_definitions_are_loadable(definitions):
    dg.Definitions.validate_loadable(definitions)


def test_every_source_has_the_same_assets_in_its_own_group(definitions):
    graph = definitions.resolve_asset_graph()
    groups = {}
    for key in graph.get_all_asset_keys():
        groups.setdefault(graph.get(key).group_name, set()).add(key.path[-1])
    stages = {"files", "documents", "elements", "chunks", "signals", "embeddings"}
    assert groups == {
        "handbook": stages,
        "finance": stages,
        "search": {"search_index", "retrieval_report", "tuned_model"},
        "observation": {"data_cards", "drift", "quality", "report"},
    }


def test_every_asset_tells_a_person_what_it_is(definitions):
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.kinds, key
        is_folder = key.path[-1] == "tuned_model"
        if not node.kinds & {"html", "markdown"} and not is_folder:  # these have no columns
            assert node.metadata["dagster/column_schema"].columns, key
        assert node.owners, key


def test_a_backfill_by_hand_over_many_buckets_is_searchable_before_its_end(definitions):
    graph = definitions.resolve_asset_graph()
    policies = {
        graph.get(key).backfill_policy
        for key in graph.get_all_asset_keys()
        if graph.get(key).is_materializable
        and graph.get(key).group_name not in ("search", "observation")
    }
    assert policies == {dg.BackfillPolicy.multi_run(max_partitions_per_run=8)}


def test_there_is_a_job_for_each_source_and_one_for_all(definitions):
    names = {job.name for job in definitions.resolve_all_job_defs()} - {"__ASSET_JOB"}
    assert {"ingest_handbook", "ingest_finance", "ingest_all"} <= names


def test_workspace_yaml_loads_the_definitions_file(repository):
    (location,) = yaml.safe_load((repository / "workspace.yaml").read_text())["load_from"]
    file = repository / location["python_file"]["relative_path"]
    assert file.is_file()
    assert location["python_file"]["location_name"] == "doclake"


def test_the_definitions_file_is_short(repository):
    assert len((repository / "pipelines/definitions.py").read_text().splitlines()) < 80
