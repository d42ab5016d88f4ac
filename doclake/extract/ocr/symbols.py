"""What Tesseract says of a picture, letter by letter, as lines with boxes and confidence."""

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
_TALL = 1.6  # times the usual height: beyond it a box is not one symbol's

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels."""


@dataclass(slots=True)
class Symbol:
    """A letter or sign. `confidence` is 0 to 100, and `100 - confidence` grows with minus the
    logarithm of its probability. `spaced`: there is white before it."""

    text: str
    box: Box
    confidence: float
    spaced: bool


@dataclass(slots=True)
class Word:
    """What stands between two spaces; `confidence` 0 to 1 is the mean of its letters."""

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
    found = engine.GetIterator()
    lines: list[list[Symbol]] = []
    for item in iterate_level(found, RIL.SYMBOL) if found is not None else ():
        if item.IsAtBeginningOf(RIL.TEXTLINE):
            lines.append([])
        edges = item.BoundingBox(RIL.SYMBOL)
        letters = ""
        with contextlib.suppress(RuntimeError):  # "No text returned" for what is no symbol
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
    """Which symbols have white before them. Tesseract takes single syllables of Hangul for words;
    only in the text of the whole picture does it say where white is."""
    at = 0
    for symbol in line:
        start = text.find(symbol.text, at)
        if start < 0:
            return
        symbol.spaced = start > at
        at = start + len(symbol.text)


def _trim(line: list[Symbol]) -> None:
    """Boxes no wider than they can be: the first symbol of a word may be given the box of the
    whole word, and a bracket half of the letter after it."""
    usual = statistics.median(symbol.box[3] - symbol.box[1] for symbol in line)
    for symbol, after in pairwise([*line, line[-1]]):
        x0, y0, x1, y1 = symbol.box
        if x0 < after.box[0] < x1:
            x1 = after.box[0]
        if symbol.text in _NARROW:
            x1 = min(x1, x0 + max(1, round(_SLIM * usual)))
        symbol.box = x0, y0, x1, y1


def lines_of(engine: Any, part: Image.Image, mode: int, dpi: int) -> list[Box]:
    """Boxes of the lines of a picture; nothing is read."""
    from tesserocr import RIL, iterate_level

    engine.SetPageSegMode(mode)
    engine.SetImage(part)
    engine.SetSourceResolution(dpi)
    found = engine.AnalyseLayout()
    if found is None:
        return []
    boxes = [item.BoundingBox(RIL.TEXTLINE) for item in iterate_level(found, RIL.TEXTLINE)]
    return [box for box in boxes if box]


def around(boxes: Sequence[Any]) -> Any:
    """The smallest box that holds all of them."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def line_box(symbols: Sequence[Symbol]) -> Box:
    """Box of a line. A symbol with the box of something larger does not count."""
    usual = statistics.median(symbol.box[3] - symbol.box[1] for symbol in symbols)
    sound = [one.box for one in symbols if one.box[3] - one.box[1] <= _TALL * usual]
    box: Box = around(sound)
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
            around([symbol.box for symbol in group]),
            confidence(group) / 100,
        )
        for group in groups
    ]
