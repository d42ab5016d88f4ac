"""Ctrl-C ends a command with one calm sentence, at any moment."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doclake.project import Project
from doclake_dagster.pipelines.interrupts import SENTENCE

SIGNALS = (signal.SIGINT, signal.SIGTERM)
INGEST = ("ingest",)
PROGRESS = re.compile(r" \d+/\d+ +(documents|texts|partitions) +([\d,]+ tokens/s +)?\d+:\d\d:\d\d$")


@pytest.fixture
def _heard():
    """A shell tells what runs behind it to ignore Ctrl-C; what is started here hears it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def interrupted(flow, repository, _heard):
    """Starts a command with much to do, and sends a signal to its whole group, as a terminal does,
    after some seconds or once its words hold `until`. Returns exit code and what it said."""
    (flow.folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    for number in range(150):
        text = f"On day {number} the tide rose to mark {number}. " * 30
        flow.write(f"{number:03}.md", f"# Day {number}\n\n{text}\n")

    def run(*arguments: str, after: float = 0.0, until: str = "", number: int = signal.SIGINT):
        environment = {k: v for k, v in os.environ.items() if k != "DAGSTER_HOME"}
        environment |= {"DOCLAKE_CONFIG": str(flow.folder), "PYTHONPATH": str(repository)}
        told = Path(flow.folder, "told")
        with told.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "doclake_dagster.pipelines.cli", *arguments],
                cwd=flow.folder,
                env=environment | {"TERM": "dumb"},
                stdout=subprocess.DEVNULL,
                stderr=stream,
                start_new_session=True,
            )
            limit = time.monotonic() + 120
            while until and not _has(flow, until):
                assert process.poll() is None and time.monotonic() < limit, told.read_text("utf-8")
                time.sleep(0.05)
            time.sleep(after)
            os.killpg(process.pid, number)
            code = process.wait(60)
        return code, told.read_text("utf-8")

    return run


def _has(flow, table: str) -> bool:
    """Whether the process has written rows of the new documents."""
    return len(Project.open(flow.folder).lake.read(table, columns=["source"])) > 50


def _is_calm(told: str) -> bool:
    """Nothing but the sentence, below the progress."""
    lines = [line for line in told.splitlines() if line.strip()]
    return [line for line in lines if not PROGRESS.search(line)] == [SENTENCE]


def _incidents(flow) -> int:
    return len(flow.lake.read("incidents"))


def test_while_it_imports(interrupted, flow):
    code, told = interrupted(*INGEST, after=0.3)
    assert (code, _is_calm(told)) == (130, True), told


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS)
def test_while_a_stage_of_dagster_runs(interrupted, flow, number):
    code, told = interrupted(*INGEST, until="documents", number=number)
    assert (code, _is_calm(told)) == (128 + number, True), told
    assert _incidents(flow) == 0


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0])
def test_after_some_seconds(interrupted, flow, after):
    code, told = interrupted(*INGEST, after=after)
    if code != 0 or after < 2:  # a fast machine is done after some seconds
        assert (code, _is_calm(told)) == (130, True), told
    assert _incidents(flow) == 0


@pytest.mark.slow
@pytest.mark.parametrize("until", ["elements", "chunks", "embeddings"])
@pytest.mark.parametrize("after", [0.0, 0.5, 2.0])
def test_after_a_table_has_rows(interrupted, flow, until, after):
    code, told = interrupted(*INGEST, until=until, after=after)
    if code != 0 or after < 2:  # a fast machine is done after some seconds
        assert (code, _is_calm(told)) == (130, True), told
    assert _incidents(flow) == 0
    flow.run()
    assert flow.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("search", "tide"), ("serve", "--port", "0"), ("status",)])
@pytest.mark.parametrize("after", [0.2, 0.6, 1.2])
def test_while_a_command_that_only_reads_loads(interrupted, arguments, after):
    code, told = interrupted(*arguments, after=after)
    if code != 0:  # it was done before
        assert (code, SENTENCE in told, "Traceback" in told) == (130, True, False), told
