"""Kill runs with SIGKILL, run again, and compare with a lake nobody disturbed.

    python benchmarks/kill_harness.py --kills 100 > report.md

Every scenario of `tests/integration/killing.py` is killed at commit points spread over its whole
length (before and after the calls that change the lake or the index), and in every other trial at a
random moment. The repeated run of an ingest is killed too. After a good run, ids, hashes, counts,
vectors and the index must be those of the undisturbed lake, and the doctor must find nothing.

Prints a report in Markdown and exits with 1 if any trial differs.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "integration")]

from children import Kill, warm_up  # noqa: E402
from killing import SCENARIOS, Harness, Scenario, Trial, ingest  # noqa: E402

REPEATED_POINTS = 12  # the repeated run is killed at one of its first commit points


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100, help="at least this many")
    parser.add_argument("--seed", type=int, default=20240501)
    options = parser.parse_args()
    warm_up()
    chance = random.Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="doclake-kills-"))
    try:
        harness = Harness(folder)
        trials: list[Trial] = []
        for number, (scenario, point) in enumerate(_plan(harness, chance)):
            kills = _kills(harness, scenario, number // len(SCENARIOS), point, chance)
            trials.append(harness.trial(scenario, *kills))
            print(_line(trials[-1]), file=sys.stderr, flush=True)
            if sum(len(trial.kills) for trial in trials) >= options.kills:
                break
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(_report(harness, trials, options.seed))
    return 1 if any(trial.problems for trial in trials) else 0


def _plan(harness: Harness, chance: random.Random) -> Iterator[tuple[Scenario, int]]:
    """(scenario, commit point): the scenarios take turns, each with its points in random order."""
    orders = {}
    for scenario in SCENARIOS:
        points = list(range(len(harness.measure(scenario))))
        chance.shuffle(points)
        orders[scenario.name] = points
    while any(orders.values()):
        for scenario in SCENARIOS:
            if orders[scenario.name]:
                yield scenario, orders[scenario.name].pop()


def _kills(
    harness: Harness, scenario: Scenario, number: int, point: int, chance: random.Random
) -> tuple[Kill, ...]:
    """A kill at the point, or in every other trial of an ingest at a random moment between its
    first commit and its end; then one of the repeated ingest, soon after its first commit."""
    if scenario.work is not ingest:
        return (Kill(point),)
    random_moment = Kill(seconds=chance.uniform(*harness.window[scenario.name]))
    return (random_moment if number % 2 else Kill(point)), Kill(chance.randrange(REPEATED_POINTS))


def _line(trial: Trial) -> str:
    verdict = "identical" if not trial.problems else "DIFFERENT"
    problems = "".join(f"\n    {problem}" for problem in trial.problems)
    return f"{trial.scenario}: {'; '.join(trial.kills)}: {verdict}, {trial.seconds:.0f} s{problems}"


def _report(harness: Harness, trials: list[Trial], seed: int) -> str:
    kills = sum(len(trial.kills) for trial in trials)
    good = sum(not trial.problems for trial in trials)
    lines = [
        f"{kills} kills in {len(trials)} trials, {good} identical to the undisturbed lake, "
        f"{len(trials) - good} different (seed {seed}, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores).",
        "",
        "| scenario | what is killed | commit points | trials | killed at a point "
        "| killed at a random moment | identical |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for scenario in SCENARIOS:
        mine = [trial for trial in trials if trial.scenario == scenario.name]
        where = [kill for trial in mine for kill in trial.kills]
        timed = sum(kill.startswith("at ") for kill in where)
        lines.append(
            f"| {scenario.name} | {scenario.about} | {len(harness.points[scenario.name])} "
            f"| {len(mine)} | {len(where) - timed} | {timed} "
            f"| {sum(not trial.problems for trial in mine)} |"
        )
    lines += ["", "| where the run died | kills |", "|---|---:|"]
    places = Counter(
        "random moment" if kill.startswith("at ") else kill
        for trial in trials
        for kill in trial.kills
    )
    lines += [f"| {place} | {number} |" for place, number in sorted(places.items())]
    lines += ["", *(_line(trial) for trial in trials if trial.problems)]
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    sys.exit(main())
