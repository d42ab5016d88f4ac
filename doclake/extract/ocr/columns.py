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
_COLUMN = 0.2  # narrowest column, of the page's width
_TALL = 0.06  # least height of a stretch of columns, of the page's height


def blocks(grey: Image.Image) -> list[PixelBox]:
    """Boxes in reading order: full-width bands, and the columns between them.

    The page is cut into bands at white rows. Neighbouring bands that share a white lane with ink
    on both sides form a stretch of columns, if it is tall enough and its columns are wider than
    those of a table.
    """
    ink = ink_mask(grey)
    height, width = ink.shape
    stretches: list[tuple[int, int, Any]] = []
    for top, bottom in _bands(ink, max(3, round(_BAND * height))):
        dark = ink[top:bottom].any(axis=0)
        lane = _lanes(dark)
        if stretches:
            first, _, shared = stretches[-1]
            # A band with ink on one side only continues the columns above it.
            both = shared & ~dark
            if _gutters(both, width) or not (_gutters(shared, width) or _gutters(lane, width)):
                stretches[-1] = (first, bottom, both)
                continue
        stretches.append((top, bottom, lane))
    scale = grey.width / width
    boxes: list[PixelBox] = []
    for top, bottom, _ in _joined(stretches, ink, width, height):
        edges = _edges(ink[top:bottom], width) if bottom - top >= _TALL * height else [0, width]
        y0, y1 = max(0, round((top - 3) * scale)), min(grey.height, round((bottom + 3) * scale))
        for left, right in pairwise(edges):
            boxes.append((round(left * scale), y0, min(grey.width, round(right * scale)), y1))
    return boxes


def _joined(
    stretches: list[tuple[int, int, Any]], ink: Any, width: int, height: int
) -> list[tuple[int, int, Any]]:
    """Stretches. Neighbours without columns become one, so that they are read as one block."""
    joined: list[tuple[int, int, Any]] = []
    for top, bottom, lane in stretches:
        plain = bottom - top < _TALL * height or len(_edges(ink[top:bottom], width)) == 2
        if joined and plain and joined[-1][2] is None:
            joined[-1] = (joined[-1][0], bottom, None)
        else:
            joined.append((top, bottom, None if plain else lane))
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


def _edges(ink: Any, width: int) -> list[int]:
    """Borders of the columns of a stretch; [0, width] for one column or a table."""
    cuts = [(start + end) // 2 for start, end in _gutters(_lanes(ink.any(axis=0)), width)]
    edges = [0, *cuts, width]
    inked = np.flatnonzero(ink.any(axis=0))
    if not len(inked):
        return [0, width]
    inked_edges = [max(inked[0], 0), *cuts, inked[-1]]
    narrowest = min(right - left for left, right in pairwise(inked_edges))
    return edges if narrowest >= _COLUMN * width else [0, width]
