"""The Ray cluster, as `doclake check` finds it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from doclake import fingerprints
from doclake.deadline import within
from doclake.errors import ExecutorUnavailable
from doclake.operate.check import run
from doclake.operate.check.cluster import cluster
from doclake.project import Project
from tests.flow import Flow

_CLUSTER = """
import sys
from ray.cluster_utils import Cluster
node = {"num_cpus": 2, "object_store_memory": 100_000_000, "temp_dir": sys.argv[1]}
running = Cluster(initialize_head=True, head_node_args=node | {"include_dashboard": False})
print("address", running.address, flush=True)
sys.stdin.read()
running.shutdown()
"""


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a cluster that runs without us, of two CPUs."""
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with tempfile.TemporaryDirectory(prefix="dl-", ignore_cleanup_errors=True) as folder:
        monkeypatch.setenv("TMPDIR", folder)
        Path(folder, "ray").mkdir()  # where it writes its address
        command = [sys.executable, "-c", _CLUSTER, folder]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, text=True, **pipes) as running:
            lines = iter(running.stdout.readline, "")
            yield next(line.split()[1] for line in lines if line.startswith("address"))
            running.stdin.close()


def _project(folder: Path, **settings: Any) -> Project:
    Flow.write_settings(folder, **settings)
    return Project.open(folder)


def test_without_ray_in_the_settings_no_cluster_is_tried(tmp_path):
    assert cluster(_project(tmp_path)).found == "not needed: nothing is done on Ray"
    found = cluster(_project(tmp_path, processing={"executor": "ray", "workers": 3}))
    assert (found.state, "with 3 CPUs" in found.found) == ("ok", True)
    two = {"executor": "ray", "ray": {"address": "auto"}}
    there = {"backend": "ray", "ray": {"address": "head:6379"}}
    found = cluster(_project(tmp_path, processing=two, embedding=there))
    assert (found.state, "two clusters" in found.found) == ("failed", True)


def test_a_cluster_that_is_not_there_is_told_with_what_to_do(tmp_path):
    _project(tmp_path, processing={"executor": "ray", "ray": {"address": "127.0.0.1:9"}})
    found = dict(run.examine(tmp_path))["Ray cluster"]
    assert found.state == "failed"
    assert found.found.startswith("The Ray cluster 127.0.0.1:9 cannot be used")
    assert "processing.ray.address" in found.mend


@pytest.mark.slow
def test_nodes_are_counted_and_their_versions_and_room_compared(tmp_path, there, monkeypatch):
    of_cluster = {"executor": "ray", "ray": {"address": there}}
    both = _project(tmp_path, processing=of_cluster, embedding={"backend": "ray"})
    found = within(60, partial(cluster, both))  # in a thread, as with the other checks
    assert found.state == "ok"
    assert found.found == "1 node with 2 CPUs and 0 GPUs, of the same versions"
    greedy = {"backend": "ray", "ray": {"num_gpus": 0.5}}
    found = cluster(_project(tmp_path, processing=of_cluster, embedding=greedy))
    assert found.state == "warning"
    assert "none has room for an actor of embedding.ray: 1 CPU, 0.5 GPU" in found.found

    monkeypatch.setattr(fingerprints, "version", lambda _: "0.0.9")
    with pytest.raises(ExecutorUnavailable, match=r"other versions: .* 0\.0\.9 here"):
        cluster(_project(tmp_path, processing=of_cluster))
