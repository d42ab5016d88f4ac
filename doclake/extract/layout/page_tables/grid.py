"""From the rows and column borders of an aligned table to its cells, with spans and headings."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page_table import Cell, text_of
from doclake.extract.layout.page_tables import labels
from doclake.extract.layout.page_tables.rows import Row, Segment, is_currency
from doclake.extract.layout.page_tables.strokes import Stroke


def column_of(lanes: Sequence[float], x: float) -> int:
    return bisect_left(lanes, x)


def grid(
    lines: Sequence[Row], borders: Sequence[float], header: int, across: Sequence[Stroke]
) -> tuple[list[Cell], int, int]:
    """Cells, number of rows and number of heading rows."""
    lanes = borders[1:-1]
    cells: list[tuple[Cell, list[Word]]] = []
    headings = _heading(lines[:header], lanes, across, cells)
    count = headings
    spacing = _spacing(lines[header:])
    body = labels.joined(lines[header:], lanes)
    for index, row in enumerate(body):
        parts = _cell_parts(row, lanes)
        before = body[index - 1] if index else None
        if before is not None and _continues(row, parts, before, cells, count, spacing):
            for column, _, words in parts:
                _append(cells, count - 1, column, words)
            continue
        for column, width, words in parts:
            cells.append((Cell(count, column, "", 1, width), list(words)))
        count += 1
    for cell, words in cells:
        cell.text = text_of(words)
    ordered = sorted([cell for cell, _ in cells], key=lambda cell: (cell.row, cell.column))
    return ordered, count, headings


def _spacing(lines: Sequence[Row]) -> float:
    steps = [b.middle - a.middle for a, b in pairwise(lines)]
    return statistics.median(steps) if steps else 0.0


def _cell_parts(row: Row, lanes: Sequence[float]) -> list[tuple[int, int, list[Word]]]:
    """(column, width, words) of each cell of a row."""
    parts: list[tuple[int, int, list[Word]]] = []
    for segment in row.segments:
        for column, width, words in _cut(segment, lanes, row.height):
            if parts and parts[-1][0] + parts[-1][1] > column:
                parts[-1][2].extend(words)
            else:
                parts.append((column, width, words))
    return parts


def _cut(
    segment: Segment, lanes: Sequence[float], height: float
) -> list[tuple[int, int, list[Word]]]:
    """(column, width, words) of the parts of a segment, cut where it has a gap at a lane."""
    words = segment.words
    only = column_of(lanes, words[0][0] + 1)
    if only == column_of(lanes, words[-1][2] - 1):
        return [(only, 1, words)]
    parts: list[list[Word]] = [[words[0]]]
    for before, word in pairwise(words):
        wide = word[0] - before[2] > 0.3 * height and not is_currency(before[4])
        if wide and any(before[2] - 1 <= lane <= word[0] + 1 for lane in lanes):
            parts.append([word])
        else:
            parts[-1].append(word)
    placed = []
    for part in parts:
        first = column_of(lanes, part[0][0] + 1)
        last = column_of(lanes, part[-1][2] - 1)
        placed.append((first, last - first + 1, part))
    return placed


def _heading(
    lines: Sequence[Row],
    lanes: Sequence[float],
    across: Sequence[Stroke],
    cells: list[tuple[Cell, list[Word]]],
) -> int:
    """Add the heading cells to `cells`; return the number of heading rows. Lines of one column are
    one cell, unless a rule, white or a cell of another width separates them."""
    open_cells: dict[int, tuple[Cell, list[Word], Row]] = {}
    levels = [0] * (len(lanes) + 1)
    for row in lines:
        parts = _cell_parts(row, lanes)
        rules = [_rule_under(words, row, across) for _, _, words in parts]
        for (column, width, words), rule in zip(parts, rules, strict=True):
            alone = rule is not None and sum(other is rule for other in rules) == 1
            first, span = _spanned(rule, lanes) if rule and alone else (column, width)
            if span > len(lanes):  # the rule below all headings
                first, span = column, width
            reach = range(first, first + span)
            above = open_cells.get(first)
            if (
                above is not None
                and above[0].width == span
                and not _is_separate(above[2], row, words, across)
            ):
                above[1].extend(words)
                open_cells[first] = (above[0], above[1], row)
                continue
            level = max([levels[c] for c in reach])
            cell = Cell(level, first, "", 1, span)
            cell_words = list(words)
            cells.append((cell, cell_words))
            for c in reach:
                levels[c] = level + 1
                open_cells.pop(c, None)
            open_cells[first] = (cell, cell_words, row)
    depth = max(levels, default=0)
    for cell, _, _ in open_cells.values():
        # The last cell of a column stands beside the last heading row, where the values begin.
        if cell.width == 1 and depth > 1 and levels[cell.column] == cell.row + 1:
            cell.row = depth - 1
    return depth


def _is_separate(above: Row, row: Row, words: Sequence[Word], across: Sequence[Stroke]) -> bool:
    x = (words[0][0] + words[-1][2]) / 2
    ruled = any(
        above.middle < rule.at < row.middle and rule.start <= x <= rule.end for rule in across
    )
    return ruled or row.y0 - above.y1 > 0.9 * row.height


def _rule_under(words: Sequence[Word], row: Row, across: Sequence[Stroke]) -> Stroke | None:
    """The nearest rule right under a heading that is at least as wide."""
    x0, x1 = words[0][0], words[-1][2]
    under = [
        rule
        for rule in across
        if row.middle < rule.at < row.y1 + 0.9 * row.height
        and rule.start <= x0 + 2
        and rule.end >= x1 - 2
    ]
    return min(under, key=lambda rule: (round(rule.at), rule.end - rule.start), default=None)


def _spanned(rule: Stroke, lanes: Sequence[float]) -> tuple[int, int]:
    """First column and number of columns above a rule."""
    first, last = column_of(lanes, rule.start + 3), column_of(lanes, rule.end - 3)
    return first, max(last - first + 1, 1)


def _continues(
    row: Row,
    parts: Sequence[tuple[int, int, list[Word]]],
    before: Row,
    cells: Sequence[tuple[Cell, list[Word]]],
    count: int,
    spacing: float,
) -> bool:
    """Is this row the second line of cells of the row above?"""
    columns = {column for column, _, _ in parts}
    step = row.middle - before.middle
    if step > max(1.02 * spacing, 1.3 * row.height) or len(parts) != len(columns):
        return False
    first = parts[0][2][0][4][0]
    runs_on = first.islower() or first in "(&"
    if not runs_on and (columns == {0} or step >= 0.95 * spacing):
        return False
    above = {cell.column for cell, _ in cells if cell.row == count - 1}
    return columns <= above and len(columns) * 2 <= len(above)


def _append(
    cells: Sequence[tuple[Cell, list[Word]]], row: int, column: int, words: Sequence[Word]
) -> None:
    for cell, cell_words in cells:
        if cell.row == row and cell.column == column:
            cell_words.extend(words)
            return
