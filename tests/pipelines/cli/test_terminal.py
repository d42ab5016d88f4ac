"""Names of documents come from anywhere: no command lets one reach the terminal as it is."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from typing import Any

import dagster as dg
import pytest

from doclake.display import shown_lines
from doclake_dagster.pipelines.cli import console
from doclake_dagster.pipelines.cli.console import SafeConsole

HOSTILE = "a\x1b]0;owned\x07[red]\x1b[2J\u202e:smile:\nnotes: all is well\x9b31m"
Printed = Callable[..., str]


@pytest.fixture
def printed(command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Printed:
    """`printed("status")` is what `doclake status` prints."""
    monkeypatch.setattr(console, "err", SafeConsole(stderr=True, width=400))
    monkeypatch.setattr(console, "out", SafeConsole(width=400))

    def run(*arguments: str) -> str:
        command(*arguments)
        return "".join(capsys.readouterr())

    return run


@pytest.mark.slow
def test_no_name_of_a_document_reaches_the_terminal_as_it_is(flow: Any, printed: Printed) -> None:
    flow.write(f"{HOSTILE}.pdf", "%PDF-1.7\nthis is no PDF at all\n")
    flow.write(f"{HOSTILE}.md", "# A kettle\n\nThe kettle is blue.\n")
    with zipfile.ZipFile(flow.documents / "tools.zip", "w") as archive:
        archive.writestr(f"{HOSTILE}.txt", "The rake is made of bamboo.")
        archive.writestr(f"{HOSTILE}2.pdf", "%PDF-1.7\nthis is no PDF at all\n")
    told = {
        "dry run": printed("ingest", "--dry-run"),
        "ingest": printed("ingest"),
        "failures": printed("failures"),
        "search": printed("search", "Which colour is the kettle?", "-k", "1"),
        "extract": printed("extract", str(flow.documents / f"{HOSTILE}.md")),
        "archive": printed("extract", str(flow.documents / "tools.zip")),
        "status": printed("status"),
        "nothing there": printed("extract", f"{HOSTILE}.pdf"),
        "replay": printed("replay", "--reason", "malformed"),
    }
    for name, text in told.items():
        assert shown_lines(text) == text, name
        assert "\nnotes: all is well" not in text, name
        if name not in ("status", "archive"):  # names of members are made safe when they are read
            assert r"a\x1b]0;owned\x07[red]\x1b[2J\u202e:smile:\nnotes: all is well" in text, name
    rows = flow.lake.read("documents", columns=["path"])["path"].to_pylist()
    assert f"{HOSTILE}.pdf" in rows
    listed = printed("failures", "--json")
    assert shown_lines(listed) == listed
    paths = [json.loads(line)["path"] for line in listed.splitlines()]
    assert f"{HOSTILE}.pdf" in paths


def test_no_name_reaches_the_log_of_a_run_or_its_markdown(flow: Any, printed: Printed) -> None:
    flow.write(f"{HOSTILE}<img src=x>.pdf", "%PDF-1.7\nthis is no PDF at all\n")
    printed("ingest")
    with dg.DagsterInstance.get() as instance:
        last, _ = instance.get_runs()
        entries = instance.all_logs(last.run_id)
        failures = [
            str(event.materialization.metadata["failures"].value)
            for event in (entry.dagster_event for entry in entries)
            if event is not None
            and event.is_step_materialization
            and "failures" in event.materialization.metadata
        ]
    logged = [entry.user_message for entry in entries if "malformed" in entry.user_message]
    assert logged
    for text in (*logged, *failures):
        assert shown_lines(text) == text
        assert "\nnotes: all is well" not in text
    assert failures
    assert r"\<img" in failures[0]
