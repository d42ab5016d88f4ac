"""What a sync of an Iceberg table costs, by how many files changed and how many there are.

    python -m benchmarks.iceberg 128 1024 6400

Each table has so many partitions of one file each, of eight rows. Then files change: none, 1, 100,
all, with a sync after each; a file that changes is one that leaves the table and one that comes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from deltalake import write_deltalake

from doclake.lake.iceberg import home
from doclake.lake.iceberg.sync import sync
from doclake.lake.lake import Lake
from doclake.tables.signals import SIGNALS

NAME, ROWS, BUCKETS = "signals", 8, 64


def rows(partitions: Sequence[int]) -> pa.Table:
    made = [
        SIGNALS.empty_row()
        | dict.fromkeys(("root_id", "doc_id", "step", "fingerprint"), "a")
        | {
            "source": f"s{number // BUCKETS}",
            "bucket": f"{number % BUCKETS:02}",
            "chunk_id": f"{number}-{row}",
        }
        for number in partitions
        for row in range(ROWS)
    ]
    return SIGNALS.arrow(made)


def change(lake: Lake, partitions: Sequence[int]) -> None:
    """The files of these partitions, in one commit; of more than a hundred, all."""
    terms = [
        f"(source = 's{one // BUCKETS}' AND bucket = '{one % BUCKETS:02}')" for one in partitions
    ]
    bare = pa.schema([field.remove_metadata() for field in SIGNALS.schema])
    write_deltalake(
        lake.open(NAME),
        rows(partitions).cast(bare),
        mode="overwrite",
        predicate=" OR ".join(terms) if len(terms) <= 100 else None,
    )


def measured(lake: Lake) -> str:
    started = time.perf_counter()
    (done,) = sync(lake, [NAME])
    seconds = time.perf_counter() - started
    metadata = Path(home.place(lake, NAME), "metadata")
    size = sum(file.stat().st_size for file in metadata.iterdir()) / 1e3
    return f"{done.files:,} | {done.added:,} | {done.removed:,} | {seconds:.2f} | {size:,.0f}"


def main(sizes: Sequence[int]) -> None:
    print(
        "| files | added | removed | seconds | kB of metadata in all |\n|---:|---:|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        warm = Lake(f"{folder}/warm")
        warm.append(NAME, rows([0]))
        sync(warm, [NAME])  # whose imports and first catalog are not of a table
        for files in sizes:
            lake = Lake(f"{folder}/{files}")
            lake.append(NAME, rows(range(files)))
            print(f"| {measured(lake)} |", flush=True)
            for number in (0, 1, 100, files):
                if number and number <= files:
                    change(lake, range(number))
                print(f"| {measured(lake)} |", flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [64, 1024])
