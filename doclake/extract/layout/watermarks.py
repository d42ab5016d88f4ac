"""Watermarks: large words behind or over the text of a page, most of them at a slant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from doclake.extract.layout.page import Line, Page

_LARGE, _LARGER = 1.3, 2.0  # times the body size: of words at a slant, and of level ones
_LETTERS = 4
_OVER = 2  # level lines that level words must lie over
_MOST = 0.5  # share of a page's letters


def find(pages: Sequence[Page], body: float) -> Iterator[Line]:
    """The lines that are watermarks. `body` is the size of most of the text, in points."""
    slanted = [line for page in pages for line in _seen(page) if line.slanted]
    often = {text for text, n in Counter(line.text for line in slanted).items() if n > 1}
    for page in pages:
        lines = _seen(page)
        level = [line for line in lines if not line.slanted]
        marks = [
            line
            for line in lines
            if _is_over_others(line, level, body) or (line.slanted and line.text in often)
        ]
        if sum([len(line.text) for line in marks]) < _MOST * sum(
            [len(line.text) for line in lines]
        ):
            yield from marks


def _seen(page: Page) -> list[Line]:
    return [line for line in page.lines if line.hidden is None]


def _is_over_others(line: Line, level: Sequence[Line], body: float) -> bool:
    if line.slanted:
        return line.size >= _LARGE * body or any(_crosses(line, other) for other in level)
    if line.size < _LARGER * body or sum(map(str.isalpha, line.text)) < _LETTERS:
        return False
    small = (other for other in level if other.size * _LARGER <= line.size)
    return sum([_crosses(line, other) for other in small]) >= _OVER


def _crosses(mark: Line, line: Line) -> bool:
    """Does the middle height of a line lie within the mark, and half of the shorter of them beside
    each other?"""
    middle = (line.y0 + line.y1) / 2
    across = min(mark.x1, line.x1) - max(mark.x0, line.x0)
    shorter = min(mark.x1 - mark.x0, line.x1 - line.x0)
    return mark.y0 < middle < mark.y1 and across > shorter / 2
