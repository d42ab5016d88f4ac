"""What the guard costs: the same documents parsed unguarded, in reused workers, and guarded.

    python -m benchmarks.extraction_guard [--corpus ../shared/corpus/documents] [--documents 20]
    python -m benchmarks.extraction_guard --cores [--rounds 3]

Every way ends with Arrow rows. "reused_workers" is pebble's process pool, where a document shares
its process with all before it. "guarded" is Doclake's default, a confined worker for up to 64
requests of a source; a request is a document or up to 32 short texts. "fresh_workers" is `reuse=1`,
a worker for every request. Figures are means over documents without start-up. CPU time counts every
process and is the steadier figure on a busy machine.

`--cores` runs the documents, shuffled anew for every pass, on one core with one worker and on two
with one and two, in turns, and prints the best of each: documents a second by the clock, CPU of all
processes, peak memory of a worker. The ratio is meaningful on an idle machine only, so the load is
printed with it.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
from pebble import ProcessPool

from doclake import ids
from doclake.extract.extractor import Document, Extractor
from doclake.settings import ExtractRecipe, Limits

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "documents"
RECIPE = ExtractRecipe(ocr="off")
SHORT_TEXTS = 320
PASSES = 6  # enough to make the start of the processes and the last document negligible
WAYS = ((1, 1), (2, 1), (2, 2))  # cores, workers
FOLDERS = {"text": "encodings", "html": "html", "pdf": "pdf", "docx": "docx"}


def parse(file: Path) -> int:
    """The work of a worker, in this process. Returns the number of rows."""
    from doclake.extract import element_rows, registry
    from doclake.extract.detect.media_type import media_type as detect
    from doclake.extract.model import Options

    media_type = detect(file, file.name)
    options = Options(RECIPE, Limits(), media_type, file.name)
    extraction = registry.load(media_type).extract(file, options)
    return int(element_rows.rows(extraction, 1 << 30).num_rows)


def parse_to_ipc(file: str) -> bytes:
    """`parse` with its result sent as Arrow IPC, as a pool's worker must."""
    rows = parse(Path(file))
    sink = pa.BufferOutputStream()
    table = pa.table({"row": range(rows)})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def unguarded(files: list[Path]) -> None:
    for file in files:
        parse(file)


def reused_workers(files: list[Path]) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPool(max_workers=1, context=context) as pool:
        for file in files:
            pool.schedule(parse_to_ipc, args=(str(file),), timeout=60).result()


def guarded(files: list[Path]) -> None:
    with Extractor(Limits(), workers=1) as extractor:
        for _ in extractor.extract(map(_document, files)):
            pass


def fresh_workers(files: list[Path]) -> None:
    with Extractor(Limits(), workers=1, reuse=1) as extractor:
        for _ in extractor.extract(map(_document, files)):
            pass


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over the documents with warm workers. `cpu` includes the warming."""

    rate: float  # documents a second
    cpu: float  # seconds, all processes
    peak_mb: float  # of the largest worker


def on_cores(files: list[Path], cores: int, workers: int) -> Run:
    """One run in a process of its own, which may use `cores` cores."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_on_cores, files, cores, workers).result()


