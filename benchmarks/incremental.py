"""Cost follows the change: a first ingest, then runs after ever smaller changes.

    python benchmarks/incremental.py [10000 100000]

Writes that many small text documents, runs the real Dagster job in a new process for each step, and
prints a Markdown table for each size: wall time, CPU time, peak memory of the process with its
children (proportional set size), and the rows each stage touched.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from benchmarks.watched import Took
from benchmarks.watched import run as run_command

WORDS = [
    "river",
    "stone",
    "market",
    "window",
    "garden",
    "letter",
    "winter",
    "bridge",
    "silver",
    "paper",
    "kitchen",
    "forest",
]
STAGES = ("documents", "elements", "chunks", "embeddings", "search_index")
FOLDER_SIZE = 1_000


def path_of(folder: Path, number: int) -> Path:
    return folder / f"{number // FOLDER_SIZE:03}" / f"{number:06}.txt"


def write(folder: Path, number: int, edition: int) -> None:
    chosen = random.Random(f"{number}.{edition}").choices(WORDS, k=14)
    path = path_of(folder, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Record {number}, edition {edition}: {' '.join(chosen)}.\n")


def configure(project: Path, buckets: int, **changes: object) -> None:
    source = {"url": "documents", "access": ["everyone"], "buckets": buckets}
    config = {"sources": {"records": source}, "lake": "lake"} | changes
    (project / "doclake.yaml").write_text(yaml.safe_dump(config))


def ingest(project: Path) -> tuple[Took, dict[str, Any]]:
    """What `doclake ingest` took, run as a user would, and the figures of its stages."""
    environment = {
        "DOCLAKE_CONFIG": str(project / "doclake.yaml"),
        "DAGSTER_HOME": str(project / "home"),
    }
    doclake = [sys.executable, "-W", "ignore", "-m", "doclake_dagster.pipelines.cli"]
    took = run_command([*doclake, "ingest", "--json"], environment, project / "ingest.log")
    return took, json.loads(took.output.splitlines()[-1])["stages"]


def steps(project: Path, size: int, buckets: int) -> list[tuple[str, Any]]:
    documents = project / "documents"

    def change() -> None:
        for number in range(0, size, 100):
            write(documents, number, 1)

    def delete() -> None:
        for number in range(1, size, 100):
            path_of(documents, number).unlink()

    def other_model() -> None:
        configure(project, buckets, embedding={"model": "all-MiniLM-L6-v2"})

    return [
        ("first ingest", lambda: None),
        ("unchanged", lambda: None),
        ("1 % changed", change),
        ("1 % deleted", delete),
        ("another embedding model", other_model),
    ]


def run(size: int, root: Path) -> None:
    project = root / str(size)
    (project / "home").mkdir(parents=True)
    (project / "home" / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    for number in range(size):
        write(project / "documents", number, 0)
    buckets = 8 if size <= 10_000 else 64
    configure(project, buckets)
    print(f"\n### {size:,} documents, {buckets} buckets\n")
    headings = " | ".join(f"{stage} rows" for stage in STAGES)
    print(f"| step | seconds | of the first | CPU s | peak MB | embedded | {headings} |")
    print("|---|---:|---:|---:|---:|---:|" + "---:|" * len(STAGES), flush=True)
    first = None
    for name, prepare in steps(project, size, buckets):
        prepare()
        took, stages = ingest(project)
        first = first or took.wall
        rows = " | ".join(f"{stages[stage].get('rows_written', 0):,}" for stage in STAGES)
        embedded = stages["embeddings"].get("embedded", 0)
        share = f"{took.wall / first:.1%}"
        print(
            f"| {name} | {took.wall:.1f} | {share} | {took.cpu:.1f} | {took.peak:,.0f} "
            f"| {embedded:,} | {rows} |",
            flush=True,
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    with tempfile.TemporaryDirectory(prefix="doclake-benchmark-") as root:
        for size in arguments.parse_args().sizes:
            run(size, Path(root))


if __name__ == "__main__":
    main()
