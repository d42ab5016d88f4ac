"""Kill processes that remember, correct, forget and consolidate, and judge what is left.

    python benchmarks/memory_kills.py --kills 30

Two writers of one agent and a process that consolidates work at once. Each kill is a SIGKILL at a
random moment; another process takes its place. Whatever was acknowledged must stand once, with its
event, in the table and in its view; chains must be whole, and the doctor must find nothing. The
control acknowledges before it does, and shows that this trial can fail.

Prints a report in Markdown and exits with 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.memory.verb_kills import Outcome, trial

VERBS = ("remember", "vary", "correct", "forget")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--control", type=int, default=6, help="kills of the control")
    parser.add_argument("--seed", type=int, default=20240501)
    options = parser.parse_args()
    print("| acknowledged | kills | remembered | said otherwise | corrected | forgotten ", end="")
    print("| done again | merged | rows | wrong | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    outcome = _told("when done", options.kills, options.seed, early=False)
    if options.control:
        _told("before (control)", options.control, options.seed, early=True)
    print(*outcome.wrong, sep="\n")
    return 1 if outcome.wrong else 0


def _told(name: str, kills: int, seed: int, *, early: bool) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="doclake-kills-") as folder:
        one = trial(Path(folder), kills=kills, seed=seed, early=early)
    verbs = " | ".join(f"{one.done[verb]:,}" for verb in VERBS)
    print(
        f"| {name} | {one.killed} | {verbs} | {one.again} | {one.merged:,} | {one.rows:,} "
        f"| {len(one.wrong):,} | {one.seconds:.0f} |",
        flush=True,
    )
    return one


if __name__ == "__main__":
    sys.exit(main())
