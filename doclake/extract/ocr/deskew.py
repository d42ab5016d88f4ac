"""Pictures of pages before they are read: how they lean, and where their columns are."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

Box = tuple[int, int, int, int]

_WORK = 1000  # pixels of the longer side on which skew and columns are judged
_MOST = 8.0  # degrees either way
_LEAST = 0.25  # degrees not worth a rotation


def skew(grey: Image.Image) -> float:
    """Degrees to turn counter-clockwise so that lines of text lie level; 0 if they do.

    Lines that lie level make the profile of ink by row uneven: the angle with the largest
    variance of its differences wins (Postl, 1986), searched coarse to fine.
    """
    ink = ink_mask(grey)
    if ink.sum() < 50:
        return 0.0
    small = Image.fromarray((ink * 255).astype(np.uint8))
    best, step = 0.0, 1.0
    span = _MOST
    while step > 0.04:
        angles = np.arange(best - span, best + span + step / 2, step)
        best = float(max(angles, key=lambda angle: _evenness(small, float(angle))))
        span, step = step, step / 4
    level = _evenness(small, 0.0)
    better = _evenness(small, best) > 1.1 * level
    return best if abs(best) >= _LEAST and better else 0.0


def _evenness(small: Image.Image, angle: float) -> float:
    profile = np.asarray(small.rotate(angle, fillcolor=0), np.float32).sum(axis=1)
    return float(((profile[1:] - profile[:-1]) ** 2).sum())


def ink_mask(grey: Image.Image) -> Any:
    """Dark pixels of the page made small, as a boolean array."""
    small = grey.copy()
    small.thumbnail((_WORK, _WORK), Image.Resampling.BOX)
    values = np.asarray(small, np.uint8)
    threshold = min(200, int(values.mean() * 0.8))
    return values < threshold
