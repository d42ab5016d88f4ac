"""The columns of ruled tables, read one by one. Tesseract reads a row of cells as one line of text,
so cells of one width on top of each other are a strip that is read by itself.

Cells alone do not make a network of lines a table. Text runs across the lines of squared paper, of
the grid of a chart and of a frame over a page, and strips would cut it. Such text is read as if
there were no lines.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from doclake.extract.layout.page import Page
from doclake.extract.layout.page_tables import networks, ruled, strokes
from doclake.extract.ocr.symbols import PixelBox, bounding_box

MOST = 80
"""The most strips of a page, to bound its time: a network that exceeds it is read without."""
_WORK_DPI = 150
_DARK = 0.75  # of the brightness of the paper
_NEAR = 0.02  # inches: a line this near to a border is that border
_GAP = 0.02  # inches of white between the letters of a word
_LOW, _HIGH = 0.03, 0.5  # inches: the height of a word
_NARROW = 0.1  # inches: a narrower strip is no column
_SPARSE = 0.1  # share of its box that a word fills at least; a curve fills less
_OVER = 0.015  # inches that a word may reach into the next strip
_CUT = 0.06  # share of a strip's words that reach into others; with more it is no column
_ROW = 7.0  # points: if most rows are lower, it is a staff of music or millimetre paper
_RUNNING = 4  # words across lines: fewer are the lettering of a drawing, not running text
_OPEN = 0.3  # share of the strips of a network that are no columns; with more it is no table


def find(
    lines: Sequence[PixelBox], cleared: Image.Image, dpi: int
) -> tuple[list[PixelBox], Sequence[PixelBox]]:
    """Boxes of at most `MOST` strips, none of them blank, in pixels of the picture without these
    lines; and the lines, without those of networks that are no tables."""
    scale = dpi / 72
    page = Page(1, cleared.width / scale, cleared.height / scale)
    page.rules = [(x0 / scale, y0 / scale, x1 / scale, y1 / scale) for x0, y0, x1, y1 in lines]
    _, across, down = strokes.strokes(page)
    strips: list[PixelBox] = []
    for grid in networks.networks(across, down):
        boxes = [
            (round(x0 * scale), round(y0 * scale), round(x1 * scale), round(y1 * scale))
            for x0, y0, x1, y1 in _stacked(grid)
        ]
        columns = _columns(boxes, cleared, dpi) if np.median(np.diff(grid.ys)) >= _ROW else None
        if columns is None:
            lines = _outside(lines, boxes, round(_NEAR * dpi))
        elif len(strips) + len(columns) <= MOST:
            strips += columns
    return strips, lines


def _outside(lines: Sequence[PixelBox], boxes: Sequence[PixelBox], near: int) -> list[PixelBox]:
    """Lines whose middle is more than `near` pixels outside the box around all these boxes."""
    x0, y0, x1, y1 = bounding_box(boxes)
    left, top, right, bottom = x0 - near, y0 - near, x1 + near, y1 + near
    return [
        line
        for line in lines
        if not (
            left <= (line[0] + line[2]) / 2 <= right and top <= (line[1] + line[3]) / 2 <= bottom
        )
    ]


def _stacked(grid: networks.Network) -> list[tuple[float, float, float, float]]:
    """Boxes of the strips of a network: cells of one width on top of each other."""
    columns: dict[tuple[float, float], list[list[float]]] = defaultdict(list)
    for x0, y0, x1, y1 in ruled.cells(grid):
        runs = columns[x0, x1]
        if runs and runs[-1][1] == y0:
            runs[-1][1] = y1
        else:
            runs.append([y0, y1])
    return [(x0, y0, x1, y1) for (x0, x1), runs in columns.items() for y0, y1 in runs]


def _columns(boxes: Sequence[PixelBox], cleared: Image.Image, dpi: int) -> list[PixelBox] | None:
    """The strips of one network that hold words and cut next to no word. No strip at all if many
    cut words, and None if the words that they cut are running text."""
    step = max(1, dpi // _WORK_DPI)
    left, top, right, bottom = bounding_box(boxes)
    part = cleared.crop((left, top, right, bottom)).reduce(step)
    owners = np.zeros((part.height, part.width), np.int32)
    for number, (x0, y0, x1, y1) in enumerate(boxes, 1):
        rows = slice((y0 - top) // step, (y1 - top) // step)
        owners[rows, (x0 - left) // step : (x1 - left) // step] = number
    for x0, y0, x1, y1 in boxes:  # a narrow strip lies between double lines or along an axis
        if x1 - x0 < _NARROW * dpi and x1 < right:
            rows = slice((y0 - top) // step, (y1 - top) // step)
            beside = owners[rows, (x1 - left) // step].copy()
            owners[rows, (x0 - left) // step : (x1 - left) // step] = beside[:, None]
    counts, cut, shared = _count_words(part, owners, dpi / step)
    no_column = {number for number in counts if cut[number] > _CUT * counts[number]}
    for pair in shared:  # strips with a word across them are read both, or neither
        if no_column.intersection(pair):
            no_column.update(pair)
    if len(no_column) > _OPEN * len(counts):
        return None if len(shared) >= _RUNNING else []
    return [boxes[number - 1] for number in sorted(counts) if number and number not in no_column]


def _count_words(
    part: Image.Image, owners: Any, dpi: float
) -> tuple[Counter[int], Counter[int], Any]:
    """For each strip the number of its words, and of those that reach into another strip; and the
    pairs of strips that share a word. 0 is the place of no strip."""
    from scipy import ndimage

    values = np.asarray(part, np.uint8)
    ink = values < _DARK * float(np.percentile(values[::4, ::4], 90))
    joined = ndimage.binary_closing(ink, np.ones((1, round(_GAP * dpi) | 1)))
    labels, _ = ndimage.label(joined, np.ones((3, 3)))
    over = max(1, round(_OVER * dpi))
    counts: Counter[int] = Counter()
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
        counts.update(at)
        if len(at) > 1 and max(height, width) >= _LOW * dpi:
            cut.update(at)
            first, *others = sorted(at)
            pairs += [(first, other) for other in others]
    return counts, cut, pairs
