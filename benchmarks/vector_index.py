"""The vector index by size: what it costs to build and to extend, what it finds, how fast.

    python benchmarks/vector_index.py [10000 100000 1000000] [--questions 100]

Fills a search index with synthetic vectors in clusters (384 floats), has it optimized as a run
does, in a process of its own, and asks as a search does: the index is opened for each question,
with filters of access keys and sources. What is found is compared with a scan of all vectors. The
last filter passes a tenth of the clusters, so most questions are of another topic. Prints two
Markdown tables.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lance
import numpy as np

from doclake.health import recall
from doclake.index.batches import BATCH
from doclake.index.index import SearchIndex
from doclake.index.rows import IndexRows
from doclake.lake.lake import Lake
from doclake.search.hits import COLUMNS
from tests.index.vector_rows import ASIDE, SHARES, VectorRows, cosines_of, holding, new_index

ALL_SOURCES = f"source IN ('docs', '{ASIDE}')"
DIMENSION, CLUSTERS, K = 384, 2_000, 10
CANDIDATES = 100  # that a search asks for, to rank them
SHOWN = ["rows", "step", "wall s", "CPU s", "peak MB", "index MB", "vectors MB"]
ASKED = ["rows", "filter", "recall@10", "recall@100", "p50 ms", "p95 ms", "CPU ms"]
ASKED += ["8 clients: p50 ms", "p95 ms", "questions/s"]
FILTERS = {
    "none": None,
    **{f"{share:.0%}": f"{holding(key)} AND {ALL_SOURCES}" for key, share in SHARES.items()},
    "10%, another topic": f"source = '{ASIDE}'",
}


def optimize(folder: str) -> None:
    """Optimize the index of a lake; prints wall and CPU seconds and the peak memory in MB."""
    index = SearchIndex(Lake(folder))
    started = time.perf_counter(), time.process_time()
    with index.writer():
        index.optimize(index.require()[0])
    (peak,) = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    print(json.dumps([wall, cpu, int(peak) / 1024]))


def optimized(folder: str) -> list[float]:
    command = [sys.executable, __file__, "--optimize", folder]
    return list(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def megabytes(index: SearchIndex) -> float:
    """Size of the indices that searches use now; those of before stay for an hour."""
    rows = index.require()[1]
    segments = [
        one.uuid for index in lance.dataset(rows.url).describe_indices() for one in index.segments
    ]
    folders = [Path(rows.url, "_indices", str(uuid)) for uuid in segments]
    return sum(file.stat().st_size for folder in folders for file in folder.iterdir()) / 1e6


def fill(index: SearchIndex, drawn: VectorRows, count: int) -> None:
    """Commits of as many rows as those of a run."""
    table = index.require()[1]
    for start in range(0, count, BATCH):
        table = table.replace([], drawn.rows(min(BATCH, count - start)))


def truth(rows: IndexRows, questions: np.ndarray, where: str | None) -> list[list[str]]:
    """Ids of the nearest rows to each question that pass, by a scan of all vectors, nearest
    first."""
    best: list[list[tuple[float, str]]] = [[] for _ in questions]
    columns = ["chunk_id", "vector"]
    for batch in lance.dataset(rows.url).to_batches(columns=columns, filter=where):
        ids = batch["chunk_id"]
        for number, cosines in enumerate(cosines_of(batch["vector"], questions)):
            pairs = [
                (float(cosines[i]), ids[int(i)].as_py()) for i in np.argsort(-cosines)[:CANDIDATES]
            ]
            best[number] = sorted(best[number] + pairs, reverse=True)[:CANDIDATES]
    return [[name for _, name in pairs] for pairs in best]


def recall_of(
    rows: IndexRows, questions: np.ndarray, true: list[list[str]], where: str | None, k: int
) -> float:
    """The share of the `k` nearest that are found."""
    hits = wanted = 0
    for question, nearest in zip(questions, true, strict=True):
        found = rows.by_vector(question, k, where, ["chunk_id"])["chunk_id"].to_pylist()
        hits += len(set(nearest[:k]).intersection(found))
        wanted += len(nearest[:k])
    return hits / wanted


def ask(
    index: SearchIndex, questions: np.ndarray, where: str | None, clients: int
) -> tuple[np.ndarray, float, float]:
    """Milliseconds of each question, milliseconds of CPU of one, questions a second."""

    def one(number: int) -> float:
        started = time.perf_counter()
        index.require()[1].by_vector(questions[number], K, where, COLUMNS)
        return time.perf_counter() - started

    for number in range(5):  # what is read once stays in memory
        one(number)
    started = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(clients) as pool:
        seconds = list(pool.map(one, range(len(questions))))
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    asked = len(questions)
    return np.array(seconds) * 1e3, cpu / asked * 1e3, asked / wall


def measure(size: int, number: int) -> Iterator[tuple[list[str], list[object]]]:
    """Rows of both tables."""
    with tempfile.TemporaryDirectory() as folder:
        index, _ = new_index(Path(folder), DIMENSION)
        drawn = VectorRows(DIMENSION, CLUSTERS)
        fill(index, drawn, size)
        for step, added in (("build", 0), ("1 % more", size // 100)):
            fill(index, drawn, added)
            costs = optimized(folder)
            sizes = megabytes(index), size * DIMENSION * 4 / 1e6
            yield SHOWN, [size, step, *(f"{value:,.1f}" for value in (*costs, *sizes))]
        started = time.perf_counter(), time.process_time()
        found = recall.measure(index)
        wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
        yield SHOWN, [size, f"check: {found:.3f}", f"{wall:.1f}", f"{cpu:.1f}", "", "", ""]
        questions = drawn.vectors(number)
        for about, where in FILTERS.items():
            rows = index.require()[1]
            true = truth(rows, questions, where)
            shares = [f"{recall_of(rows, questions, true, where, k):.3f}" for k in (K, CANDIDATES)]
            alone, many = (ask(index, questions, where, clients) for clients in (1, 8))
            figures = [*np.quantile(alone[0], [0.5, 0.95]), alone[1]]
            figures += [*np.quantile(many[0], [0.5, 0.95]), many[2]]
            yield ASKED, [size, about, *shares, *(f"{one:,.1f}" for one in figures)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--optimize", metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.optimize:
        optimize(arguments.optimize)
        return
    tables: dict[str, list[str]] = {}
    for size in arguments.sizes:
        for columns, cells in measure(size, arguments.questions):
            line = f"| {' | '.join(map(str, cells))} |"
            head = f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"
            tables.setdefault(head, []).append(line)
            print(line, file=sys.stderr, flush=True)
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    print("\n\n".join("\n".join([head, *lines]) for head, lines in tables.items()))
    print(f"\nLoad of the machine in the last 1, 5 and 15 minutes: {load}")


if __name__ == "__main__":
    main()
