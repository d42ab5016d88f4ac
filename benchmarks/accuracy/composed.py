"""Pages composed here, word by word, so that their text and its order are known.

`composed pdf, n columns`: English and Korean pages of 1 to 5 columns, ragged and justified, with
gutters of 9 to 24 points, a heading over all columns, one within a column and a caption under a
figure; in half of them the words are painted row by row, across the columns. `composed scan`: the
same pages as pictures. `words set apart by position`: Korean without one space glyph, as Hancom
Office writes it; F1 is that of its spaces.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, cycle, islice, product
from pathlib import Path

import pymupdf
from rapidfuzz.distance import Levenshtein

from benchmarks.accuracy.measures import (
    APART,
    MARGINS,
    Row,
    Rows,
    compare,
    extract,
    normal,
    visible_text,
)
from benchmarks.accuracy.pages import PAGES, content
from doclake.errors import DependencyMissing
from doclake.extract.ocr import tesseract

KOREAN = pymupdf.Font("korea")
FONTS = {"en": (pymupdf.Font("tiro"), pymupdf.Font("tibo")), "ko": (KOREAN, KOREAN)}
_LEFT, _TOP, _RIGHT, _BOTTOM = 50, 60, 545, 780  # of the text of a page, in points
_SCAN_DPI = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """How a page is set; lengths in points. `by_row`: painted across the columns."""

    language: str
    columns: int
    gutter: float = 14.0
    justified: bool = False
    size: float = 10.0
    indent: float = 12.0
    by_row: bool = False


class Sheet:
    """A page that is set word by word, and its text in reading order."""

    def __init__(self, layout: Layout, seed: int) -> None:
        self.layout = layout
        self._font, self._bold = FONTS[layout.language]
        self.truth: list[str] = []
        self.figures: list[tuple[float, float, float, float]] = []
        self._texts = texts(layout.language, seed)
        self._words: list[tuple[float, float, str, pymupdf.Font, float]] = []
        self._word(_LEFT, _TOP, self._opening(6), self._bold, 20)
        gutters = layout.gutter * (layout.columns - 1)
        self._width = (_RIGHT - _LEFT - gutters) / layout.columns
        for column in range(layout.columns):
            self._column(_LEFT + column * (self._width + layout.gutter), column)

    def draw(self, page: pymupdf.Page) -> None:
        words = self._words
        if self.layout.by_row:
            words = sorted(words, key=lambda word: (round(word[1]), word[0]))
        writer = pymupdf.TextWriter(page.rect)
        for x, y, text, font, size in words:
            writer.append((x, y), text, font=font, fontsize=size)
        writer.write_text(page)
        for box in self.figures:
            page.draw_rect(box, fill=(0.7, 0.8, 0.9))

    def _opening(self, words: int) -> str:
        return " ".join(next(self._texts).split()[:words])

    def _word(self, x: float, y: float, text: str, font: pymupdf.Font, size: float) -> None:
        self._words.append((x, y, text, font, size))
        self.truth.append(text)

    def _column(self, x: float, number: int) -> None:
        """Paragraphs from the top to the bottom, the last of the page ends halfway."""
        leading = 1.2 * self.layout.size
        last = number == self.layout.columns - 1
        bottom = _BOTTOM - (_BOTTOM - _TOP) * 0.4 * last * (number > 0)
        y = _TOP + 40.0
        for paragraph in count():
            if paragraph == 1 and number == 0:
                y += leading
                self._word(x, y, self._opening(2), self._bold, self.layout.size + 1)
                y += leading
            if paragraph == 1 and number == 1:
                self.figures.append((x, y, x + self._width, y + 60))
                y = self._set(f"Figure 1. {self._opening(9)}.", x, y + 75, bottom, 0.9)
                y += leading
            if y > bottom:
                return
            y = self._set(next(self._texts), x, y, bottom)

    def _set(self, text: str, x: float, y: float, bottom: float, scale: float = 1.0) -> float:
        """Set a paragraph; what is below `bottom` is left out. Returns the next baseline."""
        size = self.layout.size * scale
        indent = self.layout.indent * (scale == 1)
        lines = [*wrapped(text.split(), self._font, size, self._width, indent)]
        for number, words in enumerate(lines):
            if y > bottom:
                break
            at = x + (indent if not number else 0)
            white = width(" ", self._font, size)
            if self.layout.justified and number < len(lines) - 1 and len(words) > 1:
                inked = sum(width(word, self._font, size) for word in words)
                white = (x + self._width - at - inked) / (len(words) - 1)
            for word in words:
                self._word(at, y, word, self._font, size)
                at += width(word, self._font, size) + white
            y += 1.2 * size
        return y


def wrapped(
    words: Sequence[str], font: pymupdf.Font, size: float, widest: float, indent: float
) -> Iterator[list[str]]:
    """The words of each line of a paragraph."""
    line: list[str] = []
    at = indent
    for word in words:
        end = at + width(word, font, size)
        if line and end > widest:
            yield line
            line, end = [], width(word, font, size)
        line.append(word)
        at = end + width(" ", font, size)
    if line:
        yield line


def width(text: str, font: pymupdf.Font, size: float) -> float:
    return _relative_width(text, font) * size


@cache
def _relative_width(text: str, font: pymupdf.Font) -> float:
    """In text sizes."""
    return font.text_length(text, 1.0)


def layouts(columns: int) -> Iterator[Layout]:
    for number, (gutter, justified) in enumerate(product((9.0, 14.0, 24.0), (False, True))):
        size, by_row = (10.0, 9.0)[number % 2], number % 4 > 1
        yield Layout("en", columns, gutter, justified, size, by_row=by_row)
    for justified in (False, True):
        yield Layout("ko", columns, 14.0, justified, by_row=justified)


def texts(language: str, seed: int) -> Iterator[str]:
    """Paragraphs of `benchmarks/pages`, from a place that `seed` chooses, for ever."""
    prose = _prose(language)
    return islice(cycle(prose), random.Random(seed).randrange(len(prose)), None)


@cache
def _prose(language: str) -> list[str]:
    files = sorted(PAGES.glob(f"{language}_*.html"))
    lines = [line for file in files for line in content(file.read_text("utf-8")).split("\n")]
    return [line for line in lines if len(line) > 60]


def score_composed(rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for columns in range(1, 6):
            label = f"composed pdf, {columns} column{'s' * (columns > 1)}"
            row = rows.setdefault(label, Row("what was composed", ("NID", 0.97)))
            for seed, layout in enumerate(layouts(columns)):
                doc, sheet = pymupdf.open(), Sheet(layout, seed)
                sheet.draw(doc.new_page())
                _score(row, doc, " ".join(sheet.truth), Path(folder) / "page.pdf")
        _score_scans(rows, Path(folder))
        _score_spaces(rows, Path(folder))


def _score(row: Row, doc: pymupdf.Document, truth: str, file: Path) -> None:
    doc.save(file)
    scores = compare(visible_text(extract(file).elements, (*APART, *MARGINS)), truth)
    row.add(**{name: scores[name] for name in ("NID", "F1", "order", "CER")})


def _score_scans(rows: Rows, folder: Path) -> None:
    try:
        tesseract.require_models(("kor", "eng"))
    except DependencyMissing:
        return
    for columns in range(2, 6):
        row = rows.setdefault(
            f"composed scan, {columns} columns", Row("what was composed", ("NID", 0.9))
        )
        for seed, layout in enumerate(layouts(columns)):
            drawn, doc = pymupdf.open(), pymupdf.open()
            sheet = Sheet(layout, seed)
            sheet.draw(drawn.new_page())
            picture = drawn[0].get_pixmap(dpi=_SCAN_DPI, colorspace="gray", alpha=False)
            page = doc.new_page()
            page.insert_image(page.rect, pixmap=picture)
            _score(row, doc, " ".join(sheet.truth), folder / "scan.pdf")


def _score_spaces(rows: Rows, folder: Path) -> None:
    label = "composed pdf, Korean words set apart by position"
    row = rows.setdefault(label, Row("what was composed", ("F1", 0.98)))
    whites, trackings = (0.2, 0.33, 0.63), (-0.05, 0.0, 0.08)
    for seed, (white, tracking) in enumerate(product(whites, trackings)):
        doc = pymupdf.open()
        truth = spaced_by_position(doc.new_page(), texts("ko", seed), white, tracking, seed % 2)
        file = folder / "spaces.pdf"
        doc.save(file)
        row.add(F1=spaces_f1(visible_text(extract(file).elements, (*APART, *MARGINS)), truth))


def spaced_by_position(
    page: pymupdf.Page, texts: Iterator[str], white: float, tracking: float, justified: int
) -> str:
    """Fill a page with Korean, each letter set by itself: `white` between words, `tracking` between
    the letters of a word, in text sizes. Returns its text."""
    size = 10.5
    writer = pymupdf.TextWriter(page.rect)
    truth: list[str] = []
    y = float(_TOP)

    def extent(word: str) -> float:
        return width(word, KOREAN, size) + tracking * size * (len(word) - 1)

    while y < _BOTTOM:
        lines = [*wrapped(next(texts).split(), KOREAN, size, _RIGHT - _LEFT - 80, 0.0)]
        for number, words in enumerate(lines):
            x, between = float(_LEFT), white * size
            if justified and number < len(lines) - 1 and len(words) > 1:
                between = (_RIGHT - _LEFT - sum(map(extent, words))) / (len(words) - 1)
            for word in words:
                for letter in word:
                    writer.append((x, y), letter, font=KOREAN, fontsize=size)
                    x += width(letter, KOREAN, size) + tracking * size
                x += between - tracking * size
            truth += words
            y += 1.6 * size
    writer.write_text(page)
    return " ".join(truth)


def spaces_f1(found: str, truth: str) -> float:
    """F1 of the places of spaces among letters that both texts have."""
    ours, theirs = _spaces(normal(found)), _spaces(normal(truth))
    place: dict[int, int] = {}
    for block in Levenshtein.opcodes(ours[0], theirs[0]).as_matching_blocks():
        place |= {block.a + at: block.b + at for at in range(block.size)}
    common = sum(place.get(at) in theirs[1] for at in ours[1])
    return 2 * common / max(len(ours[1]) + len(theirs[1]), 1)


def _spaces(text: str) -> tuple[str, set[int]]:
    """The text without spaces, and the indices in it of the letters that a space precedes."""
    letters: list[str] = []
    places: set[int] = set()
    for letter in text:
        if letter == " ":
            places.add(len(letters))
        else:
            letters.append(letter)
    return "".join(letters), places
