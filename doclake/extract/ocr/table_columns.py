"""Where to read what ruled tables hold: Tesseract reads a row of cells as one line of text, so each
column of a ruled table, cells of one width on top of each other, is a strip read by itself.

A network of lines is not a table because it has cells. Squared paper, the grid of a chart and a
frame over a page have text that runs across their lines, and strips would cut it. There the text is
read as if there were no lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from doclake.extract.layout.page import Page
from doclake.extract.layout.page_tables import networks, ruled, strokes
from doclake.extract.ocr.symbols import Box, around

MOST = 80
"""Strips of a page, a bound for its time: a network with more of them is read without."""
_WORK_DPI = 150
_DARK = 0.75  # of the brightness of the paper
_NEAR = 0.02  # inches between a line and the border it is
_GAP = 0.02  # inches of white between the letters of a word
_LOW, _HIGH = 0.03, 0.5  # inches: heights of what may be a word
_NARROW = 0.1  # inches: what is narrower is no column
_SPARSE = 0.1  # share of its box that a word fills at least; a curve fills less
_OVER = 0.015  # inches that a word may reach into the next strip
_CUT = 0.06  # share of a strip's words that reach into others, beyond which it is no column
_ROW = 7.0  # points: rows usually lower than this are a staff of music or millimetre paper
_RUNNING = 4  # words across lines: fewer are the lettering of a drawing, no text on paper
_OPEN = 0.3  # share of the strips of a network that are none, beyond which it is no table


def find(lines: Sequence[Box], cleared: Image.Image, dpi: int) -> tuple[list[Box], Sequence[Box]]:
    """Boxes of the strips, in pixels of a picture from which these lines were erased, at most
    `MOST`, none blank; and the lines without those of networks that are no tables."""
    scale = dpi / 72
    page = Page(1, cleared.width / scale, cleared.height / scale)
    page.rules = [(x0 / scale, y0 / scale, x1 / scale, y1 / scale) for x0, y0, x1, y1 in lines]
    _, across, down = strokes.strokes(page)
    found: list[Box] = []
    for grid in networks.networks(across, down):
        boxes = [
            (round(x0 * scale), round(y0 * scale), round(x1 * scale), round(y1 * scale))
            for x0, y0, x1, y1 in _stacked(grid)
        ]
        columns = _columns(boxes, cleared, dpi) if np.median(np.diff(grid.ys)) >= _ROW else None
        if columns is None:
            lines = _outside(lines, boxes, round(_NEAR * dpi))
        elif len(found) + len(columns) <= MOST:
            found += columns
    return found, lines


def _outside(lines: Sequence[Box], boxes: Sequence[Box], near: int) -> list[Box]:
    """Lines whose middle is not within what these boxes cover together, or as near as that."""
    x0, y0, x1, y1 = around(boxes)
    left, top, right, bottom = x0 - near, y0 - near, x1 + near, y1 + near
    return [
        line
        for line in lines
        if not (
            left <= (line[0] + line[2]) / 2 <= right and top <= (line[1] + line[3]) / 2 <= bottom
        )
    ]


def _stacked(grid: networks.Network) -> list[tuple[float, float, float, float]]:
    columns: dict[tuple[float, float], list[list[float]]] = defaultdict(list)
    for x0, y0, x1, y1 in ruled.cells(grid):
        runs = columns[x0, x1]
        if runs and runs[-1][1] == y0:
            runs[-1][1] = y1
        else:
            runs.append([y0, y1])
    return [(x0, y0, x1, y1) for (x0, x1), runs in columns.items() for y0, y1 in runs]


def _columns(boxes: Sequence[Box], cleared: Image.Image, dpi: int) -> list[Box] | None:
    """Those of the strips of one network that hold words and cut next to none; none of them where
    many cut words, and None where that is running text."""
    step = max(1, dpi // _WORK_DPI)
    left, top, right, bottom = around(boxes)
    part = cleared.crop((left, top, right, bottom)).reduce(step)
    owners = np.zeros((part.height, part.width), np.int32)
    for number, (x0, y0, x1, y1) in enumerate(boxes, 1):
        rows = slice((y0 - top) // step, (y1 - top) // step)
        owners[rows, (x0 - left) // step : (x1 - left) // step] = number
    for x0, y0, x1, y1 in boxes:  # between double lines, or along an axis: no place for words
        if x1 - x0 < _NARROW * dpi and x1 < right:
            rows = slice((y0 - top) // step, (y1 - top) // step)
            beside = owners[rows, (x1 - left) // step].copy()
            owners[rows, (x0 - left) // step : (x1 - left) // step] = beside[:, None]
    held, cut, shared = _words(part, owners, dpi / step)
    open_ = {number for number in held if cut[number] > _CUT * held[number]}
    for pair in shared:  # what is cut off from one strip is read in none
        if open_.intersection(pair):
            open_.update(pair)
    if len(open_) > _OPEN * len(held):
        return None if len(shared) >= _RUNNING else []
    return [boxes[number - 1] for number in sorted(held) if number and number not in open_]


def _words(part: Image.Image, owners: Any, dpi: float) -> tuple[Counter[int], Counter[int], Any]:
    """How many words each strip holds, how many of them reach into another, and the pairs of
    strips that share one. 0 is the place of no strip."""
    from scipy import ndimage

    values = np.asarray(part, np.uint8)
    ink = values < _DARK * float(np.percentile(values[::4, ::4], 90))
    joined = ndimage.binary_closing(ink, np.ones((1, round(_GAP * dpi) | 1)))
    labels, _ = ndimage.label(joined, np.ones((3, 3)))
    over = max(1, round(_OVER * dpi))
    held: Counter[int] = Counter()
    cut: Counter[int] = Counter()
    pairs: list[tuple[int, int]] = []
    pixels = np.bincount(labels.ravel())
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        middle = (rows.start + rows.stop) // 2, (columns.start + columns.stop) // 2
        if height > _HIGH * dpi or pixels[number] < _SPARSE * height * width:
            continue
        at = {
            int(owners[middle[0], min(columns.start + over, middle[1])]),
            int(owners[middle[0], max(columns.stop - 1 - over, middle[1])]),
            int(owners[min(rows.start + over, middle[0]), middle[1]]),
            int(owners[max(rows.stop - 1 - over, middle[0]), middle[1]]),
        }
        held.update(at)
        if len(at) > 1 and max(height, width) >= _LOW * dpi:
            cut.update(at)
            first, *others = sorted(at)
            pairs += [(first, other) for other in others]
    return held, cut, pairs
