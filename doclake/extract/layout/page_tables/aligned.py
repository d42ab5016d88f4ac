"""Tables found by alignment: rows whose segments stand in the same columns, ruled or not.

The idea is Nurminen's (2013), used by Tabula and Camelot's "stream"; here it works on segments
instead of text edges. White lanes through the body rows are the column borders. Horizontal rules,
where there are any, bound the table and show which columns a heading spans.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page_table import Table
from doclake.extract.layout.page_tables.grid import column_of, grid
from doclake.extract.layout.page_tables.leaders import Leader, is_contents
from doclake.extract.layout.page_tables.plausible import FEWEST, is_plausible
from doclake.extract.layout.page_tables.rows import Row, counts_columns, rows, value_share
from doclake.extract.layout.page_tables.strokes import Stroke

_GAP = 2.6  # text heights between two rows of one table
_DEEPEST = 4  # a heading may end this many rows below the first that looks like values
_CROSSED = 0.12  # share of the body rows that may cross a column border


def find(
    words: Sequence[Word],
    across: Sequence[Stroke],
    down: Sequence[Stroke] = (),
    leaders: Sequence[Leader] = (),
) -> list[Table]:
    """Tables among the words of one text column; `across` and `down` are the page's rules."""
    lines = rows(words, down=down)
    tables = [
        _table(lines[first : last + 1], across, leaders)
        for first, last in _candidates(lines, across)
    ]
    return [table for table in tables if table is not None]


def _candidates(lines: Sequence[Row], across: Sequence[Stroke]) -> list[tuple[int, int]]:
    """First and last index of each stretch of rows that may be a table."""
    candidates: list[tuple[int, int]] = []
    index = 0
    while index < len(lines):
        if not lines[index].tabular:
            index += 1
            continue
        last = _extent(lines, index, across)
        count = sum([row.tabular for row in lines[index : last + 1]])
        enclosed = _rule_between(across, lines[index], lines[last]) is not None
        if count >= FEWEST or (count == 2 and enclosed):
            floor = candidates[-1][1] if candidates else -1
            candidates.append((_with_header(lines, index, last, across, floor), last))
        index = last + 1
    return candidates


def _extent(lines: Sequence[Row], first: int, across: Sequence[Stroke]) -> int:
    """Index of the last tabular row that short other rows connect with `first`."""
    last = first
    valued = value_share(lines[first]) >= 0.5  # a rule ends the headings, then the table
    width = lines[first].x1 - lines[first].x0
    left, right = lines[first].x0, lines[first].x1
    for index in range(first + 1, len(lines)):
        row = lines[index]
        gap = row.y0 - lines[index - 1].y1
        if gap > _GAP * row.height:
            break
        if row.tabular:
            if row.x0 > right or row.x1 < left:
                break
            last = index
            valued = valued or value_share(row) >= 0.5
            left, right = min(left, row.x0), max(right, row.x1)
            width = right - left
        elif (
            index - last > 3
            or _ends_table(row, left, width)
            or (valued and _is_ruled_off(lines[index - 1], row, across, left, right))
        ):
            break
    if last + 1 < len(lines) and _is_hanging(lines[last + 1], lines[last]):
        return last + 1
    return last


def _is_hanging(row: Row, above: Row) -> bool:
    """Is it the second line of a label whose values stand half-way between its lines?"""
    return row.y0 < above.y1 and row.x1 < above.x0 + 1


def _ends_table(row: Row, left: float, width: float) -> bool:
    """Prose, or a line that stands outside the table."""
    return row.x1 - row.x0 > 0.62 * width or row.x0 > left + width


def _is_ruled_off(
    above: Row, row: Row, across: Sequence[Stroke], left: float, right: float
) -> bool:
    """Does a rule over the whole width separate this row, which is not tabular, from the table?"""
    return any(
        above.middle < rule.at < row.middle and _covers(rule, left, right) for rule in across
    )


def _covers(rule: Stroke, left: float, right: float) -> bool:
    shared = min(rule.end, right) - max(rule.start, left)
    return shared > 0.85 * (right - left)


def _rule_between(across: Sequence[Stroke], first: Row, last: Row) -> Stroke | None:
    left, right = min(first.x0, last.x0), max(first.x1, last.x1)
    top, bottom = first.y0 - 1.5 * first.height, last.y1 + last.height
    inside = [rule for rule in across if top < rule.at < bottom and _covers(rule, left, right)]
    return inside[0] if inside else None


def _with_header(
    lines: Sequence[Row], first: int, last: int, across: Sequence[Stroke], floor: int
) -> int:
    """Index of the first row, heading rows included, up to the table's topmost rule."""
    left = min([row.x0 for row in lines[first : last + 1]])
    right = max([row.x1 for row in lines[first : last + 1]])
    best = first
    for index in range(first - 1, max(floor, first - 7), -1):
        row = lines[index]
        below = lines[index + 1]
        if below.y0 - row.y1 > _GAP * row.height or row.x0 < left - 30 or row.x1 > right + 30:
            break
        if len(row.words) > 3 * len(row.segments) + 9:
            break
        above = lines[index - 1].middle if index else float("-inf")
        ruled = [
            rule
            for rule in across
            if max(above, row.y0 - 2.2 * row.height) < rule.at < row.middle
            and _covers(rule, left, right)
        ]
        if ruled:
            best = index
    return best


