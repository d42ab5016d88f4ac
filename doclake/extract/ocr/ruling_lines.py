"""Ruling lines in the picture of a page: found and erased, because a letter that touches one is
misread.

Method: a pixel belongs to a ruling line if nearly all pixels of a long window along the line are
dark (morphological opening by a line, with a tolerance for specks).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from doclake.extract.ocr.symbols import PixelBox

_DARK = 0.75  # of the brightness of the paper
_ACROSS, _DOWN = 0.35, 0.2  # inches: the shortest line; upright ones may be as short as a table row
# Inches. A shorter line that meets no line of the other direction may be a letter, or the level
# strokes of several (으로도).
_FREE = 1.0
_LETTER = 0.5  # inches: a longer stroke is not part of a letter
_SOLID = 0.93  # share of dark pixels along a line
_THICK = 0.06  # inches: a thicker stroke is a picture, a bar or a dark background
_NEAR = 0.04  # inches between lines that meet
_WORK_DPI = 150  # a hairline is still half a pixel wide
_WORK_PIXELS = 20_000_000  # 4 bytes each, twice
_AROUND = 2  # pixels erased on either side: the grey edge of a line
_PALER = 50  # levels of grey: a line this much paler than ink can be told from it
_BLACK = 80  # level of grey: such ink is at least this dark


def find(grey: Image.Image, dpi: int) -> list[PixelBox]:
    """Boxes of the ruling lines of an upright picture, in pixels."""
    step = max(1, dpi // _WORK_DPI, math.ceil(math.sqrt(grey.width * grey.height / _WORK_PIXELS)))
    return [
        (x0 * step, y0 * step, x1 * step, y1 * step)
        for x0, y0, x1, y1 in _find(grey.reduce(step), dpi / step)
    ]


def _find(grey: Image.Image, dpi: float) -> list[PixelBox]:
    values = np.asarray(grey, np.uint8)
    ink = values < _DARK * float(np.percentile(values[::8, ::8], 90))
    ink &= ~_thick(ink, round(_THICK * dpi), round(_NEAR * dpi))
    level = _lines(ink, 1, _ACROSS, dpi)
    upright = _lines(ink, 0, _DOWN, dpi)
    return [*_ruling(level, upright, dpi), *_ruling(upright, level, dpi)]


def _ruling(lines: Sequence[PixelBox], others: Sequence[PixelBox], dpi: float) -> list[PixelBox]:
    """The lines that are long, or that meet a line of the other direction. A line short enough to
    be the stroke of a large letter must meet two, since an underline would be one."""
    near = _NEAR * dpi
    ruling = []
    for line in lines:
        length = max(line[2] - line[0], line[3] - line[1])
        if length < _FREE * dpi:
            meeting = sum(_meet(line, other, near) for other in others)
            if meeting < (1 if length >= _LETTER * dpi else 2):
                continue
        ruling.append(line)
    return ruling


def _thick(ink: Any, width: int, around: int) -> Any:
    """Mask of the dark areas of at least `width` pixels either way, and a little around them."""
    from scipy import ndimage

    solid = ndimage.minimum_filter(ink.astype(np.uint8), width, mode="constant")
    return ndimage.maximum_filter(solid, width + 2 * around, mode="constant").astype(bool)


def _lines(ink: Any, axis: int, inches: float, dpi: float) -> list[PixelBox]:
    """Boxes of the lines along an axis. A pixel belongs to a line if it lies in a window of so many
    inches that is nearly all dark."""
    from scipy import ndimage

    length = max(8, round(inches * dpi))
    share = ndimage.uniform_filter1d(ink.astype(np.float32), length, axis, mode="constant")
    solid = (share >= _SOLID).astype(np.uint8)
    marked = ndimage.maximum_filter1d(solid, length, axis, mode="constant").astype(bool) & ink
    labels, _ = ndimage.label(marked, np.ones((3, 3)))
    lines = []
    for rows, columns in ndimage.find_objects(labels):
        box = columns.start, rows.start, columns.stop, rows.stop
        along, across = (box[2] - box[0], box[3] - box[1])[:: 1 if axis else -1]
        if along >= 0.9 * length and across <= _THICK * dpi:
            lines.append(box)
    return lines


def _meet(one: PixelBox, other: PixelBox, near: float) -> bool:
    return (
        one[0] - near <= other[2]
        and other[0] - near <= one[2]
        and one[1] - near <= other[3]
        and other[1] - near <= one[3]
    )


def erased(grey: Image.Image, lines: Sequence[PixelBox]) -> Image.Image:
    """The picture without these lines. A letter across a line stays whole, or text on squared paper
    would be lost: its ink is on both sides of the line, or is darker than a pale line."""
    if not lines:
        return grey
    values = np.array(grey, np.uint8)
    paper = int(np.percentile(values[::8, ::8], 90))
    bands = [
        (max(0, x0 - _AROUND), max(0, y0 - _AROUND), x1 + _AROUND, y1 + _AROUND)
        for x0, y0, x1, y1 in lines
    ]
    ink = np.pad(values < _DARK * paper, 1)
    for x0, y0, x1, y1 in bands:
        ink[y0 + 1 : y1 + 1, x0 + 1 : x1 + 1] = False
    for x0, y0, x1, y1 in bands:
        part = values[y0:y1, x0:x1]
        beside = ink[y0 : y1 + 2, x0 + 1 : x1 + 1]
        if x1 - x0 < y1 - y0:
            part, beside = part.T, ink[y0 + 1 : y1 + 1, x0 : x1 + 2].T
        width = part.shape[1]
        part[~_crossing(beside[0, :width], beside[len(part) + 1, :width], part)] = paper
    return Image.fromarray(values)


def _crossing(before: Any, after: Any, part: Any) -> Any:
    """Mask of the pixels of a line's band that are ink across it. `before` and `after` are masks of
    the ink that touches the band on either side."""
    from scipy import ndimage

    reach = len(part) | 1  # a stroke that leans by 45 degrees each way
    near = [ndimage.maximum_filter1d(side.astype(np.uint8), reach) for side in (before, after)]
    through = (before & near[1].astype(bool)) | (near[0].astype(bool) & after)
    line = float(np.median(part.min(axis=0)))
    dark = part < min(line - _PALER, _BLACK)
    return through[None, :] | dark


def blanked(grey: Image.Image, boxes: Sequence[PixelBox]) -> Image.Image:
    """The picture with these boxes blank."""
    rest = grey.copy()
    for box in boxes:
        rest.paste(255, box)
    return rest
