"""From a block of a picture to lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image

from doclake.extract.ocr import scripts, symbols
from doclake.extract.ocr.model import TextBlock, TextLine
from doclake.extract.ocr.symbols import PixelBox, Symbol
from doclake.extract.ocr.tesseract import open_engine

_MARGIN = 6  # pixels around a line that is read by itself
_NOISE = 25.0  # confidence: a line with less is a picture, not text


def area(box: PixelBox) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def block_lines(models: list[str], block: TextBlock, dpi: int, number: int) -> Iterator[TextLine]:
    """Lines of a block, read with the first model; a doubtful line is read with all models and put
    together from their readings. `number` is that of the block."""
    from tesserocr import PSM

    picture, box = block
    part = picture.crop(box)
    first, *others = models
    for line in symbols.read(open_engine(first), part, PSM.SINGLE_BLOCK, dpi):
        if others and scripts.doubtful(line, first):
            line_box = grown(symbols.line_box(line), part)
            readings = [(other, read_line(other, part, line_box, dpi)) for other in others]
            line = scripts.merged([(first, line), *readings])
        confidence = symbols.confidence(line)
        if confidence < _NOISE:
            continue
        for symbol in line:
            symbol.box = moved(symbol.box, box)
        words = symbols.words(line)
        text = " ".join(word.text for word in words)
        edges = symbols.bounding_box([word.box for word in words])
        yield TextLine(text, edges, confidence / 100, number, words)


def read_line(model: str, part: Image.Image, box: PixelBox, dpi: int) -> list[Symbol]:
    """Symbols of the line in this box, read by itself. Their boxes are those of `part`."""
    from tesserocr import PSM

    strip = part.crop(box)
    lines = symbols.read(open_engine(model), strip, PSM.SINGLE_LINE, dpi)
    # SINGLE_LINE looks for the line first and may miss it; RAW_LINE reads the picture as it stands.
    lines = lines or symbols.read(open_engine(model), strip, PSM.RAW_LINE, dpi)
    in_line = [symbol for line in lines for symbol in line]
    for symbol in in_line:
        symbol.box = moved(symbol.box, box)
    return in_line


def moved(box: Any, origin: Sequence[int]) -> Any:
    """A box inside another, whose first corner is `origin`, as a box of the whole picture."""
    x, y = origin[:2]
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def grown(box: PixelBox, part: Image.Image) -> PixelBox:
    """A box with `_MARGIN` around it, within the picture."""
    x0, y0, x1, y1 = box
    return (
        max(0, x0 - _MARGIN),
        max(0, y0 - _MARGIN),
        min(part.width, x1 + _MARGIN),
        min(part.height, y1 + _MARGIN),
    )
