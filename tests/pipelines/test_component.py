"""A source in a `dg` project of another team: real project, real `dg`, real model."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import traceback
from pathlib import Path

import dagster as dg
import pytest
import yaml

from doclake import Project, ids
from doclake.errors import SettingsError
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.component import DocumentSource, open_project
from doclake_dagster.pipelines.definitions import build_definitions

PYPROJECT = """
[project]
name = "{package}"
version = "1.0.0"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "{package}"
"""
DEFINITIONS = """
from pathlib import Path

import dagster as dg


@dg.definitions
def defs():
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
"""
THEIRS = """
import dagster as dg


@dg.asset
def revenue() -> None: ...
"""
SHARED = {"lake": "lake", "embedding": {"model": "all-MiniLM-L6-v2", "device": "cpu"}}
HANDBOOK = {"url": "documents", "owner": "team:office", "access": ["everyone"], "buckets": 2}
FINANCE = {"url": "{{ context.project_root }}/documents", "freshness": "7d", "observe": "job"}


class Team:
    """A `dg` project with an asset of its own, a doclake.yaml and what `source()` adds."""

    def __init__(self, folder: Path, package: str) -> None:
        self.folder, self.package = folder, package
        self._write("pyproject.toml", PYPROJECT.format(package=package))
        self._write("doclake.yaml", yaml.safe_dump(SHARED))
        self._write("home/dagster.yaml", "telemetry: {enabled: false}\n")
        self._write(f"{package}/__init__.py", "")
        self._write(f"{package}/definitions.py", DEFINITIONS)
        self._write(f"{package}/defs/theirs.py", THEIRS)
        self._write("documents/tower.txt", "The clock tower is ninety metres high.\n")

    def source(self, name: str, **attributes: object) -> Path:
        component = {
            "type": "doclake_dagster.DocumentSource",
            "attributes": {"name": name, **attributes},
        }
        text = yaml.safe_dump(component, sort_keys=False)
        return self._write(f"{self.package}/defs/{name}/defs.yaml", text)

    def _write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def dg(self, *command: str) -> subprocess.CompletedProcess[str]:
        paths = [self.folder, Path(__file__).parents[2], os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "DAGSTER_HOME": str(self.folder / "home"),
            "COLUMNS": "200",
        }
        return subprocess.run(
            [Path(sys.executable).with_name("dg"), *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
        )

    def definitions(self) -> dg.Definitions:
        return dg.load_from_defs_folder(path_within_project=self.folder / self.package)


@pytest.fixture
def team(tmp_path, monkeypatch, request) -> Team:
    """Each test imports a package of its own name, as Python keeps what it imported."""
    monkeypatch.syspath_prepend(tmp_path)
    return Team(tmp_path, f"team_{abs(hash(request.node.name))}")


@pytest.mark.slow
def test_dg_lists_the_component_and_finds_two_sources_valid(team):
    team.source("handbook", **HANDBOOK)
    team.source("finance", **FINANCE)
    listed = team.dg("list", "components")
    assert "doclake_dagster.DocumentSource" in listed.stdout, listed.stderr
    for command in ("yaml", "defs"):
        checked = team.dg("check", command)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_dg_names_the_line_of_a_wrong_field(team):
    file = team.source("handbook", uri="documents")
    checked = team.dg("check", "yaml")
    assert checked.returncode != 0
    assert f"{file}:4" in checked.stdout + checked.stderr
    assert "'uri' was unexpected" in checked.stdout + checked.stderr


def test_a_wrong_value_is_told_with_its_line_and_a_secret_is_not_shown(team):
    options = {"client_kwargs": {"aws_secret_access_key": "hunter2"}}
    url = "sftp://reader:hunter2@archive/minutes"
    file = team.source("handbook", url=url, buckets=3, storage_options=options)
    with pytest.raises(Exception, match="handbook") as error:
        team.definitions()
    told = str(error.value.__cause__)
    assert f"attributes.buckets at {file}:5" in told
    assert "power of two" in told
    assert told.count("secrets come from the environment only") == 2
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "attributes",
    [
        {"password": "hunter2"},
        {"description": "AccountName=a;AccountKey=hunter2=="},
        {"access": ["ghp_hunter2hunter2hunter2hunter2"]},
        {"storage_options": ["key=hunter2"]},
        {"storage_options": "key:hunter2"},
        {"buckets": "https://kim:hunter2@archive"},
        {"url": "https://archive/c?sig=hunter2"},
        {"recipe": {"extract": {"ocr": "https://archive/c?sig=hunter2"}}},
    ],
)
def test_no_secret_of_a_component_is_shown_whatever_is_wrong(team, attributes):
    team.source("handbook", **HANDBOOK | attributes)
    with pytest.raises(Exception, match="handbook") as error:
        team.definitions()
    assert "hunter2" not in "".join(traceback.format_exception(error.value))


def test_every_component_on_the_page_is_valid():
    page = (Path(__file__).parents[2] / "docs" / "components.md").read_text("utf-8")
    shown = re.findall(r"^```yaml\n(type: .*?)^```", page, re.MULTILINE | re.DOTALL)
    components = [part for block in shown for part in yaml.safe_load_all(block)]
    assert len(components) >= 3
    for component in components:
        assert component["type"] == "doclake_dagster.DocumentSource"
        DocumentSource(**component["attributes"])


def _names(definitions: dg.Definitions) -> dict[str, set[str]]:
    repository = definitions.get_repository_def()
    graph = definitions.resolve_asset_graph()
    return {
        "assets": {key.to_user_string() for key in graph.get_all_asset_keys()},
        "checks": {str(key) for key in graph.asset_check_keys},
        "jobs": {job.name for job in definitions.resolve_all_job_defs()},
        "sensors": {sensor.name for sensor in repository.sensor_defs},
        "schedules": {schedule.name for schedule in repository.schedule_defs},
        "resources": set(definitions.resources or {}),
    }


def test_components_give_what_doclake_yaml_gives_beside_what_the_team_has(team):
    team.source("handbook", **HANDBOOK)
    team.source("finance", **FINANCE)
    names = _names(team.definitions())
    finance = FINANCE | {"url": "documents"}
    config = SHARED | {"sources": {"handbook": HANDBOOK, "finance": finance}}
    (team.folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    expected = _names(build_definitions(Project.open(team.folder)))
    assert names["assets"] == expected["assets"] | {"revenue"}
    assert names | {"assets": {}} == expected | {"assets": {}}


def test_a_source_of_doclake_yaml_stands_beside_those_of_components_but_not_twice(team):
    team.source("handbook", **HANDBOOK)
    minutes = {"minutes": {"url": "documents"}}
    (team.folder / "doclake.yaml").write_text(yaml.safe_dump(SHARED | {"sources": minutes}))
    assert "minutes/embeddings" in _names(team.definitions())["assets"]
    (team.folder / "doclake.yaml").write_text(
        yaml.safe_dump(SHARED | {"sources": {"handbook": HANDBOOK}})
    )
    with pytest.raises(Exception, match="handbook") as error:
        team.definitions()
    assert "sources.handbook" in str(error.value.__cause__)


def test_the_executor_of_the_team_stays_its_own(team):
    team.source("handbook", **HANDBOOK)
    assert team.definitions().executor is None


def test_a_source_is_ingested_and_found_through_its_component(team, instance):
    team.source("handbook", **HANDBOOK)
    first, *_, last = ids.bucket_names(2)
    tags = {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }
    loaded = team.definitions()
    job = loaded.resolve_job_def("ingest_handbook")
    assert job.execute_in_process(instance=instance, tags=tags).success
    project = open_project(team.folder)
    (hit,) = project.search("How high is the tower?")
    assert hit.source == "handbook"
    assert "ninety metres" in hit.text
    team.source("handbook", **HANDBOOK | {"access": ["group:office"]})
    assert project.search("How high is the tower?") == []
    repository, cursor = loaded.get_repository_def(), None
    for asked in (0, 1):
        tick = repository.get_sensor_def("reconcile_handbook").evaluate_tick(
            dg.build_sensor_context(instance, cursor=cursor, repository_def=repository)
        )
        cursor = tick.cursor
        assert len(tick.run_requests or []) == asked
    team.source("handbook", **HANDBOOK | {"access": "wrong"})
    with pytest.raises(SettingsError, match="dg check defs"):
        project.search("How high is the tower?")


@pytest.mark.parametrize("way", ["folder", "option", "variable"])
def test_the_command_line_knows_the_sources_of_components(team, monkeypatch, tmp_path, way):
    team.source("handbook", **HANDBOOK)
    file = team.folder / "doclake.yaml"
    file.write_text(yaml.safe_dump(SHARED | {"sources": {"minutes": {"url": "documents"}}}))
    monkeypatch.setattr(console, "config", file if way == "option" else None)
    monkeypatch.chdir(team.folder if way == "folder" else "/")
    if way == "variable":
        monkeypatch.setenv("DOCLAKE_CONFIG", str(team.folder))
    project = console.open_project("handbook")
    assert list(project.settings.sources) == ["minutes", "handbook"]
    assert project.lake.url == str(team.folder / "lake")
    assert project.today() is project


def test_a_project_without_doclake_yaml_has_the_defaults(team, monkeypatch):
    team.source("handbook", **HANDBOOK)
    (team.folder / "doclake.yaml").unlink()
    monkeypatch.setattr(console, "config", team.folder)
    project = console.open_project()
    assert (project.lake.url, list(project.settings.sources)) == (
        str(team.folder / ".doclake"),
        ["handbook"],
    )
    assert project.today() is project


def test_components_that_cannot_be_loaded_are_told_by_the_command_line(team, monkeypatch):
    team.source("handbook", uri="documents")
    monkeypatch.setattr(console, "config", team.folder)
    with pytest.raises(SettingsError, match="dg check defs"):
        console.open_project()
