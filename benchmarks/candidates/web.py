"""Main content of pages that nobody here labelled: the corpus's HTML files and EPUB chapters.

There is no truth. The figure is how far Doclake and another finder agree: tokens as multisets,
without marks of lists and tables. Pages on which they disagree are named, with the text that only
one has, for a look by eye.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from benchmarks.accuracy.measures import APART, MARGINS, extract, overlap, visible_text
from benchmarks.accuracy.pages import tokens, trafilatura_text
from benchmarks.candidates.base import Board, Candidate, files

_MARK = re.compile(r"-+|\d+\.")
_AGREE = 0.97
_SHOWN = 25


def score_pages(corpus: Path, board: Board) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pages = files(corpus / "html", ".html")
        chapters = [c for book in files(corpus / "epub", ".epub") for c in _chapters(book, folder)]
        for task, found in (("HTML pages", pages), ("EPUB chapters", chapters)):
            cases = [(page, _tokens(_content(page))) for page in found]
            board.run(f"{task}: agreement", [_TRAFILATURA], cases, _agreement)
            if _TRAFILATURA.installed:
                for page, ours in cases:
                    _show(page, ours, _tokens(trafilatura_text(page)))


def _chapters(book: Path, folder: str) -> list[Path]:
    written = []
    with zipfile.ZipFile(book) as package:
        for name in package.namelist():
            if name.endswith((".xhtml", ".html", ".htm")):
                file = Path(folder) / f"{book.stem} {name.replace('/', ' ')}.html"
                file.write_bytes(package.read(name))
                written.append(file)
    return written


def _content(page: Path) -> str:
    return visible_text(extract(page).elements, (*APART, *MARGINS))


def _tokens(text: str) -> Counter[str]:
    return Counter({t: n for t, n in tokens(text).items() if not _MARK.fullmatch(t)})


def _agreement(got: str, ours: Counter[str]) -> dict[str, float]:
    theirs = _tokens(got)
    return {"F1": overlap(theirs, ours)["F1"] if ours else float(not theirs)}


def _show(page: Path, ours: Counter[str], theirs: Counter[str]) -> None:
    total = sum(ours.values()) + sum(theirs.values())
    if not total or 2 * sum((ours & theirs).values()) / total >= _AGREE:
        return
    print(f"{page.name}: Doclake {sum(ours.values())}, trafilatura {sum(theirs.values())} tokens")
    for who, only in (("Doclake", ours - theirs), ("trafilatura", theirs - ours)):
        print(f"  only {who}: {' '.join(list(only.elements())[:_SHOWN])}")


_TRAFILATURA = Candidate("trafilatura", "trafilatura", trafilatura_text)
