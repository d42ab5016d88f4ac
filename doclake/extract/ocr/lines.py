"""A block of a picture to lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PIL import Image

from doclake.extract.ocr import scripts, symbols
from doclake.extract.ocr.model import Block, TextLine
from doclake.extract.ocr.symbols import Box, Symbol
from doclake.extract.ocr.tesseract import open_engine

_MARGIN = 6  # pixels around a line that is read by itself
_NOISE = 25.0  # confidence under which a line is a picture, not text


def area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def block_lines(models: list[str], block: Block, dpi: int, number: int) -> Iterator[TextLine]:
    """Lines of a block by the page's first model, the doubtful ones put together from all."""
    from tesserocr import PSM

    picture, box = block
    part = picture.crop(box)
    first, *others = models
    for line in symbols.read(open_engine(first), part, PSM.SINGLE_BLOCK, dpi):
        if others and scripts.doubtful(line, first):
            again = grown(symbols.line_box(line), part)
            readings = [(other, line_again(other, part, again, dpi)) for other in others]
            line = scripts.merged([(first, line), *readings])
        confidence = symbols.confidence(line)
        if confidence < _NOISE:
            continue
        for symbol in line:
            symbol.box = moved(symbol.box, box)
        words = symbols.words(line)
        text = " ".join(word.text for word in words)
        edges = symbols.around([word.box for word in words])
        yield TextLine(text, edges, confidence / 100, number, words)


def line_again(model: str, part: Image.Image, box: Box, dpi: int) -> list[Symbol]:
    """The line in this box of the picture, read by itself."""
    from tesserocr import PSM

    strip = part.crop(box)
    lines = symbols.read(open_engine(model), strip, PSM.SINGLE_LINE, dpi)
    # Looking for the line may find none; a raw line is read as it stands.
    lines = lines or symbols.read(open_engine(model), strip, PSM.RAW_LINE, dpi)
    read = [symbol for line in lines for symbol in line]
    for symbol in read:
        symbol.box = moved(symbol.box, box)
    return read


def moved(box: Any, origin: Sequence[int]) -> Any:
    x, y = origin[:2]
    return box[0] + x, box[1] + y, box[2] + x, box[3] + y


def grown(box: Box, part: Image.Image) -> Box:
    x0, y0, x1, y1 = box
    return (
        max(0, x0 - _MARGIN),
        max(0, y0 - _MARGIN),
        min(part.width, x1 + _MARGIN),
        min(part.height, y1 + _MARGIN),
    )
