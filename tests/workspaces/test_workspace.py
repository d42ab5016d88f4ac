"""The temporary folder of a run goes with it, also when nobody was left to remove it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from doclake.workspaces.workspace import Workspace

_HOLDER = """
import sys
from doclake.workspaces.workspace import Workspace
(Workspace().path / "a document").write_bytes(b"bytes")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_of_a_run_that_lives_is_left_alone_and_that_of_a_killed_one_is_swept(place):
    command = [sys.executable, "-c", _HOLDER]
    environment = os.environ | {"TMPDIR": str(place), "PYTHONPATH": os.pathsep.join(sys.path)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, **pipes) as other:
        assert other.stdout.readline() == b"ready\n"
        Workspace().close()
        (folder,) = place.iterdir()
        assert (folder / "a document").exists()
        other.send_signal(signal.SIGKILL)
    Workspace().close()
    assert list(place.iterdir()) == []


def test_what_is_not_a_folder_of_ours_is_not_swept(place):
    (place / "doclake-run-file").write_text("a file of that name")
    (place / "doclake-run-link").symlink_to("/etc")
    (place / "doclake-other").mkdir()
    Workspace().close()
    assert len(list(place.iterdir())) == 3
