"""The audit knows of each search who asked and how many rows of which source he was given."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time

import pytest

from doclake import Project
from doclake.errors import PassageGone, SettingsError
from doclake.govern import erasure, erasure_targets
from doclake.search import audit
from doclake.search.answer import Answerer
from tests.flow import Flow

QUESTION = "Where is the spade of kim@example.org?"
NOTHING = {"language": "de"}


@pytest.fixture
def project(flow) -> Project:
    flow.configure(search={})
    return Project.open(flow.folder)


def _rows(project: Project, *columns: str) -> list[tuple]:
    audit.write()
    rows = project.lake.read("audit").sort_by("done_at").to_pylist()
    return [tuple(row[name] for name in columns) for row in rows]


def test_a_search_an_answer_and_a_passage_are_noted_with_who_asked(project):
    hits = project.search(QUESTION, principals=["user:kim", "group:\u1100\u1161"])
    assert project.search(QUESTION, **NOTHING) == []
    Answerer(project).ask(QUESTION)
    project.passage(hits[0].citation_id, principals=["user:lee"])
    with pytest.raises(PassageGone):
        project.passage("00.00")
    assert _rows(project, "action", "source", "row_count", "asked_as", "question") == [
        ("search", "notes", len(hits), ["user:kim", "group:가"], None),
        ("search", "-", 0, [], None),
        ("ask", "notes", project.lake.read("chunks").num_rows, [], None),
        ("passage", "notes", 1, ["user:lee"], None),
    ]
    assert project.table("audit").num_rows == 4
    ids = [subject for (subject,) in _rows(project, "subject_id")]
    assert (len(set(ids)), ids[-1]) == (4, hits[0].citation_id)


def test_the_question_is_kept_only_if_that_is_asked_for_and_masked_as_documents_are(flow):
    flow.configure(search={"audit": "queries"}, recipe={"personal_data": {"email": "hash"}})
    project = Project.open(flow.folder)
    project.search(QUESTION)
    assert _rows(project, "question") == [("Where is the spade of [email]?",)]


def test_a_question_that_waits_while_its_document_is_erased_is_written_without_its_text(flow):
    flow.configure(search={"audit": "queries"})
    project, erased = Project.open(flow.folder), "Who wrote tools.txt?"
    project.search(erased)  # in a server it waits for half a minute
    targets = erasure_targets.of_documents(flow.project, ["tools.txt"], None)
    erasure_id = erasure.begin(flow.project, targets)
    project.search(erased)
    erasure.finish(flow.project, erasure_id)
    project.search(QUESTION)
    questions = _rows(project, "question", "action")
    assert [asked for asked, action in questions if action == "search"] == [None, None, QUESTION]


def test_nothing_is_kept_if_the_audit_is_off(flow):
    flow.configure(search={"audit": False})  # as YAML reads `off`
    project = Project.open(flow.folder)
    project.search(QUESTION)
    audit.refused_token(project, "192.0.2.7")
    assert _rows(project, "action") == []
    assert project.lake.version("audit") is None


def test_rows_are_written_together_after_some_seconds_or_when_there_are_many(project, monkeypatch):
    monkeypatch.setattr(audit, "SECONDS", 0.3)
    for _ in range(20):
        audit.given(project, "search", ["notes"], ())
    assert project.lake.version("audit") is None
    _wait(lambda: project.lake.read("audit").num_rows == 20)
    assert project.lake.version("audit") == 1
    monkeypatch.setattr(audit, "SECONDS", 600)
    monkeypatch.setattr(audit, "ENOUGH", 40)
    for _ in range(40):
        audit.given(project, "search", ["notes"], ())
    _wait(lambda: project.lake.read("audit").num_rows == 60)


def _wait(is_so) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_command_line_writes_what_it_gave_when_it_ends_and_says_nothing_of_it(
    project, flow, repository
):
    command = [sys.executable, "-m", "doclake_dagster.pipelines.cli", "search", QUESTION]
    environment = os.environ | {"DOCLAKE_CONFIG": str(flow.folder), "PYTHONPATH": str(repository)}
    done = subprocess.run(
        [*command, "-k", "3", "--as", "user:kim"], env=environment, capture_output=True, check=True
    )
    assert done.stderr == b""
    assert _rows(project, "source", "row_count", "asked_as") == [("notes", 3, ["user:kim"])]


def test_a_search_goes_on_while_the_audit_cannot_be_written_and_what_waits_is_kept(
    project, monkeypatch, caplog
):
    table = project.settings.local_path(project.lake.table_url("audit"))
    table.parent.joinpath("audit").write_text("no folder")
    with caplog.at_level(logging.ERROR):
        for number in range(7):
            audit.given(project, "search", ["notes"] * number, ())
        audit.write()
        monkeypatch.setattr(audit, "MOST", 5)
        assert project.search(QUESTION)
        audit.write()
    assert "not audited now" in caplog.text
    table.unlink()
    kept = _rows(project, "action", "row_count")
    assert [number for action, number in kept if action == "search"] == [3, 4, 5, 6, 5]
    assert ("not_kept", 3) in kept


def test_what_waits_for_a_lake_that_is_gone_makes_no_lake(tmp_path, flow):
    Flow.write_settings(tmp_path, search={})
    project = Project.open(tmp_path)
    audit.given(project, "search", ["notes"], ())
    audit.write()
    assert not (tmp_path / "lake").exists()


def test_a_text_in_place_of_a_list_of_principals_is_refused(project):
    with pytest.raises(SettingsError):
        project.search(QUESTION, principals="group:finance")
    with pytest.raises(SettingsError):
        project.passage("00.00", principals="group:finance")
    assert _rows(project, "action") == []
