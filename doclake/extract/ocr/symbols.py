"""What Tesseract reads in a picture: letters with boxes and confidence, line by line."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from PIL import Image

_NARROW = frozenset("()[].,:;'!|")
_SLIM = 0.35  # width of a narrow sign, of the usual height
_TALL = 1.6  # times the usual height: a taller box is not that of one symbol

PixelBox = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels."""


@dataclass(slots=True)
class Symbol:
    """A letter or sign. `confidence` is 0 to 100; `100 - confidence` grows with minus the logarithm
    of the probability. `spaced`: there is white before it."""

    text: str
    box: PixelBox
    confidence: float
    spaced: bool


@dataclass(slots=True)
class Word:
    """A word, with a pixel box; `confidence` is the mean of its letters, 0 to 1."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float


def read(engine: Any, part: Image.Image, mode: int, dpi: int) -> list[list[Symbol]]:
    """Symbols of each line of a picture, under a page segmentation mode of Tesseract."""
    from tesserocr import RIL, iterate_level

    engine.SetPageSegMode(mode)
    engine.SetImage(part)
    engine.SetSourceResolution(dpi)
    engine.Recognize()
    texts = [text for text in engine.GetUTF8Text().splitlines() if text.strip()]
    results = engine.GetIterator()
    lines: list[list[Symbol]] = []
    for item in iterate_level(results, RIL.SYMBOL) if results is not None else ():
        if item.IsAtBeginningOf(RIL.TEXTLINE):
            lines.append([])
        edges = item.BoundingBox(RIL.SYMBOL)
        letters = ""
        with contextlib.suppress(RuntimeError):  # "No text returned": it is no symbol
            letters = (item.GetUTF8Text(RIL.SYMBOL) or "").strip()
        if edges and letters:
            spaced = bool(item.IsAtBeginningOf(RIL.WORD))
            lines[-1].append(Symbol(letters, edges, item.Confidence(RIL.SYMBOL), spaced))
    lines = [line for line in lines if line]
    if len(lines) == len(texts):
        for line, text in zip(lines, texts, strict=True):
            _mark_spaces(line, text)
    for line in lines:
        _trim(line)
    return lines


def _mark_spaces(line: list[Symbol], text: str) -> None:
    """Set `spaced` by the text of the line. Tesseract's own words are no help: it takes single
    syllables of Hangul for words."""
    at = 0
    for symbol in line:
        start = text.find(symbol.text, at)
        if start < 0:
            return
        symbol.spaced = start > at
        at = start + len(symbol.text)


def _trim(line: list[Symbol]) -> None:
    """Cut boxes that are too wide: Tesseract may give the first symbol of a word the box of the
    whole word, and a bracket half of the letter after it."""
    usual = statistics.median(symbol.box[3] - symbol.box[1] for symbol in line)
    for symbol, after in pairwise([*line, line[-1]]):
        x0, y0, x1, y1 = symbol.box
        if x0 < after.box[0] < x1:
            x1 = after.box[0]
        if symbol.text in _NARROW:
            x1 = min(x1, x0 + max(1, round(_SLIM * usual)))
        symbol.box = x0, y0, x1, y1


def line_boxes(engine: Any, part: Image.Image, mode: int, dpi: int) -> list[PixelBox]:
    """Boxes of the lines of a picture, found without reading them."""
    from tesserocr import RIL, iterate_level

    engine.SetPageSegMode(mode)
    engine.SetImage(part)
    engine.SetSourceResolution(dpi)
    layout = engine.AnalyseLayout()
    if layout is None:
        return []
    boxes = [item.BoundingBox(RIL.TEXTLINE) for item in iterate_level(layout, RIL.TEXTLINE)]
    return [box for box in boxes if box]


def bounding_box(boxes: Sequence[Any]) -> Any:
    """The smallest box that holds all of them."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def line_box(symbols: Sequence[Symbol]) -> PixelBox:
    """Box of a line. Symbols that are too tall do not count: theirs are boxes of something else."""
    usual = statistics.median(symbol.box[3] - symbol.box[1] for symbol in symbols)
    boxes = [symbol.box for symbol in symbols]
    box: PixelBox = bounding_box([box for box in boxes if box[3] - box[1] <= _TALL * usual])
    return box


def confidence(symbols: Sequence[Symbol]) -> float:
    """Mean of the letters, 0 to 100."""
    return sum(symbol.confidence for symbol in symbols) / max(len(symbols), 1)


def words(symbols: Sequence[Symbol]) -> list[Word]:
    groups: list[list[Symbol]] = []
    for symbol in symbols:
        if symbol.spaced or not groups:
            groups.append([])
        groups[-1].append(symbol)
    return [
        Word(
            "".join(symbol.text for symbol in group),
            bounding_box([symbol.box for symbol in group]),
            confidence(group) / 100,
        )
        for group in groups
    ]
