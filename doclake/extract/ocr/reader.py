"""Text from pictures of pages with Tesseract: lines and words with boxes and confidence.

Tesseract's own page segmentation fails on Korean columns (26-79 % character error with psm 3, 0.5-
0.9 % with psm 6 on one column), so the page is straightened, cut at its gutters here, and each
block is read with psm 6. A few lines are read first (`_pilot`): they tell which model knows the
page's script, and whether the page stands on its side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from doclake.errors import LimitExceeded
from doclake.extract.ocr import (
    columns,
    denoise,
    deskew,
    inverted_areas,
    ruling_lines,
    scripts,
    table_columns,
    tall_pictures,
)
from doclake.extract.ocr.lines import block_lines, moved
from doclake.extract.ocr.model import Block, Reading
from doclake.extract.ocr.pilot import DOUBT, orientation, pilot
from doclake.extract.ocr.symbols import Box
from doclake.extract.ocr.tesseract import ready

MAX_PIXELS = 120_000_000
"""Pixels of a picture beyond which it is refused before it is decoded: about 4 A4 pages at 600
dpi, 120 MB in grey."""


@dataclass(slots=True)
class _Upright:
    """A picture turned and made straight, its ruling lines erased, with its blocks (each with the
    picture to read it from: text beside tables is read where there are none) and what the pilot
    told: models in the order in which they know it, and the doubt of the best: the mean price of
    a letter."""

    grey: Image.Image
    turn: int
    skew: float
    rules: Sequence[Box]
    blocks: list[Block]
    models: list[str]
    doubt: float


def read(image: Image.Image, languages: Sequence[str], dpi: int) -> Reading:
    """Lines of a picture of one page. Raises DependencyMissing and LimitExceeded."""
    check_size(image)
    models = scripts.groups(languages)
    ready(languages)
    grey = image.convert("L")
    boxes = tall_pictures.pieces(grey)
    if len(boxes) == 1:
        return _read(grey, models, dpi)
    whole = Reading([], grey.width, grey.height)
    for box in boxes:
        _add(whole, _read(grey.crop(box), models, dpi, turning=False), box)
    return whole


def _add(whole: Reading, part: Reading, box: Box) -> None:
    """What was read in a box of the picture, moved to its place."""
    blocks = 1 + max((line.block for line in whole.lines), default=-1)
    for line in part.lines:
        line.box = moved(line.box, box)
        line.block += blocks
        for word in line.words:
            word.box = moved(word.box, box)
    whole.lines += part.lines
    whole.rules += [moved(rule, box) for rule in part.rules]


def _read(grey: Image.Image, models: list[str], dpi: int, *, turning: bool = True) -> Reading:
    page = _upright(grey, models, dpi, 0)
    if turning and page.blocks and page.doubt > DOUBT:
        turn = orientation(grey, dpi)
        if turn:
            turned = grey.rotate(-90 * turn, expand=True, fillcolor=255)
            other = _upright(turned, models, dpi, turn)
            page = min(page, other, key=lambda one: one.doubt)
    lines = [
        line
        for number, block in enumerate(page.blocks)
        for line in block_lines(page.models, block, dpi, number)
    ]
    return Reading(lines, page.grey.width, page.grey.height, page.turn, page.skew, [*page.rules])


def check_size(image: Image.Image) -> None:
    """Refuse a picture by its declared size, before any pixel is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise LimitExceeded(
            f"A picture of {width} x {height} pixels; the limit is {MAX_PIXELS} in all.",
            mend="Scale the picture down.",
            pixels=width * height,
        )


def _upright(grey: Image.Image, models: list[str], dpi: int, turn: int) -> _Upright:
    skew = deskew.skew(grey)
    if skew:
        grey = grey.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grey = inverted_areas.turned(denoise.calmed(grey, dpi), dpi)
    rules = ruling_lines.find(grey, dpi)
    grey = ruling_lines.erased(grey, rules)
    strips, tabular = table_columns.find(rules, grey, dpi)
    rest = ruling_lines.without(grey, strips)
    blocks = [(rest, box) for box in columns.blocks(rest)] + [(grey, box) for box in strips]
    ordered, doubt = pilot(blocks, models, dpi)
    return _Upright(grey, turn, skew, tabular, blocks, ordered, doubt)
