"""What the guard costs: the same documents parsed unguarded, in reused workers, and guarded.

    python -m benchmarks.extraction_guard [--corpus ../shared/corpus/documents] [--documents 120]

Every way ends with Arrow rows. "reused_workers" is pebble's process pool, where a document shares
its process with all before it; "guarded" is Doclake's default, a confined child for up to 16
documents of a source; "fresh_children" is `reuse=1`, a child for every document. Means over
documents, start-up left out. CPU time counts every process and is the steadier figure on a busy
machine.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pebble import ProcessPool

from doclake import ids
from doclake.extract.extractor import Document, Extractor
from doclake.settings import ExtractRecipe, Limits

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "documents"
RECIPE = ExtractRecipe(ocr="off")
FOLDERS = {"text": "encodings", "html": "html", "pdf": "pdf", "docx": "docx"}


def parse(file: Path) -> int:
    """What a child does, without the child. Returns the number of rows."""
    from doclake.extract import detect, finish, formats
    from doclake.extract.model import Options
    from doclake.extract.place import Place

    media_type = detect.media_type(file, file.name)
    options = Options(RECIPE, Limits(), media_type, file.name)
    extraction = formats.load(media_type).extract(file, options)
    digest = ids.content_hash(file.read_bytes())
    table, _ = finish.rows(extraction, Place("s", "00", "d", "d", digest, "r"), 1 << 30)
    return int(table.num_rows)


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


def fresh_children(files: list[Path]) -> None:
    with Extractor(Limits(), workers=1, reuse=1) as extractor:
        for _ in extractor.extract(map(_document, files)):
            pass


def throughput(files: list[Path], workers: int) -> float:
    """Documents a second, warm, with `workers` children at once."""
    with Extractor(Limits(), workers) as extractor:
        list(extractor.extract(map(_document, files[: len(files) // 2])))
        started = time.perf_counter()
        list(extractor.extract(map(_document, files)))
        return len(files) / (time.perf_counter() - started)


def _document(file: Path) -> Document:
    doc = ids.doc_id("s", str(file))
    return Document("s", "00", doc, str(file), "", RECIPE, "r", file.read_bytes)


def measure(way: Callable[[list[Path]], None], files: list[Path]) -> tuple[float, float]:
    """Milliseconds a document, by the clock and of CPU in all processes, start-up left out: three
    passes over the files less one, in processes of their own."""
    clocks, cpus = zip(*(_run(way, files * passes) for passes in (1, 3)), strict=True)
    scale = 1000 / (2 * len(files))
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
    """The files that a parser reads (what fails would be measured as fast) and that hold no other
    documents (which the unguarded way leaves alone)."""
    with Extractor(Limits(), workers=2) as extractor:
        trees = extractor.extract(map(_document, files))
        found = zip(files, trees, strict=True)
        return [file for file, tree in found if len(tree) == 1 and not tree[0].error]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--documents", type=int, default=20, help="of each kind")
    arguments = parser.parse_args()
    ways = (unguarded, reused_workers, guarded, fresh_children)
    print("| kind | documents | " + " | ".join(f"{w.__name__}: clock, CPU" for w in ways), end="")
    print(" | guard costs, CPU ms |\n|---|" + "--:|" * (len(ways) + 2))
    mixed = []
    for kind, folder in FOLDERS.items():
        files = sorted(p for p in (arguments.corpus / folder).iterdir() if p.is_file())
        files = sound(files[: arguments.documents])
        mixed += files
        times = [measure(way, files) for way in ways]
        cells = " | ".join(f"{clock:.1f}, {cpu:.1f}" for clock, cpu in times)
        print(f"| {kind} | {len(files)} | {cells} | {times[2][1] - times[0][1]:.1f} |", flush=True)
    one, two = throughput(mixed, 1), throughput(mixed, 2)
    print(f"\none worker {one:.0f} documents/s, two {two:.0f}: {two / one:.2f} times as fast")


if __name__ == "__main__":
    main()
