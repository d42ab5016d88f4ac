"""Gutters: white lanes from the top of a region to its bottom with columns of text beside them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple, Protocol, TypeVar

_CROSSING = 0.25  # share of a region's height that boxes crossing its gutter may take
_CROSSING_ONE = 0.5  # the same of its fullest column
_EMPTY = 0.15  # the same of a lane between the cells of a table
_CROSSING_NEAR = 0.4  # the same of the columns beside the gutter
_SIDE = 0.12  # share of the area that each column must hold
_WIDE = 0.62  # share of a region's width: a wider box lies over all columns
_LANES = 12  # white lanes tried as gutter
_LANES_PER_RUN = 3  # of them from one run of sparse x
_TEXT = 15  # running text is at least this many gutters wide
_FILLED = 0.45  # median share of a column's width that running text fills
_COLUMN = 10  # a column of text is at least this many gutters wide
_AGREE = 3.0  # points: edges this near are one
_ROWS = 3  # of text on either side of a gutter
_INKED = 0.75  # share of its rows that text covers
_WIDER = 1.3  # times the white between the pieces of a row
_LONG, _MOSTLY = 0.7, 0.6  # rows of text that fill 70 % of its width: 60 % of them, at least


class Boxed(Protocol):
    x0: float
    y0: float
    x1: float
    y1: float


T = TypeVar("T", bound=Boxed)


class Lane(NamedTuple):
    """White from the top of a region to its bottom; the best sorts first. `cover` is the height of
    the boxes that cross it, `negated_width` minus its width; next to no box crosses one that is
    `empty`."""

    cover: float
    negated_width: float
    x: float
    empty: bool


def crosses(box: Boxed, gutter: float) -> bool:
    return box.x0 < gutter - 1 and box.x1 > gutter + 1


def gutters(
    boxes: Sequence[T], known: Sequence[float], gap: float, *, sure: bool = False
) -> list[float]:
    """The x of the white lanes that few boxes cross, with running text on both sides, and of
    `known` gutters that are still lanes; the best first. `sure`: only those with several full rows
    of text on both sides."""
    lanes = _lanes(boxes, gap) if len(boxes) > 3 else []
    white = [lane.x for lane in lanes if lane.empty]
    found = [lane for lane in lanes if any(abs(lane.x - x) < 2 * gap for x in known)]
    doubtful = [lane for lane in lanes if lane not in found]
    # A lane that is no gutter bounds no column: without it the columns beside the others are wider.
    while doubtful:
        xs = [lane.x for lane in found + doubtful]
        good = [lane for lane in doubtful if _is_gutter(boxes, lane.x, xs, white, gap, sure)]
        found += good
        doubtful = [lane for lane in doubtful if lane not in good][:-1]
    apart: list[float] = []
    for lane in sorted(found):
        if all(abs(lane.x - x) > _COLUMN * gap for x in apart):
            apart.append(lane.x)
    return apart


def _lanes(boxes: Sequence[T], gap: float) -> list[Lane]:
    """The best lanes that may be gutters."""
    starts, ends = sorted([box.x0 for box in boxes]), sorted([box.x1 for box in boxes])
    # Two boxes must end before the lane and two begin after it. Most pages without a gutter fail
    # here, before the sweep.
    first, last = ends[1] - 1, starts[-2] + 1
    if first > last:
        return []
    wide = _WIDE * (ends[-1] - starts[0])
    # A box this wide lies over all columns: it parts bands, but says nothing about the gutter.
    narrow = [box for box in boxes if box.x1 - box.x0 <= wide]
    if not narrow:
        return []
    xs, covers = _cover(narrow)
    limit = min(_CROSSING * sum([b.y1 - b.y0 for b in narrow]), _CROSSING_ONE * max(covers))
    lanes: list[tuple[float, float, float]] = []
    run: list[tuple[float, float, float]] = []
    for index, cover in enumerate(covers[:-1]):
        x, after = xs[index], xs[index + 1]
        if cover > limit:
            lanes += _best_lanes(run, gap)
            run = []
        elif after - x > 0.5:
            run.append((cover, x - after, (x + after) / 2))
    lanes += _best_lanes(run, gap)
    lanes.sort()
    reach = _COLUMN * gap
    kept = []
    for cover, width, x in lanes:
        near = max(covers[bisect_left(xs, x - reach) : bisect_left(xs, x + reach)], default=0.0)
        if first <= x <= last and cover <= _CROSSING_NEAR * near:
            kept.append(Lane(cover, width, x, cover <= _EMPTY * near))
    return kept[:_LANES]


def _cover(boxes: Sequence[Boxed]) -> tuple[list[float], list[float]]:
    """The x where boxes begin or end, and the height of the boxes that lie over what follows."""
    events = [(box.x0, box.y1 - box.y0) for box in boxes]
    events += [(box.x1, box.y0 - box.y1) for box in boxes]
    events.sort()
    return [x for x, _ in events], [*accumulate([height for _, height in events])]


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


def _is_gutter(
    boxes: Sequence[T],
    x: float,
    lanes: Sequence[float],
    white: Sequence[float],
    gap: float,
    sure: bool,
) -> bool:
    """Are there columns of text on both sides, rather than labels beside their values? A column
    ends at the nearest of the `lanes` that leaves room for text; `white` are all lanes, those that
    are no gutters as well. At least two boxes must stand on either side."""
    room = _COLUMN * gap
    start = max([lane for lane in lanes if lane <= x - room], default=float("-inf"))
    end = min([lane for lane in lanes if lane >= x + room], default=float("inf"))
    left = [box for box in boxes if box.x1 <= x + 1 and box.x0 >= start - 1]
    right = [box for box in boxes if box.x0 >= x - 1 and box.x1 <= end + 1]
    if min(len(left), len(right)) < 2:
        return False
    area = [sum([(b.x1 - b.x0) * (b.y1 - b.y0) for b in side]) for side in (left, right)]
    if min(area) < _SIDE * sum(area):
        return False
    if min(_bottom(left), _bottom(right)) <= max(_top(left), _top(right)):
        return False  # one above the other: they are read from the top anyway
    if all(_is_text(side, white, gap) for side in (left, right)):
        crossing = [box for box in boxes if crosses(box, x)]
        beside = _stand_beside(left, right, crossing) and _has_edge(left, right)
        if beside and _is_wider(left, right):
            return True
    if sure:
        return False
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


def _is_text(boxes: Sequence[T], white: Sequence[float], gap: float) -> bool:
    """Do most rows reach from one edge of the column to the other with little white in them, as
    those of running text do and the labels and values of a table do not? White between the words
    of a row is no lane."""
    extents = _extents(boxes, white)
    if sum([box.x1 - box.x0 for box in boxes]) < _INKED * sum(extents):
        return False
    width = extents[int(0.9 * len(extents))]
    long = sum([extent > _LONG * width for extent in extents])
    return width > _COLUMN * gap and len(extents) > 3 and long >= _MOSTLY * len(extents)


def _has_edge(left: Sequence[T], right: Sequence[T]) -> bool:
    """Does the right column begin, or the left one end, at one x? The words of justified lines, far
    apart as they may be, do neither."""
    starts = [row[0].x0 for row in _by_row(right).values()]
    ends = [max(box.x1 for box in row) for row in _by_row(left).values()]
    return any(_most_agree(sorted(edges)) for edges in (starts, ends))


def _most_agree(edges: Sequence[float]) -> bool:
    most = max([bisect_right(edges, edge + _AGREE) - at for at, edge in enumerate(edges)])
    return 2 * most >= len(edges)


def _stand_beside(left: Sequence[T], right: Sequence[T], crossing: Sequence[T]) -> bool:
    """Do several rows of both sides stand between the same two boxes that cross the lane? Words of
    a few justified lines among wider ones do not."""
    edges = sorted([(box.y0 + box.y1) / 2 for box in crossing])
    rows = [
        Counter([bisect_left(edges, y) for y in {round(box.y1) for box in side}])
        for side in (left, right)
    ]
    return any(count >= _ROWS and rows[1][band] >= _ROWS for band, count in rows[0].items())


def _is_wider(left: Sequence[T], right: Sequence[T]) -> bool:
    """Is the lane wider than the white within the rows beside it? Where each word of a line stands
    by itself, lanes run between the words of a few lines."""
    pieces = [_by_row(side) for side in (left, right)]
    within = [
        after.x0 - box.x1
        for side in pieces
        for row in side.values()
        for box, after in pairwise(row)
    ]
    if len(within) < sum(map(len, pieces)):
        return True
    across = [pieces[1][y][0].x0 - row[-1].x1 for y, row in pieces[0].items() if y in pieces[1]]
    return bool(across) and median(across) > _WIDER * median(within)


def _by_row(boxes: Sequence[T]) -> dict[int, list[T]]:
    """Boxes from the left, by their baseline in whole points."""
    rows: defaultdict[int, list[T]] = defaultdict(list)
    for box in sorted(boxes, key=lambda box: box.x0):
        rows[round(box.y1)].append(box)
    return rows


def _top(boxes: Sequence[T]) -> float:
    return min([box.y0 for box in boxes])


def _bottom(boxes: Sequence[T]) -> float:
    return max([box.y1 for box in boxes])


def _lines_fill(boxes: Sequence[T], gap: float) -> bool:
    """Do the lines fill their column, as running text does?"""
    width = max([b.x1 for b in boxes]) - min([b.x0 for b in boxes])
    usual = _median_width(boxes)
    return len(boxes) > 2 and usual > max(_FILLED * width, _TEXT * gap)


def _rows_fill(boxes: Sequence[T], gap: float) -> bool:
    """Do the rows fill their column, all their pieces taken together? Those of a table do, too."""
    width = max([box.x1 for box in boxes]) - min([box.x0 for box in boxes])
    extents = _extents(boxes)
    return extents[len(extents) // 2] > max(_FILLED * width, _TEXT * gap)


def _extents(boxes: Sequence[T], white: Sequence[float] = ()) -> list[float]:
    """Widths of the rows, the narrowest first. Boxes on one baseline make one row, unless one of
    the `white` lanes runs between them."""
    rows: list[tuple[float, float, float]] = []  # baseline, left, right
    for box in sorted(boxes, key=lambda box: (round(box.y1), box.x0)):
        if rows and box.y1 - rows[-1][0] < 2:
            _, left, right = rows[-1]
            if not any(right <= x <= box.x0 for x in white):
                rows[-1] = rows[-1][0], min(left, box.x0), max(right, box.x1)
                continue
        rows.append((box.y1, box.x0, box.x1))
    return sorted([right - left for _, left, right in rows])


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
