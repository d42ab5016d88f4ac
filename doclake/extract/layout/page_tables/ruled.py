"""Tables drawn with ruling lines, or with shaded cells whose edges meet like ruling lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page_table import Cell, Table, text_of, within
from doclake.extract.layout.page_tables.networks import Network
from doclake.extract.layout.page_tables.strokes import CLEAR, FILLED, SNAP, Edge, Stroke

_CUT = 0.06  # share of the words that may lie across a ruling line


def find(grids: Sequence[Network], words: Sequence[Word]) -> list[Table]:
    """Tables of at least two rows and two columns whose lines meet, with the words inside."""
    found = []
    for grid in grids:
        table = _table(grid, words)
        if table is not None:
            found.append(table)
    return found


def cells(grid: Network) -> list[Box]:
    """Boxes of the cells that the lines enclose, in row-major order, whether or not they hold
    anything. Where a wall is missing, two places are one cell."""
    across, down = [(x, x) for x in grid.xs], [(y, y) for y in grid.ys]
    ends: dict[tuple[int, int], tuple[int, int]] = {}
    for place, first in _merged(across, down, grid.rows, grid.columns).items():
        ends[first] = max(ends.get(first, place), place)
    return [
        (grid.xs[column], grid.ys[row], grid.xs[right + 1], grid.ys[below + 1])
        for (row, column), (below, right) in sorted(ends.items())
    ]


def _table(grid: Network, words: Sequence[Word]) -> Table | None:
    xs, ys = grid.xs, grid.ys
    inside = within(words, (xs[0], ys[0], xs[-1], ys[-1]))
    if len(inside) < 4:
        return None
    across = _used(xs, [(word[0] + word[2]) / 2 for word in inside])
    down = _used(ys, [(word[1] + word[3]) / 2 for word in inside])
    if len(across) < 3 or len(down) < 3 or _cut(grid.columns, inside) > _CUT * len(inside):
        return None
    places: dict[tuple[int, int], list[Word]] = defaultdict(list)
    merged = _merged(across, down, grid.rows, grid.columns)
    xs, ys = [(lo + hi) / 2 for lo, hi in across], [(lo + hi) / 2 for lo, hi in down]
    held = _slots(xs, ys, inside)
    _unmerge(merged, len(xs) - 1, len(ys) - 1, held)
    for place, words in held.items():
        places[merged[place]] += words
    filled = {place for place, held in places.items() if held}
    if len({r for r, _ in filled}) < 2 or len({c for _, c in filled}) < 2:
        return None
    if len(filled) < FILLED * len(set(merged.values())):
        return None
    return _split_rows(_written(xs, ys, merged, places), places, merged)


def _used(edges: list[float], middles: Sequence[float]) -> list[Edge]:
    """Edges without the strips no word stands in: padding, double rules, margins of shading."""
    counts = [0] * (len(edges) - 1)
    inner = edges[1:-1]
    for middle in middles:
        counts[bisect_right(inner, middle)] += 1
    used: list[Edge] = []
    for index, count in enumerate(counts):
        if count:
            if used:
                used[-1] = (used[-1][0], edges[index])
            else:
                used.append((edges[index], edges[index]))
            used.append((edges[index + 1], edges[index + 1]))
    return used


def _slots(
    xs: Sequence[float], ys: Sequence[float], words: Sequence[Word]
) -> dict[tuple[int, int], list[Word]]:
    """Words by the row and the column of the grid that their middles lie in."""
    down, across = ys[1:-1], xs[1:-1]
    held: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for word in words:
        row = bisect_right(down, (word[1] + word[3]) / 2)
        held[row, bisect_right(across, (word[0] + word[2]) / 2)].append(word)
    return held


def _cut(columns: Sequence[Stroke], words: Sequence[Word]) -> int:
    """How many words lie across a vertical line: in a table none, in a chart many."""
    lines = sorted(columns, key=lambda line: line.at)
    places = [line.at for line in lines]
    cut = 0
    for x0, y0, x1, y1, _ in words:
        first, last = bisect_right(places, x0 + 2), bisect_left(places, x1 - 2)
        middle = (y0 + y1) / 2
        cut += any(line.start < middle < line.end for line in lines[first:last])
    return cut


def _merged(
    xs: list[Edge], ys: list[Edge], rows: list[Stroke], columns: list[Stroke]
) -> dict[tuple[int, int], tuple[int, int]]:
    """For each grid place, the first place of the cell it is part of: no wall, one cell."""
    middles = [(above[1] + below[0]) / 2 for above, below in pairwise(ys)]
    walls_right = _walls(columns, xs, middles)
    middles = [(left[1] + right[0]) / 2 for left, right in pairwise(xs)]
    walls_below = _walls(rows, ys, middles)
    first: dict[tuple[int, int], tuple[int, int]] = {}
    for r in range(len(ys) - 1):
        for c in range(len(xs) - 1):
            if (r, c) in first:
                continue
            width = 1
            while c + width < len(xs) - 1 and not walls_right[r][c + width]:
                width += 1
            height = 1
            while r + height < len(ys) - 1 and not any(
                walls_below[k][r + height] for k in range(c, c + width)
            ):
                height += 1
            for i in range(r, r + height):
                for j in range(c, c + width):
                    first.setdefault((i, j), (r, c))
    return first


def _unmerge(
    merged: dict[tuple[int, int], tuple[int, int]],
    columns: int,
    rows: int,
    held: Mapping[tuple[int, int], Sequence[Word]],
) -> None:
    """Part cells without walls whose words keep clear of the borders other rows have."""
    for row in range(rows):
        for column in range(1, columns):
            first = merged[row, column]
            if first == (row, column) or first[0] != row:
                continue
            left, right = held.get((row, column - 1)), held.get((row, column))
            if not left or not right:
                continue
            if min([w[0] for w in right]) - max([w[2] for w in left]) > CLEAR:
                for later in range(column, columns):
                    if merged[row, later] == first:
                        merged[row, later] = (row, column)


def _walls(
    strokes: Sequence[Stroke], edges: Sequence[Edge], through: list[float]
) -> list[list[bool]]:
    """For each middle of a strip, and each edge, whether a stroke along the edge passes it."""
    near = [[s for s in strokes if low - SNAP <= s.at <= high + SNAP] for low, high in edges]
    return [
        [any(s.start - SNAP <= at <= s.end + SNAP for s in along) for along in near]
        for at in through
    ]


def _written(
    xs: list[float],
    ys: list[float],
    merged: dict[tuple[int, int], tuple[int, int]],
    places: dict[tuple[int, int], list[Word]],
) -> Table:
    extent: dict[tuple[int, int], tuple[int, int]] = {}
    for (row, column), first in merged.items():
        below, beside = extent.get(first, (0, 0))
        extent[first] = max(below, row - first[0] + 1), max(beside, column - first[1] + 1)
    cells = [
        Cell(row, column, text_of(places.get((row, column), ())), height, width)
        for (row, column), (height, width) in sorted(extent.items())
    ]
    return Table((xs[0], ys[0], xs[-1], ys[-1]), cells, len(ys) - 1, len(xs) - 1, header=1)


def _split_rows(
    table: Table,
    places: dict[tuple[int, int], list[Word]],
    merged: dict[tuple[int, int], tuple[int, int]],
) -> Table:
    """Ruled columns around unruled rows: where every cell of a row holds the same number of
    text lines on the same baselines, each line is a row of its own."""
    grid: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        grid[cell.row].append(cell)
    made: list[Cell] = []
    shift = 0
    for row, cells in enumerate(grid):
        levels = None
        if len(cells) > 1 and all(
            cell.height == 1 and merged[row, cell.column] == (row, cell.column) for cell in cells
        ):
            levels = _levels([places.get((row, cell.column), []) for cell in cells])
        if levels is None:
            for cell in cells:
                cell.row += shift
            made += cells
            continue
        for cell in cells:
            for index, level in enumerate(levels):
                held = [
                    word for word in places.get((row, cell.column), []) if word[1] < level < word[3]
                ]
                made.append(Cell(row + shift + index, cell.column, text_of(held), 1, cell.width))
        shift += len(levels) - 1
    table.cells = sorted(made, key=lambda cell: (cell.row, cell.column))
    table.rows += shift
    return table


def _levels(held: Sequence[Sequence[Word]]) -> list[float] | None:
    """Middles of the text lines shared by every filled cell, or None if they are not shared."""
    filled = [words for words in held if words]
    if len(filled) < 2:
        return None
    each = []
    for words in filled:
        middles: list[float] = []
        for word in sorted(words, key=lambda w: w[1] + w[3]):
            middle = (word[1] + word[3]) / 2
            if not middles or middle - middles[-1] > 0.5 * (word[3] - word[1]):
                middles.append(middle)
        each.append(middles)
    most = max(each, key=len)
    if len(most) < 2 or len(min(each, key=len)) < 0.7 * len(most):
        return None
    figures = [sum(any(c.isdigit() for c in word[4]) for word in words) for words in filled]
    if max(figures) < len(most):
        return None
    for middles in each:
        if any(min(abs(middle - level) for level in most) > 2.5 for middle in middles):
            return None
    return most
