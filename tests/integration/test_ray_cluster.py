"""Runs on a Ray cluster that lose an actor, a node or their driver, or are stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.flow import Flow

SCRIPT = Path(__file__).with_name("cluster_trials.py")
KILLS = int(os.environ.get("RAY_KILLS", "6"))
AGENTS_END = 150.0  # seconds: after a SIGKILL those of Ray look for its head for more than a minute
RUN = """
import sys
from doclake.project import Project
from doclake.stages.ingest import ingest
ingest(Project.open(sys.argv[1]), "notes")
"""


@pytest.mark.slow
@pytest.mark.timeout(240 * KILLS + 300)
def test_kills_on_a_cluster_of_two_nodes_end_as_if_nobody_had_been_killed(tmp_path):
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), str(KILLS)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["problems"] == {}
    assert sum(told["killed"].values()) == KILLS


@pytest.mark.slow
@pytest.mark.timeout(500)
@pytest.mark.parametrize(
    ("how", "at_work"),
    [
        (signal.SIGINT, "guard.boot"),
        (signal.SIGTERM, "guard.boot"),
        (signal.SIGKILL, "guard.boot"),
        (signal.SIGINT, "ray::EmbeddingActor.compute"),
        (signal.SIGKILL, "ray::EmbeddingActor.compute"),
    ],
)
def test_a_run_that_ends_early_leaves_no_process_of_its_own_cluster(
    tmp_path, repository, how, at_work
):
    flow = Flow.of_small_documents(tmp_path / "flow")
    for number in range(400):
        flow.write(f"{number}/page.html", f"<h1>Page {number}</h1><p>Of many.</p>" * 200)
    embedding = {"model": "all-MiniLM-L6-v2", "backend": "ray", "batch_tokens": 512}
    flow.configure(processing={"workers": 2, "executor": "ray"}, embedding=embedding)
    environment = os.environ | {"PYTHONPATH": str(repository)}
    command = [sys.executable, "-c", RUN, str(flow.folder)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as run:
        try:
            _until(lambda: _works(run, at_work), 200)
            family = psutil.Process(run.pid).children(recursive=True)
            assert any("raylet" in process.name() for process in family)
            run.send_signal(how)
            run.wait(60)
        finally:
            run.kill()
    _until(lambda: not any(process.is_running() for process in family), AGENTS_END)


def _works(run: subprocess.Popen[bytes], at_work: str) -> bool:
    """Whether actors have processes that parse, or embed a batch."""
    assert run.poll() is None
    commands = [_command(p) for p in psutil.Process(run.pid).children(recursive=True)]
    return sum(at_work in command for command in commands) > (2 if at_work == "guard.boot" else 0)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # it has ended
        return ""


def _until(condition, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.1)
