"""No recall gives a foreign row, whoever joins or leaves. benchmarks/memory_access.py asks more."""

from __future__ import annotations

import random
from pathlib import Path

from tests.memory.access_model import Trial


def test_recalls_give_no_foreign_row_and_miss_none_while_pools_change(tmp_path: Path) -> None:
    trial = Trial(tmp_path, agents=8, pools=3, chance=random.Random(1))
    trial.remember(24)
    for number in range(80):
        if number % 8 == 7:
            trial.change()
        trial.ask()
    counted = trial.counted
    assert (counted.foreign, counted.missing) == (0, 0)
    assert counted.withheld > 10 and counted.rows > 100


def test_the_model_finds_a_row_that_an_agent_may_not_see(tmp_path: Path) -> None:
    trial = Trial(tmp_path, agents=4, pools=1, chance=random.Random(1))
    trial.remember(8)
    trial.world.owner = dict.fromkeys(trial.world.owner, "somebody")  # the model is wrong now
    for _ in range(20):
        trial.ask()
    assert trial.counted.foreign > 0
