"""Text that a reader does not see, because of how or where it is painted.

An invisible text layer over a scan is the page's own text, put there by OCR: it is kept, with
the confidence such layers deserve. All other text that is invisible, transparent, tiny, outside
the page or in the colour of its background is marked.
"""

from __future__ import annotations

import sys

from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Line, Page

_TINY = 2.0  # points: nobody reads this without a magnifier
_LAYER_CONFIDENCE = 0.8  # of a text layer that some OCR left behind
_FAINT = 26  # of 255: paint of a lower alpha cannot be seen
_NEAR = 24  # of 255: colours closer than this, channel by channel, look the same
_WHITE = 0xFFFFFF


def mark(page: Page, verdict: str) -> None:
    """Set `hidden` on lines that a reader does not see; on the lines of an invisible text layer,
    set `confidence`. `verdict` is that of `soundness.judge`."""
    if verdict == "invisible text layer":
        for line in page.lines:
            line.confidence = _LAYER_CONFIDENCE
        return
    backgrounds = {_WHITE, *(fill.colour for fill in page.fills)}
    faint_colours = {
        colour
        for colour in {line.colour for line in page.lines}
        if any(_alike(colour, other) for other in backgrounds)
    }
    right, bottom = page.width - 1, page.height - 1
    suspects = [
        line
        for line in page.lines
        if line.colour in faint_colours
        or line.alpha < _FAINT
        or line.size < _TINY
        or line.x1 < 1
        or line.y1 < 1
        or line.x0 > right
        or line.y0 > bottom
    ]
    for line in suspects:
        line.hidden = _reason(line, page)


def _reason(line: Line, page: Page) -> str | None:
    if line.alpha == 0:
        return "invisible"
    if line.alpha < _FAINT:
        return "transparent"
    if line.size < _TINY and line.y1 - line.y0 < 1.5 * _TINY and line.x1 - line.x0 < 200:
        return "tiny"
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    if not (-1 <= x <= page.width + 1 and -1 <= y <= page.height + 1):
        return "off page"
    background = _background(page, x, y, line.order)
    if background is None:
        return None
    return "same colour as its background" if _alike(line.colour, background) else None


def _background(page: Page, x: float, y: float, order: int) -> int | None:
    """Colour at a point before paint number `order`: that of the last fill there, white for bare
    paper, None for a picture."""
    last = order or sys.maxsize
    colour: int | None = _WHITE
    for fill in page.fills:
        if fill.order < last and _holds(fill.box, x, y):
            colour = fill.colour
    pictures = (image for image in page.images if image.order < last)
    if colour == _WHITE and any(_holds(image.box, x, y) for image in pictures):
        return None
    return colour


def _holds(box: Box, x: float, y: float) -> bool:
    x0, y0, x1, y1 = box
    return x0 - 1 <= x <= x1 + 1 and y0 - 1 <= y <= y1 + 1


def _alike(one: int, other: int) -> bool:
    return all(
        abs(((one >> shift) & 0xFF) - ((other >> shift) & 0xFF)) < _NEAR for shift in (0, 8, 16)
    )
