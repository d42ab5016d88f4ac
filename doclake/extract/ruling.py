"""Ruling lines in the picture of a page: found, erased, and the strips of cells they enclose.

Letters that touch a line are misread, and Tesseract reads a row of cells as one line of text. So
lines are erased before anything is read, and each column of a ruled table is read by itself.

Method: a pixel belongs to a ruling line if nearly all pixels of a long window along the line are
dark (morphological opening by a line, with a tolerance for specks).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from doclake.extract.ocr_symbols import Box
from doclake.extract.pdf.page import Page
from doclake.extract.pdf.tables import ruled

_DARK = 0.75  # of the brightness of the paper
_ACROSS, _DOWN = 0.35, 0.2  # inches: the shortest line, the second no higher than a row of a table
# Inches. A shorter line that meets none of the other direction may be a letter, or the level
# strokes of several (으로도).
_FREE = 1.0
_SOLID = 0.93  # share of dark pixels along a line
_THICK = 0.06  # inches: what is thicker is a picture, a bar or a dark background
_NEAR = 0.04  # inches between lines that meet
_WORK_DPI = 150  # a hairline is still half a pixel wide
_WORK_PIXELS = 20_000_000  # 4 bytes each, twice
_AROUND = 2  # pixels erased on either side: the grey edge of a line


def find(grey: Image.Image, dpi: int) -> list[Box]:
    """Boxes of the ruling lines of an upright picture, in pixels."""
    step = max(1, dpi // _WORK_DPI, math.ceil(math.sqrt(grey.width * grey.height / _WORK_PIXELS)))
    return [
        (x0 * step, y0 * step, x1 * step, y1 * step)
        for x0, y0, x1, y1 in _found(grey.reduce(step), dpi / step)
    ]


def _found(grey: Image.Image, dpi: float) -> list[Box]:
    values = np.asarray(grey, np.uint8)
    ink = values < _DARK * float(np.percentile(values[::8, ::8], 90))
    ink &= ~_thick(ink, round(_THICK * dpi), round(_NEAR * dpi))
    level = _lines(ink, 1, _ACROSS, dpi)
    upright = _lines(ink, 0, _DOWN, dpi)
    return [*_ruling(level, upright, dpi), *_ruling(upright, level, dpi)]


def _ruling(lines: Sequence[Box], others: Sequence[Box], dpi: float) -> list[Box]:
    """Those that are long or meet a line of the other direction."""
    near = _NEAR * dpi
    return [
        line
        for line in lines
        if max(line[2] - line[0], line[3] - line[1]) >= _FREE * dpi
        or any(_meet(line, other, near) for other in others)
    ]


def _thick(ink: Any, width: int, around: int) -> Any:
    """Where dark areas are `width` pixels and more either way, and a little around them."""
    from scipy import ndimage

    solid = ndimage.minimum_filter(ink.astype(np.uint8), width, mode="constant")
    return ndimage.maximum_filter(solid, width + 2 * around, mode="constant").astype(bool)


def _lines(ink: Any, axis: int, inches: float, dpi: float) -> list[Box]:
    """Boxes of the lines along an axis. A pixel is in one if it lies in a window of that many
    inches that is dark nearly throughout."""
    from scipy import ndimage

    length = max(8, round(inches * dpi))
    share = ndimage.uniform_filter1d(ink.astype(np.float32), length, axis, mode="constant")
    solid = (share >= _SOLID).astype(np.uint8)
    marked = ndimage.maximum_filter1d(solid, length, axis, mode="constant").astype(bool) & ink
    labels, _ = ndimage.label(marked, np.ones((3, 3)))
    found = []
    for rows, columns in ndimage.find_objects(labels):
        box = columns.start, rows.start, columns.stop, rows.stop
        along, across = (box[2] - box[0], box[3] - box[1])[:: 1 if axis else -1]
        if along >= 0.9 * length and across <= _THICK * dpi:
            found.append(box)
    return found


def _meet(one: Box, other: Box, near: float) -> bool:
    return (
        one[0] - near <= other[2]
        and other[0] - near <= one[2]
        and one[1] - near <= other[3]
        and other[1] - near <= one[3]
    )


def erased(grey: Image.Image, lines: Sequence[Box]) -> Image.Image:
    """The picture without these lines."""
    if not lines:
        return grey
    values = np.array(grey, np.uint8)
    paper = int(np.percentile(values[::8, ::8], 90))
    for x0, y0, x1, y1 in lines:
        values[max(0, y0 - _AROUND) : y1 + _AROUND, max(0, x0 - _AROUND) : x1 + _AROUND] = paper
    return Image.fromarray(values)


def strips(lines: Sequence[Box], size: tuple[int, int], dpi: int) -> list[Box]:
    """Where to read what ruled tables hold, in pixels: cells of one width that stand on top of
    each other are a strip."""
    scale = dpi / 72
    page = Page(1, size[0] / scale, size[1] / scale)
    page.rules = [(x0 / scale, y0 / scale, x1 / scale, y1 / scale) for x0, y0, x1, y1 in lines]
    _, across, down = ruled.strokes(page)
    found = [strip for grid in ruled.networks(across, down) for strip in _stacked(grid)]
    return [
        (round(x0 * scale), round(y0 * scale), round(x1 * scale), round(y1 * scale))
        for x0, y0, x1, y1 in found
    ]


def _stacked(grid: ruled.Network) -> list[tuple[float, float, float, float]]:
    columns: dict[tuple[float, float], list[list[float]]] = defaultdict(list)
    for x0, y0, x1, y1 in ruled.cells(grid):
        runs = columns[x0, x1]
        if runs and runs[-1][1] == y0:
            runs[-1][1] = y1
        else:
            runs.append([y0, y1])
    return [(x0, y0, x1, y1) for (x0, x1), runs in columns.items() for y0, y1 in runs]


def without(grey: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The picture with these boxes blank."""
    rest = grey.copy()
    for box in boxes:
        rest.paste(255, box)
    return rest