def _on_cores(files: list[Path], cores: int, workers: int) -> Run:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    with Extractor(Limits(), workers) as extractor:
        list(extractor.extract(map(_document, files[: len(files) // 2])))
        passes = [random.Random(seed).sample(files, len(files)) for seed in range(PASSES)]
        shuffled = list(itertools.chain.from_iterable(passes))
        started = time.perf_counter()
        trees = list(extractor.extract(map(_document, shuffled)))
        clock = time.perf_counter() - started
    usages = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    peak = max(document.peak_mb for tree in trees for document in tree)
    return Run(len(shuffled) / clock, cpu, peak)


def compare_cores(files: list[Path], rounds: int) -> str:
    """Markdown: a row for each way, and the speed of two cores over that of one."""
    runs: dict[tuple[int, int], list[Run]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            runs[way].append(on_cores(files, *way))
    best = {way: max(of_way, key=lambda run: run.rate) for way, of_way in runs.items()}
    lines = ["| cores | workers | documents/s | CPU s | peak worker MB |", "|--:|--:|--:|--:|--:|"]
    lines += [
        f"| {cores} | {workers} | {run.rate:.1f} | {run.cpu:.1f} | {run.peak_mb:.0f} |"
        for (cores, workers), run in best.items()
    ]
    ratio = best[2, 2].rate / best[1, 1].rate
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    speed = f"two cores are {ratio:.2f} times as fast as one; load average {load}"
    return "\n".join([*lines, "", f"{len(files)} documents, best of {rounds}: {speed}"])


def _document(file: Path) -> Document:
    doc, size = ids.doc_id("s", str(file)), file.stat().st_size
    opened = partial(file.open, "rb")
    return Document("s", "00", doc, str(file), RECIPE, opened, size=size)


def measure(way: Callable[[list[Path]], None], files: list[Path]) -> tuple[float, float]:
    """Milliseconds a document without start-up, by the clock and of CPU in all processes: the
    difference between many passes over the files and one, each in a process of its own."""
    clocks, cpus = zip(*(_run(way, files * passes) for passes in (1, 1 + PASSES)), strict=True)
    scale = 1000 / (PASSES * len(files))
    return (clocks[1] - clocks[0]) * scale, (cpus[1] - cpus[0]) * scale


def _run(way: Callable[[list[Path]], None], files: list[Path]) -> tuple[float, float]:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = multiprocessing.get_context("spawn").Process(target=way, args=(files,))
    process.start()
    process.join()
    if process.exitcode:
        raise RuntimeError(f"{way.__name__} ended with {process.exitcode}")
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sound(files: list[Path]) -> list[Path]:
    """The files that a parser can read (a failure would look fast) and that hold no children (which
    the unguarded way does not parse)."""
    with Extractor(Limits(), workers=2) as extractor:
        trees = extractor.extract(map(_document, files))
        pairs = zip(files, trees, strict=True)
        return [file for file, tree in pairs if len(tree) == 1 and not tree[0].error]


def chosen(corpus: Path, each: int, short: Path) -> dict[str, list[Path]]:
    """Files by kind: the corpus's, and short texts written into the folder `short`."""
    files = {"short text": [short / f"{number}.txt" for number in range(SHORT_TEXTS)]}
    for number, file in enumerate(files["short text"]):
        file.write_text(f"Note {number}: the harbour office opens at seven in the morning.\n")
    for kind, folder in FOLDERS.items():
        in_folder = sorted(path for path in (corpus / folder).iterdir() if path.is_file())
        files[kind] = sound(in_folder[:each])
    return files


def costs(kinds: dict[str, list[Path]]) -> None:
    """Print a Markdown table, each row as soon as it is measured."""
    ways = (unguarded, reused_workers, guarded, fresh_workers)
    print("| kind | documents | " + " | ".join(f"{w.__name__}: clock, CPU" for w in ways), end="")
    print(" | guard costs, CPU ms |\n|---|" + "--:|" * (len(ways) + 2))
    for kind, files in kinds.items():
        times = [measure(way, files) for way in ways]
        cells = " | ".join(f"{clock:.1f}, {cpu:.1f}" for clock, cpu in times)
        print(f"| {kind} | {len(files)} | {cells} | {times[2][1] - times[0][1]:.1f} |", flush=True)
    print(f"\nload average {os.getloadavg()[0]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--documents", type=int, default=20, help="of each kind")
    parser.add_argument("--cores", action="store_true", help="one core against two")
    parser.add_argument("--rounds", type=int, default=3, help="with --cores: best of so many")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as short:
        kinds = chosen(arguments.corpus, arguments.documents, Path(short))
        if arguments.cores:
            mixed = [file for kind in FOLDERS for file in kinds[kind]]
            print(compare_cores(mixed, arguments.rounds))
        else:
            costs(kinds)


if __name__ == "__main__":
    main()
