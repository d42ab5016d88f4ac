"""Grain is removed from pictures of pages: gravel and grass in photographs, the noise of a camera,
the dots of a halftone. Tesseract takes every speck for a letter; a page full of them takes minutes.

Text has gaps and grain has none: between lines of text there are rows with next to no ink. A tile
in which nearly all rows and columns change often between dark and light holds grain alone, or text
on a ground of dots. It is blurred, which removes the dots and leaves letters. Where the blur leaves
nothing, the tile gets one even grey.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

_WORK_DPI = 150
_TILE = 0.4  # inches
_BUSY = 50  # changes in an inch of a row; noise has 75 at this resolution, small print 40
_NEAR = 0.03  # inches: dots have white rows between them, but narrower ones than lines of text
_NEARLY_ALL = 0.9  # share of the rows and of the columns of a tile
_CONTRAST = 30  # levels of grey between the dark and the light half of a tile
_BLUR = 0.012  # inches: the dots of a halftone of 85 lines to the inch
_EVEN = 60  # levels of grey: a blurred tile with a smaller range has no text on it


def denoised(grey: Image.Image, dpi: int) -> Image.Image:
    """The picture of a straight page without grain; the rest of it is unchanged."""
    step = max(1, dpi // _WORK_DPI)
    small = np.asarray(grey.reduce(step), np.uint8)
    side = round(_TILE * dpi / step)
    down, across = small.shape[0] // side, small.shape[1] // side
    if side < 8 or not down or not across:
        return grey
    tiles = small[: down * side, : across * side].reshape(down, side, across, side)
    grainy = _grainy(tiles.swapaxes(1, 2), round(_NEAR * dpi / step) | 1)
    if not grainy.any():
        return grey
    values = np.array(grey, np.uint8)
    for row, column in np.argwhere(grainy):
        _blur(values, int(row), int(column), side * step, dpi)
    return Image.fromarray(values)


def _grainy(tiles: Any, near: int) -> Any:
    """Mask (down, across) of the tiles that are grain, of an array (down, across, side, side). A
    row counts as busy if one of the `near` rows around it is."""
    from scipy import ndimage

    middle = tiles.mean(axis=(2, 3), keepdims=True)
    ink = tiles < middle
    share = ink.mean(axis=(2, 3))
    dark = np.where(ink, tiles, 0).sum(axis=(2, 3)) / np.maximum(ink.sum(axis=(2, 3)), 1)
    light = np.where(ink, 0, tiles).sum(axis=(2, 3)) / np.maximum((~ink).sum(axis=(2, 3)), 1)
    grainy = (light - dark >= _CONTRAST) & (share > 0)
    for axis in (2, 3):
        counts = np.diff(ink, axis=axis).sum(axis=axis)
        often = ndimage.maximum_filter1d(counts, near, axis=2) >= _BUSY * _TILE
        grainy &= often.mean(axis=2) >= _NEARLY_ALL
    return grainy


def _blur(values: Any, row: int, column: int, side: int, dpi: int) -> None:
    from scipy import ndimage

    tile = values[row * side : (row + 1) * side, column * side : (column + 1) * side]
    soft = ndimage.gaussian_filter(tile.astype(np.float32), _BLUR * dpi)
    low, high = np.percentile(soft, (2, 98))
    tile[:] = soft.mean() if high - low < _EVEN else soft