def _table(
    lines: Sequence[Row], across: Sequence[Stroke], leaders: Sequence[Leader]
) -> Table | None:
    body = [row for row in lines if row.tabular]
    top = _first_values(lines)
    data = [row for row in lines[top:] if row.tabular] if top is not None else body
    if len(data) < 2:
        data, top = body, None
    lanes = _supported(data, _lanes(data))
    if not lanes or is_contents(data, leaders) or not is_plausible(data, lanes, top is not None):
        return None
    left, right = min([row.x0 for row in lines]), max([row.x1 for row in lines])
    borders = [left - 1, *lanes, right + 1]
    header, assumed = _header_rows(lines, top, across)
    cells, count, depth = grid(lines, borders, header, across)
    box = (left, min([row.y0 for row in lines]), right, max([row.y1 for row in lines]))
    confidence = 0.8 if top is not None else 0.6
    columns = len(borders) - 1
    return Table(box, cells, count, columns, depth, confidence, borders, assumed)


def _first_values(lines: Sequence[Row]) -> int | None:
    """Index of the first row of values, if there is one; years that name columns are none."""
    valued = [i for i, row in enumerate(lines) if row.tabular and value_share(row) >= 0.5]
    for place, index in enumerate(valued[:-1]):
        if not counts_columns(lines[index]) or counts_columns(lines[valued[place + 1]]):
            return index
    return valued[-1] if valued else None


def _lanes(data: Sequence[Row]) -> list[float]:
    """Middles of the white lanes that at most a few rows cross."""
    events: list[tuple[float, int]] = []
    for row in data:
        for segment in row.segments:
            events.append((segment.x0, 1))
            events.append((segment.x1, -1))
    events.sort()
    limit = max(int(_CROSSED * len(data)), 0)
    lanes: list[float] = []
    cover = 0
    run: list[tuple[int, float, float]] = []
    for (x, step), (after, _) in itertools.pairwise(events):
        cover += step
        if cover <= limit:
            if after - x > 0.5:
                run.append((cover, x, after))
        elif run:
            _add_lane(run, lanes)
            run = []
    return lanes


def _add_lane(run: list[tuple[int, float, float]], lanes: list[float]) -> None:
    """Add the emptiest part of a run of (rows that cross, from, to), if it is wide enough."""
    fewest = min([part[0] for part in run])
    parts = [part for part in run if part[0] == fewest]
    width = sum([part[2] - part[1] for part in parts])
    if width > 1.5:
        widest = max(parts, key=lambda part: part[2] - part[1])
        lanes.append((widest[1] + widest[2]) / 2)


def _supported(data: Sequence[Row], lanes: list[float]) -> list[float]:
    """Lanes without those beside a column that almost no row fills: an indent is no column."""
    while lanes:
        counts = [0] * (len(lanes) + 1)
        for row in data:
            for column in {column_of(lanes, (s.x0 + s.x1) / 2) for s in row.segments}:
                counts[column] += 1
        weakest = min(range(len(counts)), key=counts.__getitem__)
        if counts[weakest] > max(1, _CROSSED * len(data)) or counts[weakest] == len(data):
            break
        del lanes[min(weakest, len(lanes) - 1)]
    return lanes


def _are_all_ruled(lines: Sequence[Row], across: Sequence[Stroke]) -> bool:
    """Does a rule stand below most rows, so that none of them tells where the headings end?"""
    ruled = sum(
        any(above.middle < rule.at < below.middle for rule in across)
        for above, below in itertools.pairwise(lines)
    )
    return ruled > 2 and ruled * 2 > len(lines)


def _header_rows(
    lines: Sequence[Row], top: int | None, across: Sequence[Stroke]
) -> tuple[int, bool]:
    """Number of heading rows: those above the first rule over the whole width, else those above
    the first row of values; and whether one is only assumed, for want of values."""
    left, right = min([row.x0 for row in lines]), max([row.x1 for row in lines])
    deepest = (top or 0) + _DEEPEST
    if top is not None and _are_all_ruled(lines, across):
        deepest = max(top, 1) + 1  # the first rule may stand below a row of values
    partial = 0
    for index in range(1, min(len(lines), deepest)):
        above, row = lines[index - 1], lines[index]
        ruled = [rule for rule in across if above.middle < rule.at < row.middle]
        if any(_covers(rule, left, right) for rule in ruled):
            return index, False
        if ruled and top is not None and index <= top:
            partial = index
    return (max(partial, top), False) if top is not None else (1, True)
