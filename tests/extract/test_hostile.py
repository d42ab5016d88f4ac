"""Hostile files through the real extractor: a typed outcome, in time, in bounds, nothing left.

The corpus stands beside the repository; where it does not, these tests say so and skip.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import hostile_outcomes
from benchmarks.hostile_outcomes import CORPUS, Case, Verdict
from doclake.errors import DocumentError
from doclake.settings import Limits
from tests import corpus

A_CLASS = 4  # files of each class of attack in the fast run
SLOW = frozenset({"pdf_bomb", "pdf_nesting", "html_nesting", "image_bomb"})  # up to 30 s a file


# The limit is CPU time; on the clock a busy machine may take several times as long.
LONGEST = Limits().timeout_seconds * Limits().wall_clock_factor + 1


def chosen(*, fast: bool) -> list[Case]:
    corpus.path("hostile")
    seen: dict[str, int] = {}
    found = []
    for case in hostile_outcomes.cases():
        seen[case.attack] = seen.get(case.attack, 0) + 1
        if not fast or (case.attack not in SLOW and seen[case.attack] <= A_CLASS):
            found.append(case)
    return found


def check(verdicts: list[Verdict], capfd: pytest.CaptureFixture[str]) -> None:
    assert "Traceback" not in "".join(capfd.readouterr())
    for verdict in verdicts:
        assert verdict.seconds < LONGEST, verdict.case
        assert verdict.peak_mb < 2048 + 300, verdict.case  # the limit, above an idle parser
        for document in verdict.tree:
            error = document.error
            assert error is None or isinstance(error, DocumentError)
            assert error is None or "Traceback" not in str(error)
            assert error is not None or document.elements.num_rows or len(verdict.tree) > 1
    unexpected = [verdict for verdict in verdicts if not verdict.met]
    assert not unexpected, "\n" + hostile_outcomes.details(unexpected)


@pytest.fixture
def untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everything temporary goes to one place, which must be empty in the end; the corpus stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = state_of_corpus()
    yield
    assert list(tmp_path.iterdir()) == []
    assert state_of_corpus() == before


def state_of_corpus() -> dict[Path, int]:
    return {path: path.lstat().st_mtime_ns for path in CORPUS.rglob("*")}


def test_a_sample_of_every_attack_ends_as_expected(untouched, capfd):
    check(list(hostile_outcomes.run(chosen(fast=True), workers=2)), capfd)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_hostile_file_ends_as_expected(untouched, capfd):
    check(list(hostile_outcomes.run(chosen(fast=False), workers=2)), capfd)
