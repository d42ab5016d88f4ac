"""Accuracy and speed of OCR: character error on pages of known text, and seconds a page.

    python benchmarks/ocr_accuracy.py ../shared/corpus/documents [--half test] [--pages 4]

Pages are drawn by `ocr_pages.py` from passages of two public collections and read as pictures by
the same code that reads an image file, reading order included. Rules and thresholds were chosen on
`--half dev`; report `test`, other passages. The corpus's own scans follow, with the text layer they
were made from or a human's typing as truth, by the trigrams of characters missed.

CER is Levenshtein distance / length of the truth, after NFKC and with white space run together;
"no spaces" leaves white space out. A page that fails counts 1. CPU time is that of one core.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ocr_pages import Sheet, sheets, texts
from rapidfuzz.distance import Levenshtein

from doclake.extract import registry
from doclake.extract.detect.media_type import media_type as detect
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits

Score = Callable[[str, str], float]

_APART = ("Metadata", "Annotation", "Image")


@dataclass(slots=True)
class Row:
    """Scores of the pages of one kind."""

    errors: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def line(self, kind: str) -> str:
        cells = [
            f"{100 * statistics.median(self.errors):.2f}",
            f"{100 * statistics.fmean(self.errors):.2f}",
            f"{100 * max(self.errors):.2f}",
            f"{100 * statistics.fmean(self.bare):.2f}",
            f"{statistics.fmean(self.seconds):.2f}",
        ]
        return f"| {kind} | {len(self.errors)} | {' | '.join(cells)} |"


def normal(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.replace("\u00ad", ""))
    for curly, straight in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("–", "-")):
        text = text.replace(curly, straight)
    return " ".join(text.split())


def error_rate(found: str, truth: str) -> float:
    return min(1.0, Levenshtein.distance(found, truth) / max(len(truth), 1))


def read(file: Path) -> tuple[str, float, int]:
    """Text, CPU seconds and pages of a file; no text where it fails."""
    started = time.process_time()
    try:
        media_type = detect(file, file.name)
        options = Options(ExtractRecipe(), Limits(), media_type, file.name)
        made = registry.load(media_type, "native").extract(file, options)
    except Exception as error:
        print(f"{file.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return "", time.process_time() - started, 1
    visible_text = [one.text for one in made.elements if one.type not in _APART]
    return "\n".join(visible_text), time.process_time() - started, made.pages or 1


def add(row: Row, file: Path, truth: str, score: Score = error_rate) -> None:
    found, seconds, pages = read(file)
    found, truth = normal(found), normal(truth)
    row.errors.append(score(found, truth))
    row.bare.append(score("".join(found.split()), "".join(truth.split())))
    row.seconds.append(seconds / pages)


def drawn(pages: Iterator[Sheet], rows: dict[str, Row], only: str, keep: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, sheet in enumerate(pages):
            if only and only not in sheet.kind:
                continue
            file = (keep or Path(folder)) / f"{number}.png"
            sheet.image.save(file, dpi=(sheet.dpi, sheet.dpi))
            add(rows.setdefault(sheet.kind, Row()), file, sheet.truth)


def missed(found: str, truth: str) -> float:
    """Share of the truth's trigrams of characters that were not found, white space left out: for
    truths whose columns stand side by side, so that no order can be compared."""
    wanted, got = (
        Counter(text[at : at + 3] for at in range(len(text) - 2))
        for text in ("".join(truth.split()), "".join(found.split()))
    )
    return 1 - (wanted & got).total() / max(wanted.total(), 1)


def scans(corpus: Path, rows: dict[str, Row]) -> None:
    """The corpus's scans, by the trigrams missed: some truths show columns side by side."""
    with (corpus / "MANIFEST.tsv").open(encoding="utf-8", newline="") as stream:
        records = [
            record
            for record in csv.DictReader(stream, delimiter="\t")
            if record["path"].startswith(("image/", "pdf/scan"))
            and record["ground_truth"].endswith(".txt")
        ]
    for record in records:
        truth = (corpus / record["ground_truth"]).read_text("utf-8", "replace")
        row = rows.setdefault(f"trigrams missed: {Path(record['path']).name}", Row())
        add(row, corpus / record["path"], truth, missed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--pages", type=int, default=4, help="pages of every kind")
    parser.add_argument(
        "--only", default="", help="kinds with this in their names; `corpus`: its scans"
    )
    parser.add_argument("--keep", type=Path, help="folder for the pictures")
    arguments = parser.parse_args()
    rows: dict[str, Row] = {}
    words = texts(arguments.corpus, arguments.half)
    drawn(sheets(words, arguments.pages), rows, arguments.only, arguments.keep)
    if arguments.only in ("", "corpus"):
        scans(arguments.corpus, rows)
    print("| pages | n | CER % median | mean | worst | no spaces | CPU s a page |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind, row in rows.items():
        print(row.line(kind))


if __name__ == "__main__":
    main()
