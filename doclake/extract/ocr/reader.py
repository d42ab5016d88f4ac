"""Text from pictures of pages with Tesseract: lines and words with boxes and confidence.

Tesseract's own page segmentation fails on Korean columns (26-79 % character error with psm 3, 0.5-
0.9 % with psm 6 on one column). So the page is straightened and cut at its gutters here, and each
block is read with psm 6. A few lines are read first (`pilot`): they show which model knows the
page's script, and whether the page lies on its side.
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
from doclake.extract.ocr.model import Reading, TextBlock
from doclake.extract.ocr.pilot import DOUBT, orientation, pilot
from doclake.extract.ocr.symbols import PixelBox
from doclake.extract.ocr.tesseract import require_models

MAX_PIXELS = 120_000_000
"""A picture with more pixels is refused before it is decoded: about 4 A4 pages at 600 dpi, 120 MB
in grey."""


@dataclass(slots=True)
class _Prepared:
    """A picture turned upright and straightened, its ruling lines erased, and its blocks. Text
    outside of tables is read from a picture without the tables. `models` and `doubt` are those of
    the pilot: the models, best first, and the mean price of a letter under the best."""

    grey: Image.Image
    turn: int
    skew: float
    rules: Sequence[PixelBox]
    blocks: list[TextBlock]
    models: list[str]
    doubt: float


def read(image: Image.Image, languages: Sequence[str], dpi: int) -> Reading:
    """Lines of a picture of one page. Raises DependencyMissing and LimitExceeded."""
    check_size(image)
    models = scripts.groups(languages)
    require_models(languages)
    grey = image.convert("L")
    boxes = tall_pictures.pieces(grey)
    if len(boxes) == 1:
        return _read(grey, models, dpi)
    whole = Reading([], grey.width, grey.height)
    for box in boxes:
        _add(whole, _read(grey.crop(box), models, dpi, turning=False), box)
    return whole


def _add(whole: Reading, part: Reading, box: PixelBox) -> None:
    """Add what was read in a box of the picture."""
    blocks = 1 + max((line.block for line in whole.lines), default=-1)
    for line in part.lines:
        line.box = moved(line.box, box)
        line.block += blocks
        for word in line.words:
            word.box = moved(word.box, box)
    whole.lines += part.lines
    whole.rules += [moved(rule, box) for rule in part.rules]


def _read(grey: Image.Image, models: list[str], dpi: int, *, turning: bool = True) -> Reading:
    page = _prepare(grey, models, dpi, 0)
    if turning and page.blocks and page.doubt > DOUBT:
        turn = orientation(grey, dpi)
        if turn:
            turned = grey.rotate(-90 * turn, expand=True, fillcolor=255)
            other = _prepare(turned, models, dpi, turn)
            page = min(page, other, key=lambda candidate: candidate.doubt)
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


def _prepare(grey: Image.Image, models: list[str], dpi: int, turn: int) -> _Prepared:
    skew = deskew.skew(grey)
    if skew:
        grey = grey.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    grey = inverted_areas.inverted(denoise.denoised(grey, dpi), dpi)
    rules = ruling_lines.find(grey, dpi)
    grey = ruling_lines.erased(grey, rules)
    strips, table_rules = table_columns.find(rules, grey, dpi)
    rest = ruling_lines.blanked(grey, strips)
    blocks = [(rest, box) for box in columns.blocks(rest)] + [(grey, box) for box in strips]
    ordered, doubt = pilot(blocks, models, dpi)
    return _Prepared(grey, turn, skew, table_rules, blocks, ordered, doubt)
