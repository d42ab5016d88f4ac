"""What a person waits for: the start-up of each command over the samples, and of the code location.

    make demo && .venv/bin/python benchmarks/startup.py

Prints wall-clock and CPU seconds of whole processes, the best and the median of some runs. The
samples must be ingested, so that nothing is left to do.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
QUESTION = "What may the reserve for storm damage be used for?"
LOADED = "import doclake_dagster.pipelines.definitions as d; d.defs()"

COMMANDS: dict[str, Sequence[str]] = {
    "doclake --help": [str(BIN / "doclake"), "--help"],
    "doclake status": [str(BIN / "doclake"), "status"],
    "doclake search (cold, one question)": [str(BIN / "doclake"), "search", QUESTION],
    "doclake ingest (nothing to do)": [str(BIN / "doclake"), "ingest"],
    "import dagster": [sys.executable, "-c", "import dagster"],
    "code location": [sys.executable, "-c", LOADED],
}


def once(command: Sequence[str]) -> tuple[float, float]:
    """Wall-clock and CPU seconds of one process and its children."""
    environment = os.environ | {"DAGSTER_HOME": str(REPOSITORY), "DO_NOT_TRACK": "1"}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print("| process | best s | median s | median CPU s |")
    print("|---|---|---|---|")
    for name, command in COMMANDS.items():
        once(command)  # so that files are cached for all runs alike
        times = [once(command) for _ in range(runs)]
        walls, cpus = zip(*times, strict=True)
        best, middle = min(walls), statistics.median(walls)
        print(f"| {name} | {best:.2f} | {middle:.2f} | {statistics.median(cpus):.2f} |", flush=True)


if __name__ == "__main__":
    main()
