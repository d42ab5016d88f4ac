"""Speed and memory of the whole job, stage by stage, over a folder of real documents.

    python benchmarks/ingest.py FOLDER [--include GLOB] [--workers N]

Runs the real Dagster job on an empty lake, then a second time, and prints a Markdown table:
documents, pages and chunks per second of each stage, and the peak memory of the process with all
of its child processes (proportional set size, so pages shared after a fork count once).
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import yaml

from doclake import progress
from doclake.health import balance, counts
from doclake.progress import Step
from doclake.project import Project
from doclake_dagster.pipelines.definitions import source_jobs
from doclake_dagster.pipelines.run_sources import ingest

STAGES = ("documents", "elements", "chunks", "embeddings", "search_index")


class Memory:
    """Samples the memory of this process and its child processes; keeps the peak of each stage."""

    def __init__(self) -> None:
        self.peaks: dict[str, int] = defaultdict(int)
        self.stage = STAGES[0]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def __call__(self, step: Step) -> None:
        self.stage = step.stage

    def _sample(self) -> None:
        me = psutil.Process()
        while not self._done.wait(1.0):
            used = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    used += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peaks[self.stage] = max(self.peaks[self.stage], used)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--include", action="append", default=None)
    arguments.add_argument("--exclude", action="append", default=[])
    arguments.add_argument("--workers", type=int, default=2)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="doclake-benchmark-") as folder:
        run(given, Path(folder))


def run(given: argparse.Namespace, folder: Path) -> None:
    source = {"url": str(given.folder.resolve()), "access": ["everyone"], "exclude": given.exclude}
    source |= {"include": given.include} if given.include else {}
    config = {"sources": {"benchmark": source}, "processing": {"workers": given.workers}}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(config))
    project = Project.open(folder)
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        for title in ("First run", "Second run, nothing changed"):
            with Memory() as memory, progress.listening(memory):
                started = time.perf_counter()
                (outcome,) = ingest(project, source_jobs(project, ["benchmark"]), instance)
                wall = time.perf_counter() - started
            print_table(title, outcome.metadata, memory, wall)
    total = counts.total(balance.status(project))
    print(
        f"\n{total.documents:,} documents ({total.listed:,} listed, the rest found inside them), "
        f"{total.failed} failed with a typed reason, {total.elements:,} elements, "
        f"{total.chunks:,} chunks; balanced: {total.balanced}"
    )
    for problem in total.problems:
        print("-", problem)


def print_table(title: str, metadata: dict[str, Any], memory: Memory, wall: float) -> None:
    pages = metadata["elements"].get("pages", 0)
    chunks = metadata["chunks"]["rows_written"]
    print(f"\n### {title}: {wall:.1f} s\n")
    print("| stage | seconds | documents | documents/s | pages/s | chunks/s | peak MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for stage in STAGES:
        figures = metadata[stage]
        seconds, documents = figures["seconds"], figures["documents_done"]
        rates = [
            _rate(documents, seconds),
            _rate(pages, seconds) if stage == "elements" else "",
            _rate(chunks, seconds) if stage in STAGES[2:] else "",
        ]
        peak = memory.peaks[stage] / 1e6
        print(
            f"| {stage} | {seconds:.1f} | {documents:,} | {' | '.join(rates)} "
            f"| {f'{peak:,.0f}' if peak else ''} |"
        )


def _rate(amount: float, seconds: float) -> str:
    return f"{amount / seconds:,.1f}" if amount and seconds else ""


if __name__ == "__main__":
    main()
