"""The configurations of docs/scale.md are complete: they load, and name what is there."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from doclake import settings
from doclake.project import Project
from doclake_dagster.pipelines.definitions import build_definitions

SCALE = Path(__file__).parents[1] / "samples" / "scale"
FILES = sorted(SCALE.rglob("*.yaml"))
PROJECTS = sorted(file.parent for file in SCALE.rglob("doclake.yaml"))


def _name(path: Path) -> str:
    return str(path.relative_to(SCALE))


@pytest.mark.parametrize("folder", PROJECTS, ids=_name)
def test_the_settings_load_and_dagster_takes_them(folder):
    project = Project.open(folder)
    loaded = settings.load(folder)
    assert (loaded.processing.executor == "ray") == ("ray" in folder.name)
    assert loaded.embedding.ray.address == loaded.processing.ray.address
    assert (loaded.embedding.backend == "ray") == (folder.name == "ray-gpu")
    definitions = build_definitions(project)
    names = {key.to_user_string() for key in definitions.resolve_all_asset_keys()}
    assert {f"elements/{source}" for source in loaded.sources} <= {
        "/".join(reversed(name.split("/"))) for name in names
    } | names


def test_a_run_launcher_is_handed_what_its_jobs_need():
    for name, launcher in (("kuberay", "RayRunLauncher"), ("kubernetes", "K8sRunLauncher")):
        dagster = yaml.safe_load((SCALE / name / "dagster.yaml").read_text("utf-8"))
        assert dagster["run_launcher"]["class"] == launcher
        assert dagster["telemetry"] == {"enabled": False}
        assert dagster["concurrency"]["pools"]["default_limit"] == 1  # one writer of the index


def test_nodes_run_the_ray_that_is_pinned_and_hold_an_actor(repository):
    cluster = yaml.safe_load((SCALE / "kuberay" / "raycluster.yaml").read_text("utf-8"))["spec"]
    pins = (repository / "constraints.txt").read_text("utf-8").splitlines()
    assert f"ray=={cluster['rayVersion']}" in pins
    ours = settings.load(SCALE / "kuberay").processing.ray
    (group,) = cluster["workerGroupSpecs"]
    (container,) = group["template"]["spec"]["containers"]
    cpus = int(container["resources"]["limits"]["cpu"])
    assert cpus % ours.num_cpus == 0
    assert group["maxReplicas"] * cpus == ours.actors * ours.num_cpus


def test_every_file_is_named_on_the_page(repository):
    page = (repository / "docs" / "scale.md").read_text("utf-8")
    assert [file for file in FILES if f"samples/scale/{_name(file)}" not in page] == []
