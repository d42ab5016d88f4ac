"""Pages whose text layer cannot be read: OCR reads their picture and gives lines in points.

Where Tesseract is missing, a document still gives its other pages. The scans become a child that
fails with `dependency_missing` and names their pages in its path. A later attempt at the child
reads the whole document again.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from doclake.errors import DependencyMissing, DocumentMalformed, LimitExceeded
from doclake.extract.layout import soundness
from doclake.extract.layout.geometry import Box, to_displayed
from doclake.extract.layout.geometry import Word as EngineWord
from doclake.extract.layout.page import Line, OcrWord, Page, confidence
from doclake.extract.layout.page_source import Engine
from doclake.extract.layout.page_tables import finder
from doclake.extract.limits import check_scans
from doclake.extract.model import Child, Element
from doclake.extract.ocr import tesseract
from doclake.settings import ExtractRecipe, Limits

if TYPE_CHECKING:
    from doclake.extract.layout.page_table import Table
    from doclake.extract.ocr.model import Reading, TextLine
    from doclake.extract.ocr.symbols import Word

DPI = 200
_PAD = 0.12  # text sizes of white above and below the ink that belong to a line's box
_COLUMNS = 1.5  # line heights: wider white within a line separates columns
_LEGIBLE = 0.55  # share of the places of an unruled table that hold a word or a digit
_LONG = 8  # letters of a line of prose
_HEADING = 1.35  # times the usual size: smaller differences are noise of the scan


def read(
    engine: Engine,
    pages: list[Page],
    wanted: Sequence[int],
    recipe: ExtractRecipe,
    limits: Limits,
    lost: dict[int, Exception],
) -> list[Child]:
    """Replace the `wanted` pages (indices) by what OCR reads; their links, fields and annotations
    stay. A page that cannot be drawn or is too large goes to `lost`, with the reason. Without
    Tesseract, return the child with the unread pages. Raises NeedsTime, and DependencyMissing if no
    other page has text."""
    if not wanted:
        return []
    from doclake.extract.ocr import reader

    try:
        tesseract.require_models(recipe.ocr_languages)
    except DependencyMissing as missing:
        return _unread(engine, pages, wanted, missing)
    check_scans(len(wanted), limits)
    for index in wanted:
        page = pages[index]
        dpi = dpi_for(page, reader.MAX_PIXELS)
        try:
            reading = reader.read(engine.render(index, dpi), recipe.ocr_languages, dpi)
        except (DocumentMalformed, LimitExceeded) as error:
            lost[index] = error
            pages[index] = Page(page.number, page.width, page.height)
            continue
        new = page_of(page.number, reading, dpi, find_tables=recipe.tables)
        new.links, new.fields, new.annotations = page.links, page.fields, page.annotations
        pages[index] = new
    return []


def _unread(
    engine: Engine, pages: list[Page], wanted: Sequence[int], missing: DependencyMissing
) -> list[Child]:
    """The child with the scans among the `wanted` pages. A page with a small picture and nothing
    else is left out: it is no reason to fail."""
    scans = [index for index in wanted if not _is_ornament(pages[index])]
    if not scans:
        return []
    others = set(range(len(pages))).difference(scans)
    if not any(pages[index].lines for index in others):
        raise missing
    for index in scans:
        pages[index].lines.clear()
        pages[index].images.clear()
    return [Child(f"{page_range(scans)}.pdf", engine.part(scans))]


def _is_ornament(page: Page) -> bool:
    return bool(page.images) and not page.lines and not soundness.is_scan(page)


def page_range(indices: Sequence[int]) -> str:
    """`page 3`, `pages 1, 4-7`."""
    runs: list[list[int]] = []
    for number in (index + 1 for index in indices):
        if runs and runs[-1][-1] == number - 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    spans = ", ".join("-".join(map(str, run)) for run in runs)
    return f"page{'s' if len(indices) > 1 else ''} {spans}"


def page_of(number: int, reading: Reading, dpi: float, *, find_tables: bool = False) -> Page:
    """A page as an engine would have read it, boxes in points of the page as given. On a page that
    lies on its side, tables are not searched."""
    scale = 72 / dpi
    page = Page(number, reading.width * scale, reading.height * scale)
    page.method = "tesseract"
    usual = _usual_height(reading.lines)
    turn = (4 - reading.turn) % 4
    if turn % 2:
        page.width, page.height = page.height, page.width

    def placed(box: Box) -> Box:
        x0, y0, x1, y1 = box
        edges = x0 * scale, y0 * scale, x1 * scale, y1 * scale
        return to_displayed(edges, turn, page.width, page.height)

    rows: list[EngineWord] = []
    for line in reading.lines:
        _, top, _, bottom = line.box
        size = (bottom - top if bottom - top > _HEADING * usual else usual) * scale
        for words in _split_at_gaps(line):
            box = placed((words[0].box[0], top, max(word.box[2] for word in words), bottom))
            text = " ".join(word.text for word in words)
            piece = Line(text, *_padded(box, size), round(size * 2) / 2, turn=turn)
            piece.confidence = line.confidence
            page.lines.append(piece)
        for word in line.words:
            page.words.append(OcrWord(word.text, placed(word.box), word.confidence))
            level = placed((word.box[0], top, word.box[2], bottom))
            rows.append((*_padded(level, size), word.text))
    if find_tables and not turn:
        page.rules = [placed(box) for box in reading.rules]
        _add_tables(page, rows)
    return page


def _usual_height(lines: Sequence[TextLine]) -> float:
    """Median height of the lines long enough to have ascenders and descenders; the digits in the
    cells of a table have neither. Of all lines, if none is long."""
    heights = [
        (sum(map(str.isalpha, line.text)) >= _LONG, line.box[3] - line.box[1]) for line in lines
    ]
    long = [height for is_long, height in heights if is_long]
    return statistics.median(long or [height for _, height in heights] or [0.0])


def _split_at_gaps(line: TextLine) -> list[list[Word]]:
    """The words of a line, split where the white between them is wide enough for a gutter."""
    widest = _COLUMNS * (line.box[3] - line.box[1])
    parts = [[line.words[0]]]
    for before, word in pairwise(line.words):
        if word.box[0] - before.box[2] > widest:
            parts.append([])
        parts[-1].append(word)
    return parts


def _add_tables(page: Page, words: Sequence[EngineWord]) -> None:
    """Find the page's tables. The words are as high as their line, as judging alignment needs."""
    page.tables = [table for table in finder.find(page, lambda: words) if _plausible(table)]
    for table in page.tables:
        inside = finder.lines_in_tables(page.lines, [table])
        read_with = confidence([line for line in page.lines if id(line) in inside])
        table.confidence = min(table.confidence, read_with or 1.0)


