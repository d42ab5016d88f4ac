"""Ask for memories of others, while pools change, and count foreign rows.

    python benchmarks/memory_access.py [--recalls 10000]

50 agents and 5 pools. Each recall asks for the exact text of one of 1,500 memories, of any agent.
After each tenth somebody joins or leaves a pool, or a memory is shared, unshared or forgotten. A
model of its own (tests/memory/access_model.py) says who may see what.

Prints a report in Markdown and exits with 1 if a row was foreign or missing.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from doclake.search import audit
from tests.memory.access_model import Trial


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recalls", type=int, default=10_000)
    parser.add_argument("--memories", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doclake-access-") as folder:
        begun = time.monotonic()
        trial = Trial(Path(folder), agents=50, pools=5, chance=random.Random(options.seed))
        trial.remember(options.memories)
        for number in range(options.recalls):
            if number % 10 == 9:
                trial.change()
            trial.ask()
        audit.write()  # what waits is written now, and not into a folder that is being removed
        counted = trial.counted
        print("| recalls | changes | rows | asked for what is not theirs | foreign | missing | s |")
        print("|---:|---:|---:|---:|---:|---:|---:|")
        print(
            f"| {counted.recalls:,} | {counted.changes:,} | {counted.rows:,} "
            f"| {counted.withheld:,} | {counted.foreign} | {counted.missing} "
            f"| {time.monotonic() - begun:,.0f} |"
        )
    return 1 if counted.foreign or counted.missing else 0


if __name__ == "__main__":
    sys.exit(main())
