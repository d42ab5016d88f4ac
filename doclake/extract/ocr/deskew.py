"""The skew of a scanned page, measured on its ink."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

_WORK = 1000  # pixels of the longer side on which skew and columns are judged
_MOST = 8.0  # degrees either way
_LEAST = 0.25  # degrees: a smaller skew is not worth a rotation


def skew(grey: Image.Image) -> float:
    """Degrees to turn counter-clockwise so that lines of text lie level; 0 if they do.

    Level lines of text give sharp edges to the profile of ink by row. The angle with the largest
    sum of squared differences wins (Postl, 1986); the search goes from coarse to fine.
    """
    ink = ink_mask(grey)
    if ink.sum() < 50:
        return 0.0
    small = Image.fromarray((ink * 255).astype(np.uint8))
    best, step = 0.0, 1.0
    span = _MOST
    while step > 0.04:
        angles = np.arange(best - span, best + span + step / 2, step)
        best = float(max(angles, key=lambda angle: _sharpness(small, float(angle))))
        span, step = step, step / 4
    level = _sharpness(small, 0.0)
    better = _sharpness(small, best) > 1.1 * level
    return best if abs(best) >= _LEAST and better else 0.0


def _sharpness(small: Image.Image, angle: float) -> float:
    profile = np.asarray(small.rotate(angle, fillcolor=0), np.float32).sum(axis=1)
    return float(((profile[1:] - profile[:-1]) ** 2).sum())


def ink_mask(grey: Image.Image) -> Any:
    """Boolean array of the dark pixels of the page, scaled down to `_WORK` pixels."""
    small = grey.copy()
    small.thumbnail((_WORK, _WORK), Image.Resampling.BOX)
    values = np.asarray(small, np.uint8)
    threshold = min(200, int(values.mean() * 0.8))
    return values < threshold
