"""Reading order: recursive cuts at gutters. Boxes that cross a gutter split the page into bands.

A variant of the recursive X-Y cut (Nagy and Seth, 1984). Plain X-Y cut reads two columns row by
row wherever their paragraph gaps coincide. Here the page is cut at gutters first, and the few
boxes that cross one (headings, wide tables) are read between the bands above and below them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from doclake.extract.layout.gutters import Boxed, T, crosses, gutters

_DEPTH = 6
_BANDS = 3  # white bands tried, the highest first


def columns(boxes: Sequence[T], gap: float, rtl: bool = False) -> list[list[T]]:
    """Boxes grouped into runs that are read top to bottom, in reading order.

    `gap` is the narrowest gutter, in points: about the size of the text.
    """
    runs: list[list[T]] = []
    _cut(list(boxes), (), gap, rtl, _DEPTH, runs)
    return runs


def _cut(
    boxes: list[T], known: Sequence[float], gap: float, rtl: bool, depth: int, runs: list[list[T]]
) -> None:
    """`known` are gutters of the region that these boxes are a part of."""
    if not depth or len(boxes) < 4:
        if boxes:
            runs.append(boxes)
        return
    found = gutters(boxes, known, gap)
    level = _level(boxes, gap, bool(found))
    if level is not None:
        for part in _parted(boxes, level):
            _cut(part, (), gap, rtl, depth - 1, runs)
        return
    if not found:
        runs.append(boxes)
        return
    gutter, *others = found
    crossing: list[T] = []
    rest: list[T] = []
    for box in boxes:
        parts = crosses(box, gutter) or (
            any(crosses(box, other) for other in others) and _stands_alone(box, boxes)
        )
        (crossing if parts else rest).append(box)
    crossing.sort(key=lambda box: box.y0)
    edges = sorted([(box.y0 + box.y1) / 2 for box in crossing])
    bands: list[list[T]] = [[] for _ in range(len(edges) + 1)]
    for box in rest:
        bands[bisect_left(edges, (box.y0 + box.y1) / 2)].append(box)
    pending: list[T] = []
    for index, band in enumerate(bands):
        left = [box for box in band if (box.x0 + box.x1) / 2 < gutter]
        right = [box for box in band if (box.x0 + box.x1) / 2 >= gutter]
        if not left or not right:
            pending += band  # the short last line of a paragraph that spans the columns
        else:
            _flush(pending, others, gap, rtl, depth, runs)
            for side in (right, left) if rtl else (left, right):
                _cut(side, others, gap, rtl, depth - 1, runs)
        if index < len(crossing):
            pending.append(crossing[index])
    _flush(pending, others, gap, rtl, depth, runs)


def _level(boxes: Sequence[T], gap: float, in_columns: bool) -> float | None:
    """The height of a white band between text set in columns and text set otherwise. `in_columns`:
    there are gutters from the top to the bottom."""
    bands: list[tuple[float, float]] = []
    first, *others = sorted(boxes, key=lambda box: box.y0)
    bottom = first.y1
    for box in others:
        if box.y0 - bottom > gap:
            bands.append((bottom - box.y0, (bottom + box.y0) / 2))
        bottom = max(bottom, box.y1)
    for _, level in sorted(bands)[:_BANDS]:
        counts = [len(gutters(part, (), gap, sure=True)) for part in _parted(boxes, level)]
        if any(counts) and (not in_columns or (all(counts) and counts[0] != counts[1])):
            return level
    return None


def _parted(boxes: Sequence[T], level: float) -> tuple[list[T], list[T]]:
    above = [box for box in boxes if (box.y0 + box.y1) / 2 < level]
    return above, [box for box in boxes if (box.y0 + box.y1) / 2 >= level]


def _flush(
    pending: list[T],
    known: Sequence[float],
    gap: float,
    rtl: bool,
    depth: int,
    runs: list[list[T]],
) -> None:
    if pending:
        _cut(list(pending), known, gap, rtl, depth - 1, runs)
        pending.clear()


def _stands_alone(box: Boxed, boxes: Sequence[Boxed]) -> bool:
    """Is there no box beside it, as beside a heading over several columns?"""
    return not any(other is not box and other.y0 < box.y1 and box.y0 < other.y1 for other in boxes)
