"""The wheel in a Dagster project of another team, which has `assets`, `resources` and `pipelines`
of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

OWN = """
import dagster as dg


@dg.asset
def revenue() -> None: ...
"""
DEFINITIONS = """
import sys

import dagster as dg
from assets import revenue
from doclake import Project
from doclake_dagster import build_definitions

import pipelines
import resources

ours = build_definitions(Project.open("doclake.yaml"))
defs = dg.Definitions.merge(dg.Definitions(assets=[revenue]), ours)
print(*sorted(key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()))
print(pipelines.__file__, resources.__file__, sys.modules[build_definitions.__module__].__file__)
"""

REPOSITORY = str(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip(folder, "wheel", "--no-build-isolation", "--wheel-dir", str(folder), REPOSITORY)
    return next(folder.glob("doclake-*.whl"))


def _pip(folder: Path, command: str, *arguments: str) -> None:
    _run(folder, "-m", "pip", command, "--quiet", "--no-deps", *arguments)


def _run(folder: Path, *arguments: str, path: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_takes_two_names_that_are_no_users_own(wheel):
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {
        "doclake",
        "doclake_dagster",
    }


def test_the_wheel_holds_every_file_of_the_three_folders(wheel):
    shipped = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", "assets", "resources", "pipelines"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    files = {f"doclake_dagster/{name}" for name in listed.stdout.splitlines()}
    assert len(files) > 40
    assert files - shipped == set()


def test_a_project_with_assets_of_its_own_loads_both(wheel, tmp_path):
    installed = tmp_path / "installed"
    _pip(tmp_path, "install", "--target", str(installed), str(wheel))
    project = tmp_path / "project"
    for name, text in {"assets": OWN, "resources": "", "pipelines": ""}.items():
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text(text)
    (project / "documents").mkdir()
    (project / "doclake.yaml").write_text("sources: {handbook: {url: ./documents}}\n")
    (project / "definitions.py").write_text(DEFINITIONS)
    path = os.pathsep.join([str(project), str(installed)])
    assets, modules = _run(project, "definitions.py", path=path).splitlines()
    assert {"revenue", "handbook/chunks", "search_index"} <= set(assets.split())
    assert modules.split() == [
        str(project / "pipelines/__init__.py"),
        str(project / "resources/__init__.py"),
        str(installed / "doclake_dagster/pipelines/definitions.py"),
    ]
    told = _run(project, str(installed / "bin/doclake"), "--version", path=path)
    assert told.startswith("doclake ")
