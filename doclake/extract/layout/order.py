"""Reading order: recursive cuts at gutters. Boxes that cross a gutter split the page into bands.

A variant of the recursive X-Y cut (Nagy and Seth, 1984). Plain X-Y cut reads two columns row by
row wherever their paragraph gaps coincide. Here the page is cut at gutters first, and the few
boxes that cross one (headings, wide tables) are read between the bands above and below them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Boxed(Protocol):
    x0: float
    y0: float
    x1: float
    y1: float


T = TypeVar("T", bound=Boxed)

_CROSSING = 0.25  # share of a region's height that boxes crossing its gutter may take
_SIDE = 0.12  # share of the area that each column must hold
_DEPTH = 6
_WIDE = 0.62  # share of a region's width: a wider box lies over all columns
_LANES = 12  # white lanes tried as gutter
_LANES_PER_RUN = 3  # of them from one run of sparse x
_TEXT = 15  # running text is at least this many gutters wide
_FILLED = 0.45  # median share of a column's width that running text fills


def columns(boxes: Sequence[T], gap: float, rtl: bool = False) -> list[list[T]]:
    """Boxes grouped into runs that are read top to bottom, in reading order.

    `gap` is the narrowest gutter, in points: about the size of the text.
    """
    runs: list[list[T]] = []
    _cut(list(boxes), gap, rtl, _DEPTH, runs)
    return runs


def _cut(boxes: list[T], gap: float, rtl: bool, depth: int, runs: list[list[T]]) -> None:
    gutter = _gutter(boxes, gap) if depth and len(boxes) > 3 else None
    if gutter is None:
        if boxes:
            runs.append(boxes)
        return
    crossing: list[T] = []
    rest: list[T] = []
    for box in boxes:
        crosses = box.x0 < gutter - 1 and box.x1 > gutter + 1
        (crossing if crosses else rest).append(box)
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
            _flush(pending, gap, rtl, depth, runs)
            for side in (right, left) if rtl else (left, right):
                _cut(side, gap, rtl, depth - 1, runs)
        if index < len(crossing):
            pending.append(crossing[index])
    _flush(pending, gap, rtl, depth, runs)


def _flush(pending: list[T], gap: float, rtl: bool, depth: int, runs: list[list[T]]) -> None:
    if pending:
        _cut(list(pending), gap, rtl, depth - 1, runs)
        pending.clear()


def _gutter(boxes: Sequence[T], gap: float) -> float | None:
    """The x of the best white lane, crossed by few boxes, with running text on both sides."""
    starts, ends = sorted([box.x0 for box in boxes]), sorted([box.x1 for box in boxes])
    # Two boxes must end before the lane and two begin after it. Most pages without a gutter fail
    # here, before the sweep.
    first, last = ends[1] - 1, starts[-2] + 1
    if first > last:
        return None
    wide = _WIDE * (ends[-1] - starts[0])
    # A box this wide lies over all columns: it parts bands, but says nothing about the gutter.
    narrow = [box for box in boxes if box.x1 - box.x0 <= wide]
    events = [(box.x0, box.y1 - box.y0) for box in narrow]
    limit = sum([height for _, height in events]) * _CROSSING
    events += [(box.x1, box.y0 - box.y1) for box in narrow]
    events.sort()
    lanes: list[tuple[float, float, float]] = []
    run: list[tuple[float, float, float]] = []
    cover, before = 0.0, float("inf")
    for x, height in events:
        if cover <= limit:
            if x - before > 0.5:
                run.append((cover, before - x, before + (x - before) / 2))
        elif run:
            lanes += _best_lanes(run, gap)
            run = []
        cover += height
        before = x
    lanes += _best_lanes(run, gap)
    lanes.sort()
    for _, _, x in lanes[:_LANES]:
        if first <= x <= last and _is_gutter(boxes, x, gap):
            return x
    return None


def _best_lanes(
    run: list[tuple[float, float, float]], gap: float
) -> list[tuple[float, float, float]]:
    """The emptiest lanes (cover, minus width, middle) of an unbroken run of sparse x, if the run is
    as wide as a gutter.

    One lane is not enough: a page number under the gutter splits it into lanes, each too narrow by
    itself, and short lines beside it, as in a table of contents, leave emptier lanes in its run.
    """
    if -sum([lane[1] for lane in run]) < gap:
        return []
    best: list[tuple[float, float, float]] = []
    for lane in sorted(run):
        if all(abs(lane[2] - other[2]) > 2 * gap for other in best):
            best.append(lane)
            if len(best) == _LANES_PER_RUN:
                break
    return best


def _is_gutter(boxes: Sequence[T], x: float, gap: float) -> bool:
    """Are there columns of text on both sides, rather than labels beside their values? At least
    two boxes must stand on either side."""
    left = [box for box in boxes if box.x1 <= x + 1]
    right = [box for box in boxes if box.x0 >= x - 1]
    area = [sum([(b.x1 - b.x0) * (b.y1 - b.y0) for b in side]) for side in (left, right)]
    if min(area) < _SIDE * sum(area):
        return False
    if min(_bottom(left), _bottom(right)) <= max(_top(left), _top(right)):
        return False  # one above the other: they are read from the top anyway
    are_text = [_lines_fill(side, gap) for side in (left, right)]
    if all(are_text):
        return True
    shared = _shared_baselines(left, right)
    if any(are_text) and min(len(left), len(right)) > 7 and shared < 0.7:
        return True
    if shared > 0.5:
        return False
    if min(_median_width(left), _median_width(right)) > _TEXT * gap:
        return True
    return min(len(left), len(right)) > 7 and all(_rows_fill(side, gap) for side in (left, right))


def _top(boxes: Sequence[T]) -> float:
    return min([box.y0 for box in boxes])


def _bottom(boxes: Sequence[T]) -> float:
    return max([box.y1 for box in boxes])


def _lines_fill(boxes: Sequence[T], gap: float) -> bool:
    """Do the lines fill their column, as running text does?"""
    width = max([b.x1 for b in boxes]) - min([b.x0 for b in boxes])
    median = _median_width(boxes)
    return len(boxes) > 2 and median > max(_FILLED * width, _TEXT * gap)


def _rows_fill(boxes: Sequence[T], gap: float) -> bool:
    """Do the rows fill their column, all their pieces taken together? Those of a table do, too."""
    rows: list[tuple[float, float, float]] = []  # baseline, left, right
    for box in sorted(boxes, key=lambda box: box.y1):
        if rows and box.y1 - rows[-1][0] < 2:
            rows[-1] = rows[-1][0], min(rows[-1][1], box.x0), max(rows[-1][2], box.x1)
        else:
            rows.append((box.y1, box.x0, box.x1))
    width = max([row[2] for row in rows]) - min([row[1] for row in rows])
    extents = sorted([right - left for _, left, right in rows])
    return extents[len(extents) // 2] > max(_FILLED * width, _TEXT * gap)


def _median_width(boxes: Sequence[T]) -> float:
    widths = sorted([b.x1 - b.x0 for b in boxes])
    return widths[len(widths) // 2]


def _shared_baselines(left: Sequence[T], right: Sequence[T]) -> float:
    """Share of the lines of the side with fewer that share a baseline with a line of the other."""
    few, many = sorted((left, right), key=len)
    baselines = sorted([b.y1 for b in many])
    shared = 0
    index = 0
    for baseline in sorted([b.y1 for b in few]):
        while index < len(baselines) and baselines[index] < baseline - 1:
            index += 1
        shared += index < len(baselines) and baselines[index] <= baseline + 1
    return shared / len(few)
