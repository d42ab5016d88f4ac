"""Supervisor and workers end with the run that started them, whenever and however it ends."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from doclake import errors
from doclake.extract.extractor import Extractor
from doclake.settings import Limits
from tests.extract.guard.processes import comes_true, running, workspaces


def test_closing_leaves_no_process_and_no_folder(odd_parsers, document, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    extractor = Extractor(Limits(), 2, **odd_parsers)
    trees = extractor.extract([document("text a"), document("hang"), document("hang")])
    iterator = iter(trees)
    assert workspaces(tmp_path)
    extractor.close()
    assert not workspaces(tmp_path)
    assert not running(str(tmp_path))
    del iterator


_PARENT = """
import io, json, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs behind
sys.path[:] = json.loads(sys.argv[1])
from doclake.extract.extractor import Document, Extractor
from doclake.settings import ExtractRecipe, Limits
def d(text, name):
    return Document("s", "00", name, name, ExtractRecipe(), lambda: io.BytesIO(text))
extractor = Extractor(Limits(), 2, detect="odd_parsers:media_type", load="odd_parsers:load")
print("ready", flush=True)
try:
    for tree in extractor.extract([d(b"hang", "a"), d(b"hang", "b")]):
        print(tree)
finally:
    extractor.close()
"""


@pytest.mark.slow
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGINT])
def test_whatever_ends_the_parent_no_worker_and_no_folder_stays(odd_parsers, tmp_path, death):
    told = tmp_path / "stderr"
    command = [sys.executable, "-X", "faulthandler", "-c", _PARENT, json.dumps(sys.path)]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with (
        told.open("w") as stderr,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr) as parent,
    ):
        assert parent.stdout.readline() == b"ready\n"
        assert comes_true(lambda: len(running(str(tmp_path))) == 3)  # a supervisor, two workers
        parent.send_signal(death)
        try:
            parent.wait(20)
        except subprocess.TimeoutExpired:
            parent.send_signal(signal.SIGABRT)  # where do its threads stand?
            parent.wait()
            pytest.fail(told.read_text())
    assert comes_true(lambda: not running(str(tmp_path)) and not workspaces(tmp_path))


def test_a_killed_supervisor_is_replaced(odd_parsers, document):
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        trees = extractor.extract(document("text a", str(i)) for i in range(8))
        assert next(trees)[0].elements["text"].to_pylist() == ["a"]
        (supervisor,) = running(str(extractor._guard._workspace.path))[:1]
        os.kill(int(supervisor), signal.SIGKILL)
        outcomes = [tree[0] for tree in trees]
    assert outcomes[-1].elements["text"].to_pylist() == ["a"]
    assert {type(o.error) for o in outcomes} <= {type(None), errors.ParserCrashed}


def _kill_runs(folder: Path, delays: list[float]) -> None:
    """Kill runs, each so many seconds after its supervisor came to life."""
    script = Path(__file__).with_name("killed_runs.py")
    command = [sys.executable, str(script), json.dumps(sys.path), json.dumps(delays)]
    subprocess.run(command, env=os.environ | {"TMPDIR": str(folder)}, check=True)


@pytest.mark.slow
def test_a_run_killed_while_its_supervisor_starts_leaves_nothing(odd_parsers, tmp_path):
    _kill_runs(tmp_path, [0, 0.01, 0.03, 0.06, 0.09, 0.12, 0.2, 0.3, 0.8, 1.6])
    assert comes_true(lambda: not running(str(tmp_path)))
    assert comes_true(lambda: not workspaces(tmp_path))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_killed_runs_leave_nothing(odd_parsers, tmp_path):
    chance = random.Random(69)
    delays = [chance.uniform(0, 0.3) for _ in range(140)] + [
        chance.uniform(0.3, 3) for _ in range(60)
    ]
    chance.shuffle(delays)
    _kill_runs(tmp_path, delays)
    assert comes_true(lambda: not running(str(tmp_path)))
    assert comes_true(lambda: not workspaces(tmp_path))


def test_a_supervisor_outlives_the_thread_that_asked_first(odd_parsers, document):
    said = []
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        for number in range(2):  # each from a thread of its own

            def ask(name: str = str(number)) -> None:
                (tree,) = extractor._extract_batch([document("leak", name)])
                said.extend(tree[0].elements["text"].to_pylist())

            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()
            time.sleep(0.2)
    assert said == ["seen 1", "seen 2"]
