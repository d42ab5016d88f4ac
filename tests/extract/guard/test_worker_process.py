"""Time limits count what a parser computes, and no worker is waited for without a limit."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from doclake import errors
from doclake.extract.extractor import Extractor
from doclake.settings import Limits
from tests.extract.guard.processes import comes_true, running

LINUX = sys.platform.startswith("linux")


def only(trees):
    ((document,),) = trees
    return document


def text_of(document) -> list[str]:
    assert document.error is None, document.error
    return document.elements["text"].to_pylist()


def test_a_parser_that_waits_is_ended_by_the_clock_and_no_other_document_waits_for_it(extract):
    limits = {"timeout_seconds": 0.5, "wall_clock_factor": 2}
    waited, after, again, last = (tree[0] for tree in extract(*2 * ("hang", "text a"), **limits))
    for late in (waited, again):
        assert type(late.error) is errors.ParserTimeout
        assert 1 <= late.error.facts["wall_seconds"] < 4
        assert late.error.facts["cpu_seconds"] < 0.5
    assert (text_of(after), text_of(last)) == (["a"], ["a"])


def test_a_parser_that_computes_is_ended_by_its_cpu_time(extract):
    busy = only(extract("work 60", timeout_seconds=0.5, wall_clock_factor=100))
    assert type(busy.error) is errors.ParserTimeout
    assert 0.5 <= busy.error.facts["cpu_seconds"] < 2
    assert busy.error.facts["wall_seconds"] < 50
    assert "s of CPU in" in busy.error.message
    assert "0.5 s of CPU in 50 s are allowed" in busy.error.message


def test_what_its_threads_compute_counts_together(extract):
    busy = only(extract("threads 60", timeout_seconds=0.5, wall_clock_factor=100))
    assert type(busy.error) is errors.ParserTimeout


@pytest.mark.skipif(not LINUX, reason="only Linux binds a process to a processor")
def test_a_crowd_on_the_machine_does_not_make_a_document_late(odd_parsers, document):
    """It takes longer than its limit, but only because it waits for the processor."""
    limits = Limits(timeout_seconds=1, wall_clock_factor=100)
    with Extractor(limits, 1, **odd_parsers) as extractor:
        assert text_of(extractor._extract_batch([document("text warm")])[0][0]) == ["warm"]
        ours = [int(pid) for pid in running(str(extractor._guard._workspace.path))]
        busy = [sys.executable, "-c", "while True: pass"]
        crowd = [subprocess.Popen(busy) for _ in range(3)]
        try:
            for pid in [*ours, *(process.pid for process in crowd)]:
                os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})
            slow = extractor._extract_batch([document("work 0.6")])[0][0]
        finally:
            for process in crowd:
                process.kill()
                process.wait()
    assert text_of(slow) == ["done"]
    assert slow.cpu_seconds < 1 < slow.seconds


def test_a_worker_that_computes_on_between_documents_is_ended(odd_parsers, document):
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        assert extractor._extract_batch([document("haunt 60")])[0][0].error is None
        mine = str(extractor._guard._workspace.path)
        assert comes_true(lambda: len(running(mine)) == 1)  # the supervisor alone
        ((after,),) = extractor.extract([document("leak")])
    assert after.elements["text"].to_pylist() == ["seen 1"]


def test_a_worker_that_leaves_its_pipes_keeps_nobody(odd_parsers, document):
    with Extractor(Limits(), 1, **odd_parsers) as extractor:
        stayed, after = extractor.extract([document("stay", "a"), document("text well", "b")])
    assert type(stayed[0].error) is errors.ParserCrashed
    assert stayed[0].seconds < 10
    assert after[0].elements["text"].to_pylist() == ["well"]
