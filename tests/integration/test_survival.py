"""Runs that are killed, meet each other or find no room leave nothing that the next run does not
mend. The long form of the kills is `benchmarks/kill_harness.py`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

TRIALS = Path(__file__).with_name("trials.py")


def _try(folder: Path, *trials: str) -> dict[str, list[str]]:
    """What is wrong after each trial, next to an undisturbed lake."""
    ran = subprocess.run(
        [sys.executable, str(TRIALS), str(folder), *trials], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    problems: dict[str, list[str]] = json.loads(ran.stdout.splitlines()[-1])
    assert problems.keys() == set(trials)
    return problems


@pytest.mark.slow
def test_a_run_killed_at_a_commit_ends_as_if_nobody_had_killed_it(tmp_path):
    kills = (
        "revert: after Lake.replace elements",
        "rebuild: after IndexRows.replace",
    )
    assert _try(tmp_path, *kills) == {trial: [] for trial in kills}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_runs_at_once_end_in_the_state_of_one(tmp_path):
    trials = ("one_source_by_two", "two_sources_by_two")
    assert _try(tmp_path, *trials) == {trial: [] for trial in trials}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_space_and_no_permission_fail_clearly_and_damage_nothing(tmp_path):
    trials = ("disk_full", "disk_full_for_the_index", "permission_denied")
    assert _try(tmp_path, *trials) == {trial: [] for trial in trials}
