"""Boxes and words on a page; boxes turned upright and back."""

from __future__ import annotations

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1, in points."""
Word = tuple[float, float, float, float, str]
"""x0, y0, x1, y1, text."""
VERTICAL = 4
SLANT = 0.17
"""Sine of 10 degrees: text that leans further from all four directions is at a slant."""


def to_upright(box: Box, turn: int, width: float, height: float) -> Box:
    """Where a box stands once the page is turned so that its text is upright. The text runs `turn`
    quarters clockwise; `width` and `height` are those of the page as displayed."""
    x0, y0, x1, y1 = box
    if turn == 0:
        return box
    if turn == 2:
        return width - x1, height - y1, width - x0, height - y0
    if turn == 3:
        return height - y1, x0, height - y0, x1
    # text runs downwards (1), or columns of upright glyphs stand right to left (VERTICAL)
    return y0, width - x1, y1, width - x0


def to_displayed(box: Box, turn: int, width: float, height: float) -> Box:
    """The reverse of `to_upright`, with the same arguments."""
    if turn % 2 == 1 or turn == VERTICAL:
        width, height = height, width
    return to_upright(box, {0: 0, 1: 3, 2: 2, 3: 1}.get(turn, 3), width, height)
