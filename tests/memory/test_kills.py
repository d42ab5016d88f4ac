"""What was acknowledged outlives kill -9, once. benchmarks/memory_kills.py does it more often."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.memory.verb_kills import trial


@pytest.mark.slow
def test_no_memory_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    outcome = trial(tmp_path, kills=6, seed=1)
    assert outcome.wrong == []
    assert outcome.done.keys() >= {"remember", "correct", "forget", "vary"}


@pytest.mark.slow
def test_a_writer_that_acknowledges_too_early_is_found_out(tmp_path: Path) -> None:
    outcome = trial(tmp_path, kills=6, seed=2, early=True, longest=0.5)
    assert any("is lost" in one for one in outcome.wrong)
