"""doclake watch: a changed file is ingested at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from doclake.errors import SettingsError
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.settings import Settings
from doclake_dagster.pipelines.cli import watch
from doclake_dagster.pipelines.interrupts import SENTENCE


def _comes_true(condition: Callable[[], Any], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_change_names_its_source_once_it_rests(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("notes", "mails")}
    for folder in folders.values():
        (folder / "inner").mkdir(parents=True)
    lake, told, over = tmp_path / "notes" / "lake", list[list[str]](), Event()
    lake.mkdir()

    def look() -> None:
        for names in watch.changed(folders, str(lake), over.is_set):
            told.append(names)

    thread = Thread(target=look)
    thread.start()
    try:
        # Nobody hears when it has begun to look.
        assert _comes_true(lambda: (folders["mails"] / "a.txt").write_text("x") and told, 20)
        told.clear()
        (lake / "rows.parquet").write_text("x")
        (folders["notes"] / "inner" / "b.txt").write_text("x")
        assert _comes_true(lambda: any("notes" in names for names in told), 20)
        before = len(told)
        (lake / "more.parquet").write_text("x")
        time.sleep(1.5)
        assert len(told) == before
    finally:
        over.set()
        thread.join(20)


def test_only_folders_that_are_there_can_be_watched(tmp_path: Path) -> None:
    def folders(url: str, chosen: list[str] | None = None) -> Any:
        settings = Settings.model_validate(
            {"sources": {"notes": {"url": url}}, "lake": str(tmp_path / "lake")}
        )
        return watch._folders(Project.of(settings), chosen)

    assert folders(str(tmp_path)) == {"notes": tmp_path}
    with pytest.raises(SettingsError, match="No folder: notes") as refused:
        folders("s3://papers/docs", ["notes"])
    assert "doclake dev" in refused.value.mend
    with pytest.raises(SettingsError, match="Not there"):
        folders(str(tmp_path / "missing"))


@pytest.mark.slow
def test_a_changed_file_is_ingested_until_ctrl_c(flow: Any, repository: Path) -> None:
    (flow.folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    environment = {k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"}
    environment |= {"DOCLAKE_CONFIG": str(flow.folder), "PYTHONPATH": str(repository)}
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it hears Ctrl-C
    told = flow.folder / "told"
    with told.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "doclake_dagster.pipelines.cli", "watch"],
            cwd=flow.folder,
            env=environment | {"TERM": "dumb"},
            stdout=subprocess.DEVNULL,
            stderr=stream,
            start_new_session=True,
        )
    try:
        assert _comes_true(lambda: "Watching notes" in told.read_text(), 180), told.read_text()
        flow.write("lantern.txt", "The lantern hangs in the cellar.\n")

        def is_there() -> bool:
            rows = Project.open(flow.folder).lake.read("chunks", Scope("notes"), ["text"])
            return any("lantern" in text for text in rows["text"].to_pylist())

        assert _comes_true(is_there, 90), told.read_text()
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 130
        assert told.read_text().rstrip().endswith(SENTENCE)
    finally:
        signal.signal(signal.SIGINT, before)
        process.kill()
        process.wait()
