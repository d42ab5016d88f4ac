"""`doclake dev` opens the Dagster UI over a folder that `doclake init` made."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from doclake import settings as doclake_settings
from doclake.settings import scaffold
from doclake_dagster.pipelines.cli import console, dev

LOADED = """{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError {
    __typename ... on PythonError { message } } } } } instance { info } }"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setattr(console, "config", None)
    scaffold.init(tmp_path / "mine")
    return tmp_path / "mine"


def test_home_settings_and_workspace_are_those_of_the_folder(folder):
    _, arguments, environment = dev.started(doclake_settings.load(folder), "127.0.0.1", 3001)
    assert environment["DAGSTER_HOME"] == environment["DOCLAKE_CONFIG"] == str(folder)
    assert ["-w", str(folder / "workspace.yaml")] == arguments[2:4]
    assert arguments[-2:] == ["--port", "3001"]


def test_a_home_that_is_set_stands_and_a_folder_without_dagsters_files_works(folder, monkeypatch):
    (folder / "workspace.yaml").unlink()
    monkeypatch.setenv("DAGSTER_HOME", "/elsewhere")
    _, arguments, environment = dev.started(doclake_settings.load(folder), "127.0.0.1", 3001)
    assert environment["DAGSTER_HOME"] == "/elsewhere"
    assert arguments[2:4] == ["-m", "doclake_dagster.pipelines.definitions"]


def test_a_port_that_is_taken_is_said_before_anything_starts(folder, command, monkeypatch, capsys):
    monkeypatch.setenv("DOCLAKE_CONFIG", str(folder))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert command("dev", "--port", str(port)) == 2
    assert f"Nothing can listen on 127.0.0.1, port {port}" in capsys.readouterr().err


def test_a_folder_without_dagsters_settings_gets_those_that_report_to_nobody(folder, capsys):
    file = folder / "dagster.yaml"
    made = file.read_text()
    file.unlink()
    dev.prepare_home(doclake_settings.load(folder))
    assert file.read_text() == made
    assert f"wrote {file}: " in capsys.readouterr().err
    dev.prepare_home(doclake_settings.load(folder))
    assert capsys.readouterr().err == ""


def test_of_a_home_whose_settings_let_dagster_report_it_says_so(folder, monkeypatch, capsys):
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    (folder / "dagster.yaml").write_text("retention: {sensor: {purge_after_days: 1}}\n")
    dev.prepare_home(doclake_settings.load(folder))
    assert "Write `telemetry: {enabled: false}` into it." in capsys.readouterr().err


def test_settings_that_dagster_could_not_read_are_refused_in_one_line(
    folder, command, monkeypatch, capsys
):
    (folder / "dagster.yaml").write_text("storage: [1")
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    monkeypatch.setenv("DOCLAKE_CONFIG", str(folder))
    assert command("dev", "--port", "0") == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"{folder / 'dagster.yaml'} cannot be read: ")


def _ask(port: int) -> dict:
    query = json.dumps({"query": LOADED}).encode()
    address = f"http://127.0.0.1:{port}/graphql"
    asked = urllib.request.Request(address, query, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.loads(answer.read())["data"]


@pytest.mark.slow
@pytest.mark.parametrize("left_out", [[], ["dagster.yaml", "workspace.yaml"]])
def test_the_ui_comes_up_over_a_new_folder_and_ctrl_c_ends_it(
    folder, repository, tmp_path, left_out
):
    for name in left_out:
        (folder / name).unlink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with (folder / "told").open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "doclake_dagster.pipelines.cli", "dev", "--port", str(port)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(repository), "HOME": str(tmp_path)},
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    signal.signal(signal.SIGINT, before)
    try:
        locations, limit = [], time.monotonic() + 120
        while not locations and time.monotonic() < limit and process.poll() is None:
            time.sleep(1)
            try:
                data = _ask(port)
            except OSError:
                continue
            locations = data["workspaceOrError"]["locationEntries"]
            locations = [entry for entry in locations if entry["locationOrLoadError"]]
        text = Path(folder, "told").read_text("utf-8")
        assert len(locations) == 1, text
        assert locations[0]["locationOrLoadError"]["__typename"] == "RepositoryLocation", text
        assert str(folder / ".dagster") in data["instance"]["info"] or ".dagster" in str(data)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
    with pytest.raises(OSError):
        _ask(port)
    assert "elemetry" not in (folder / "told").read_text("utf-8")
    assert not (tmp_path / ".dagster").exists()
    assert not {".telemetry", "logs", ".logs_queue"} & {file.name for file in folder.iterdir()}
