"""Pictures that are too tall or too wide for Tesseract, cut where there is no text."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PIL import Image

from doclake.extract.ocr.symbols import PixelBox

_TALLEST = 8000  # pixels: A3 at 400 dpi is lower
_LONGEST = 30_000  # pixels


def pieces(grey: Image.Image) -> list[PixelBox]:
    """Boxes of the parts to read as pages. A screen or a receipt many times as tall as wide would
    become too small to measure its skew, and Tesseract takes 32,767 pixels either way."""
    height = grey.height
    if height > _TALLEST and height > 4 * grey.width:
        height = min(_LONGEST, max(_TALLEST // 2, 3 * grey.width))
    rows = _cut(grey, min(height, _LONGEST), axis=1)
    columns = _cut(grey, _LONGEST, axis=0)
    return [(left, top, right, bottom) for top, bottom in rows for left, right in columns]


def _cut(grey: Image.Image, most: int, axis: int) -> list[tuple[int, int]]:
    """Stretches of at most `most` pixels along an axis, cut where there is least ink."""
    end = (grey.width, grey.height)[axis]
    edges = [0]
    while end - edges[-1] > most:
        low, high = edges[-1] + 4 * most // 5, edges[-1] + most
        across = (0, low, grey.width, high) if axis else (low, 0, high, grey.height)
        light = np.asarray(grey.crop(across), np.uint8).mean(axis=axis)
        edges.append(low + int(np.median(np.flatnonzero(light >= light.max() - 0.5))))
    return list(pairwise([*edges, end]))
