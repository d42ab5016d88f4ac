"""Pages whose text layer cannot be read: their picture through OCR, back as lines in points."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from doclake.extract.pdf.page import Box, Line, Page, unspin

if TYPE_CHECKING:
    from doclake.extract.ocr import Reading

DPI = 200
_PAD = 0.12  # sizes of white above and below the ink that belong to a line's box
_HEADING = 1.35  # times the usual size: smaller differences are noise of the scan


def page_of(number: int, reading: Reading, dpi: float) -> Page:
    """A page as an engine would have read it. Boxes are on the page as given."""
    scale = 72 / dpi
    page = Page(number, reading.width * scale, reading.height * scale)
    page.method = "tesseract"
    heights = [line.box[3] - line.box[1] for line in reading.lines]
    usual = statistics.median(heights) if heights else 0.0
    turn = (4 - reading.turn) % 4
    if turn % 2:
        page.width, page.height = page.height, page.width
    for line in reading.lines:
        x0, y0, x1, y1 = (edge * scale for edge in line.box)
        box = unspin((x0, y0, x1, y1), turn, page.width, page.height)
        height = line.box[3] - line.box[1]
        size = (height if height > _HEADING * usual else usual) * scale
        made = Line(line.text, *_padded(box, size), round(size * 2) / 2, turn=turn)
        made.confidence = line.confidence
        page.lines.append(made)
    return page


def _padded(box: Box, size: float) -> Box:
    return box[0], box[1] - _PAD * size, box[2], box[3] + _PAD * size


def dpi_for(page: Page, limit: int) -> int:
    """Resolution for OCR of a page, lower where its picture would be larger than the limit."""
    pixels = page.width * page.height * (DPI / 72) ** 2
    return DPI if pixels <= limit else max(20, int(DPI * (limit / pixels) ** 0.5))


def confidence(lines: Sequence[Line]) -> float | None:
    """Mean confidence by length, None where no line has one."""
    known = [(line.confidence, len(line.text)) for line in lines if line.confidence is not None]
    weight = sum(length for _, length in known)
    if not weight:
        return None
    return round(sum(value * length for value, length in known) / weight, 3)