def _plausible(table: Table) -> bool:
    """Is it a table rather than the lettering of a chart, which leaves most places empty or is read
    as stray signs? A ruled grid always is one."""
    legible = [
        cell
        for cell in table.cells
        if (len(cell.text) > 1 or cell.text.isdigit())
        and any(letter.isalnum() for letter in cell.text)
    ]
    return table.confidence == 1 or len(legible) >= _LEGIBLE * table.rows * table.columns


def add_words(elements: Sequence[Element], pages: Sequence[Page]) -> None:
    """Give elements that OCR read the words in their boxes as hOCR (`html`): a `bbox` in points
    and `x_wconf`, 0 to 100, for each. https://kba.github.io/hocr-spec/1.2/"""
    for element in elements:
        if element.page is None or element.bbox is None or element.html:
            continue
        x0, y0, x1, y1 = element.bbox
        spans = []
        for word in pages[element.page - 1].words:
            left, top, right, bottom = word.box
            if x0 <= (left + right) / 2 <= x1 and y0 <= (top + bottom) / 2 <= y1:
                box = f"bbox {left:.1f} {top:.1f} {right:.1f} {bottom:.1f}"
                title = f"{box}; x_wconf {100 * word.confidence:.0f}"
                spans.append(f'<span class="ocrx_word" title="{title}">{escape(word.text)}</span>')
        element.html = " ".join(spans) or None


def _padded(box: Box, size: float) -> Box:
    return box[0], box[1] - _PAD * size, box[2], box[3] + _PAD * size


def dpi_for(page: Page, limit: int) -> int:
    """Resolution for OCR of a page: `DPI`, or lower if its picture would exceed `limit` pixels."""
    pixels = page.width * page.height * (DPI / 72) ** 2
    return DPI if pixels <= limit else max(20, int(DPI * (limit / pixels) ** 0.5))
