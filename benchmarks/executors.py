"""What extraction on Ray costs beside extraction in workers of this process: same documents, same
machine, same number of documents at once.

    python benchmarks/executors.py --copies 20 --rounds 3

Each round runs both, one after the other; the fastest round of each counts. `start`: until the
first document is handed in; `first`: until the first comes back; `rest`: from there to the last.
Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "tests" / "integration")]

from little_source import FIRST, lay_out  # noqa: E402

from doclake import ids  # noqa: E402
from doclake.extract.document import Document  # noqa: E402
from doclake.settings import Processing, Settings, SourceSettings  # noqa: E402
from doclake.sources import Source, open_source  # noqa: E402
from doclake.stages.executors import accounted, open_executor  # noqa: E402

Times = tuple[float, float, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--copies", type=int, default=20, help="of a source of twelve documents")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args()
    times: dict[str, list[Times]] = {"local": [], "ray": []}
    with tempfile.TemporaryDirectory(prefix="doclake-executors-") as folder:
        files = {f"{n}/{k}": v for n in range(options.copies) for k, v in FIRST().items()}
        lay_out(Path(folder), files)
        for _ in range(options.rounds):
            for name, measured in times.items():
                processing = Processing(executor=name, workers=options.workers)
                measured.append(_measure(Path(folder), processing, len(files)))
    _tell(times, len(files), options.workers)


def _measure(folder: Path, processing: Processing, number: int) -> Times:
    source = SourceSettings(url=str(folder))
    settings = Settings(sources={"notes": source}, processing=processing)
    began = time.perf_counter()
    with open_executor("notes", settings, number) as executor:
        started = time.perf_counter()
        trees = accounted(executor, _documents(open_source("notes", source, settings), source))
        next(trees)
        first = time.perf_counter()
        counted = 1 + sum(1 for _ in trees)
        ended = time.perf_counter()
    assert counted == number
    return started - began, first - started, ended - first


def _documents(source: Source, settings: SourceSettings) -> Iterator[Document]:
    for batch in source.list():
        for path, size in zip(batch["path"].to_pylist(), batch["size"].to_pylist(), strict=True):
            doc_id = ids.doc_id(source.name, path)
            yield Document(
                source.name,
                source.bucket(path),
                doc_id,
                path,
                settings.recipe.extract,
                lambda path=path: source.open(path),
                size=size,
            )


def _tell(times: dict[str, list[Times]], number: int, workers: int) -> None:
    print(f"{number} documents, {workers} at once, fastest of {len(times['ray'])} rounds\n")
    print("| executor | start, s | first, s | rest, s | documents/s in the rest | all, s |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, rounds in times.items():
        start, first, rest = min(rounds, key=sum)
        rate = number / rest
        total = start + first + rest
        print(f"| {name} | {start:.1f} | {first:.1f} | {rest:.1f} | {rate:.0f} | {total:.1f} |")


if __name__ == "__main__":
    main()
