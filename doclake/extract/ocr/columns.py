"""From the picture of a page to its columns and bands, by the white between them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from PIL import Image

from doclake.extract.ocr.deskew import ink_mask
from doclake.extract.ocr.symbols import PixelBox

_LANE = 0.014  # width of a gutter, of the page's width
_BAND = 0.004  # height of white that separates two bands, of the page's height
_COLUMN = 0.2  # of the page's width: a narrower column may be one of a table
_LINES = 8  # of running text, at least
_LONG, _MOSTLY = 0.7, 0.6  # lines that fill 70 % of their column: 60 % of them, at least
_HEADING = 2  # bands of a heading above columns, at most
_TALL = 0.06  # least height of a stretch of columns, of the page's height


def blocks(grey: Image.Image) -> list[PixelBox]:
    """Boxes in reading order: full-width bands, and the columns between them.

    The page is cut into bands at white rows. Neighbouring bands that share a white lane with ink
    on both sides form a stretch of columns, if it is tall enough and its columns are wider than
    those of a table or hold running text.
    """
    ink = ink_mask(grey)
    height, width = ink.shape
    stretches: list[tuple[int, int]] = []
    shared = np.zeros(width, bool)
    for top, bottom in _bands(ink, max(3, round(_BAND * height))):
        dark = ink[top:bottom].any(axis=0)
        lane = _lanes(dark)
        # A band with ink on one side only continues the columns above it.
        both = shared & ~dark
        if stretches and (
            _gutters(both, width) or not (_gutters(shared, width) or _gutters(lane, width))
        ):
            stretches[-1] = stretches[-1][0], bottom
            shared = both
        else:
            stretches.append((top, bottom))
            shared = lane
    scale = grey.width / width
    boxes: list[PixelBox] = []
    for top, bottom in _joined([part for whole in stretches for part in _parts(ink, *whole)], ink):
        edges = _edges(ink, top, bottom)
        y0, y1 = max(0, round((top - 3) * scale)), min(grey.height, round((bottom + 3) * scale))
        for left, right in pairwise(edges):
            boxes.append((round(left * scale), y0, min(grey.width, round(right * scale)), y1))
    return boxes


def _parts(ink: Any, top: int, bottom: int) -> list[tuple[int, int]]:
    """A stretch, the heading above its columns apart: the words of a heading may stand apart where
    some of the columns below it do."""
    bands = _bands(ink[top:bottom], max(3, round(_BAND * len(ink))))
    for (_, end), (start, _) in pairwise(bands[: _HEADING + 1]):
        if len(_edges(ink, top + start, bottom)) > len(_edges(ink, top, bottom)):
            return [(top, top + end), (top + start, bottom)]
    return [(top, bottom)]


def _joined(stretches: list[tuple[int, int]], ink: Any) -> list[tuple[int, int]]:
    """Stretches. Neighbours without columns become one, so that they are read as one block."""
    joined: list[tuple[int, int]] = []
    before_is_plain = False
    for top, bottom in stretches:
        is_plain = len(_edges(ink, top, bottom)) == 2
        if is_plain and before_is_plain:
            joined[-1] = joined[-1][0], bottom
        else:
            joined.append((top, bottom))
        before_is_plain = is_plain
    return joined


def _bands(ink: Any, gap: int) -> list[tuple[int, int]]:
    """Stretches of rows with ink, cut where at least `gap` rows are white."""
    rows = np.flatnonzero(ink.mean(axis=1) > 0.001)
    if not len(rows):
        return []
    breaks = np.flatnonzero(np.diff(rows) > gap)
    starts = [rows[0], *rows[breaks + 1]]
    ends = [*rows[breaks], rows[-1]]
    return [(int(start), int(end) + 1) for start, end in zip(starts, ends, strict=True)]


def _lanes(dark: Any) -> Any:
    """Mask of the x that are white and have ink to their left and to their right."""
    inside = np.zeros(len(dark), bool)
    inked = np.flatnonzero(dark)
    if len(inked):
        inside[inked[0] : inked[-1]] = True
    return inside & ~dark


def _gutters(lane: Any, width: int) -> list[tuple[int, int]]:
    """White lanes wide enough to be a gutter and far enough from the edges."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], lane.astype(np.int8), [0]))))
    return [
        (int(start), int(end))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= _LANE * width and start > 0.12 * width and end < 0.88 * width
    ]


def _edges(ink: Any, top: int, bottom: int) -> list[int]:
    """Borders of the columns of a stretch; [0, width] for one column, a table or a low stretch."""
    height, width = ink.shape
    stretch = ink[top:bottom]
    inked = np.flatnonzero(stretch.any(axis=0))
    if bottom - top < _TALL * height or not len(inked):
        return [0, width]
    cuts = [(start + end) // 2 for start, end in _gutters(_lanes(stretch.any(axis=0)), width)]
    are_columns = all(
        right - left >= _COLUMN * width or _is_text(stretch[:, left:right])
        for left, right in pairwise([inked[0], *cuts, inked[-1] + 1])
    )
    return [0, *cuts, width] if are_columns else [0, width]


def _is_text(ink: Any) -> bool:
    """Do most lines fill the column, as those of running text do and cells of a table do not?"""
    inked = np.flatnonzero(ink.any(axis=0))
    lines = [np.flatnonzero(ink[top:bottom].any(axis=0)) for top, bottom in _bands(ink, 1)]
    widths = np.array([line[-1] - line[0] for line in lines])
    long = widths > _LONG * (inked[-1] - inked[0])
    return len(lines) >= _LINES and bool(long.mean() >= _MOSTLY)
