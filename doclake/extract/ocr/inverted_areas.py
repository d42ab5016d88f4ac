"""Areas with light text on dark are inverted: the heads of tables, boxes, whole pages.

Tesseract takes one threshold for a picture, and ruling lines are searched as dark on light. So it
would lose the text of a dark row among light ones, or its cells.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

_WORK_DPI = 150
_DARK = 0.5  # of the brightness of the paper
_STROKE = 0.03  # inches: a thinner stroke is a line or part of a letter
_TEXT = 0.3  # inches: height of light letters that an area may hold
_LEAST = (0.1, 0.4)  # inches: height and width
_RIM = 0.03  # inches: a line may run along a side
_EDGE = 0.85  # share of each side of an area that is dark: a large letter has less
_LIGHT = (0.01, 0.5)  # share of an area that is light: a bar has less, a frame more


def inverted(grey: Image.Image, dpi: int) -> Image.Image:
    """The picture. Its dark rectangles with something light in them are inverted."""
    step = max(1, dpi // _WORK_DPI)
    boxes = _areas(np.asarray(grey.reduce(step), np.uint8), dpi / step)
    if not boxes:
        return grey
    values = np.array(grey, np.uint8)
    for rows, columns in boxes:
        place = (
            slice(rows.start * step, rows.stop * step),
            slice(columns.start * step, columns.stop * step),
        )
        values[place] = 255 - values[place]
    return Image.fromarray(values)


def _areas(values: Any, dpi: float) -> list[tuple[slice, slice]]:
    """Rows and columns of the areas to invert."""
    from scipy import ndimage

    dark = values < _DARK * float(np.percentile(values[::8, ::8], 90))
    stroke, text = max(3, round(_STROKE * dpi)), round(_TEXT * dpi)
    solid = ndimage.minimum_filter(dark.astype(np.uint8), stroke, mode="nearest")
    if not solid.any():
        return []
    wide = np.pad(ndimage.maximum_filter(solid, stroke), text)
    whole = ndimage.minimum_filter(ndimage.maximum_filter(wide, text), text)
    labels, _ = ndimage.label(whole[text:-text, text:-text])
    return [box for box in ndimage.find_objects(labels) if _is_inverted(dark[box], dpi)]


def _is_inverted(dark: Any, dpi: float) -> bool:
    height, width = dark.shape
    if height < _LEAST[0] * dpi or width < _LEAST[1] * dpi:
        return False
    rim = max(3, round(_RIM * dpi))
    rows, columns = dark.mean(axis=1), dark.mean(axis=0)
    sides = rows[:rim], rows[-rim:], columns[:rim], columns[-rim:]
    light = 1 - dark[rim:-rim, rim:-rim].mean()
    return bool(
        min(float(side.max()) for side in sides) >= _EDGE and _LIGHT[0] <= light <= _LIGHT[1]
    )
