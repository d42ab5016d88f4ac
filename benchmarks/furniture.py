"""What counting the lines at the ends of documents costs in a source of many.

    python benchmarks/furniture.py [--documents 1000000] [--folder FOLDER]

Rows of `edge_lines` as the stage `signals` writes them, 20 lines a document, three of them drawn
from a hundred that many have. Measured is what every run of the stage adds: counting the lines of
all, and looking for documents that were judged by others.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from doclake import ids
from doclake.project import Project
from doclake.stages import furniture
from doclake.stages.context import StageContext
from doclake.tables.edge_lines import EDGE_LINES

LINES, COMMON, SHARED = 20, 100, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        _measure(Path(folder), asked.documents)


def _measure(folder: Path, documents: int) -> None:
    (folder / "documents").mkdir()
    source = {"url": "documents", "buckets": 64, "access": ["everyone"]}
    settings = {"sources": {"notes": source}, "lake": "lake"}
    (folder / "doclake.yaml").write_text(yaml.safe_dump(settings))
    context = StageContext.whole(Project.open(folder), "notes")
    chance = np.random.default_rng(7)
    common = chance.integers(-(2**63), 2**63, COMMON)
    for bucket in context.buckets:
        rows = _rows(bucket, documents // len(context.buckets), common, chance)
        context.lake.append(EDGE_LINES.name, rows)
    stored = sum(file.stat().st_size for file in (folder / "lake").rglob("*.parquet"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    known = furniture.counted(context, {})
    counted, counted_cpu = time.perf_counter() - began, time.process_time() - cpu
    began, cpu = time.perf_counter(), time.process_time()
    first = furniture.outdated(_of(context, context.buckets[:1]), known)
    looked, looked_cpu = time.perf_counter() - began, time.process_time() - cpu
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    assert len(known) == COMMON and len(first) == documents // len(context.buckets)
    print(f"{documents:,} documents, {LINES * documents:,} lines, {stored / 1e6:,.0f} MB on disk")
    print(f"counting all: {counted:.1f} s, {counted_cpu:.1f} s of CPU time, {more:,} MB of memory")
    print(f"looking at one bucket of 64: {looked:.2f} s, {looked_cpu:.2f} s of CPU time")


def _of(context: StageContext, buckets: tuple[str, ...]) -> StageContext:
    return StageContext(context.project, context.source, buckets)


def _rows(bucket: str, count: int, common: np.ndarray, chance: np.random.Generator) -> pa.Table:
    keys = chance.integers(-(2**63), 2**63, (count, LINES))
    keys[:, :SHARED] = common[np.argsort(chance.random((count, COMMON)), axis=1)[:, :SHARED]]
    keys.sort(axis=1)
    names = [ids.digest("made", bucket, str(number)) for number in range(count)]
    offsets = pa.array(np.arange(0, keys.size + 1, LINES, dtype=np.int32))
    columns = {
        "source": ["notes"] * count,
        "bucket": [bucket] * count,
        "root_id": names,
        "doc_id": names,
        "keys": pa.ListArray.from_arrays(offsets, pa.array(keys.ravel())),
        "furniture": pa.nulls(count, pa.int64()),
    }
    return pa.table(columns, schema=EDGE_LINES.schema)


if __name__ == "__main__":
    main()
