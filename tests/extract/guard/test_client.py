"""Talking to a supervisor that may die at any word."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from doclake.errors import ParsersUnavailable
from doclake.extract.extractor import Extractor
from doclake.extract.guard.client import Supervision
from doclake.settings import Limits


@pytest.fixture
def supervision(tmp_path: Path) -> Iterator[Supervision]:
    supervision = Supervision(tmp_path, [], 1)
    yield supervision
    supervision.close()


def test_half_an_answer_answers_every_request(supervision):
    ours, theirs = socket.socketpair()
    waiting = {number: Future() for number in range(3)}
    futures = list(waiting.values())
    theirs.sendall(b'{"id": 0, "exit": 0}\n{"id": 1, "ex')
    theirs.close()
    supervision._listen(ours, waiting)
    assert [future.result(0) for future in futures] == [{"id": 0, "exit": 0}, None, None]


def test_the_end_of_a_supervisor_answers_no_request_to_the_next(supervision):
    ours, theirs = socket.socketpair()
    theirs.close()
    supervision._waiting = {7: Future()}
    supervision._listen(ours, {})
    assert not supervision._waiting[7].done()


def test_a_supervisor_that_cannot_be_started_is_no_fault_of_a_document(supervision, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ParsersUnavailable, match="No such file or directory: /nowhere/python"):
        supervision.submit({}).result(5)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ParsersUnavailable, match="ended at once"):
        supervision.submit({}).result(5)


def test_a_library_that_is_missing_stops_the_run_and_blames_no_document(document):
    documents = [document("one"), document("two", "b.odd")]
    with (
        Extractor(Limits(), 1, detect="not_there:detect", load="not_there:load") as extractor,
        pytest.raises(ParsersUnavailable, match="No module named 'not_there'"),
    ):
        list(extractor.extract(documents))
