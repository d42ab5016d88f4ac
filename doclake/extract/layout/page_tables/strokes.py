"""Ruling lines: drawn lines and edges of filled areas, pieces of one line joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Fill, Page

Edge = tuple[float, float]
"""A border of the grid, from and to. Both are the same, unless empty strips became part of it."""
SNAP = 3.0  # points within which two strokes are one line, or two lines meet
_LONG = 45.0  # points: about three rows
_SHORT = 5.0  # points: shorter strokes are ticks and parts of letters
CLEAR = 7.0  # points of white that separate two cells without a line
_TOUCH = 0.3  # points
_WHITE = 0xFAFAFA
FILLED = 0.4  # share of the cells of a table that hold text
_MOST = 4000  # strokes; a page with more is a drawing


@dataclass(slots=True)
class Stroke:
    """A ruling line: `at` is its y (horizontal) or x (vertical), from `start` to `end`."""

    at: float
    start: float
    end: float


def strokes(page: Page) -> tuple[list[Stroke], list[Stroke], list[Stroke]]:
    """Strokes of a page: drawn horizontal ones; then horizontal ones and vertical ones, with the
    edges of shaded cells."""
    if len(page.rules) + 4 * len(page.fills) > _MOST:
        return [], [], []
    shaded = [edge for fill in _join_strips(page.fills) for edge in _edges(fill, page)]
    drawn, upright = _by_direction(page.rules)
    across, down = _by_direction(shaded)
    alone = _joined(list(drawn))
    return alone, _joined(drawn + across) if across else alone, _joined(upright + down)


def walls(page: Page) -> list[Stroke]:
    """Drawn vertical lines as long as a few rows: they separate columns even without a grid."""
    _, upright = _by_direction(page.rules)
    return [wall for wall in _joined(upright) if wall.end - wall.start > _LONG]


def _by_direction(edges: Iterable[Box]) -> tuple[list[Stroke], list[Stroke]]:
    across: list[Stroke] = []
    down: list[Stroke] = []
    for x0, y0, x1, y1 in edges:
        if x1 - x0 >= y1 - y0 and x1 - x0 >= _SHORT:
            across.append(Stroke((y0 + y1) / 2, x0, x1))
        elif y1 - y0 >= _SHORT:
            down.append(Stroke((x0 + x1) / 2, y0, y1))
    return across, down


def _join_strips(fills: Sequence[Fill]) -> list[Fill]:
    """Fills. Those painted in strips, one for each line of text, become one."""
    joined: list[Fill] = []
    for fill in sorted(fills, key=lambda fill: (round(fill.box[0]), fill.box[1])):
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.colour == fill.colour
            and abs(last.box[0] - fill.box[0]) < 1
            and abs(last.box[2] - fill.box[2]) < 1
            and abs(fill.box[1] - last.box[3]) < _TOUCH
        ):
            joined[-1] = Fill((*last.box[:3], fill.box[3]), fill.colour)
        else:
            joined.append(fill)
    return joined


def _edges(fill: Fill, page: Page) -> Iterable[Box]:
    """Edges of a shaded cell; none for white paint and backgrounds of letters and pages."""
    x0, y0, x1, y1 = fill.box
    large = (x1 - x0) * (y1 - y0) > 0.5 * page.width * page.height
    if large or fill.colour >= _WHITE or y1 - y0 < 7 or x1 - x0 < 14:
        return ()
    return (x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)


def _joined(pieces: list[Stroke]) -> list[Stroke]:
    pieces.sort(key=lambda piece: piece.at)
    groups: list[list[Stroke]] = []
    for piece in pieces:
        if groups and piece.at - groups[-1][0].at <= SNAP:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    joined: list[Stroke] = []
    for group in groups:
        at = sum([piece.at for piece in group]) / len(group)
        group.sort(key=lambda piece: piece.start)
        current = Stroke(at, group[0].start, group[0].end)
        for piece in group[1:]:
            if piece.start <= current.end + SNAP:
                current.end = max(current.end, piece.end)
            else:
                joined.append(current)
                current = Stroke(at, piece.start, piece.end)
        joined.append(current)
    return joined
