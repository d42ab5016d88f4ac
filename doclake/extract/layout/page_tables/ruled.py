"""Tables drawn with ruling lines, or with shaded cells, whose edges count as ruling lines."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from doclake.extract.layout import row_ends
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page_table import Cell, Table, text_of, within
from doclake.extract.layout.page_tables.networks import Network
from doclake.extract.layout.page_tables.strokes import CLEAR, FILLED, SNAP, Edge, Stroke

_FEW_ROWS = 3  # a table of more ruled rows has cells of two lines, not rows without a rule
_COARSE = 0.25  # share of the cells that may hold several columns
_WHITE = 1.8  # text heights between two columns
_CUT = 0.06  # share of the words that may lie across a ruling line


def find(grids: Sequence[Network], words: Sequence[Word]) -> list[Table]:
    """The networks that are tables: words fill at least two rows and two columns of each."""
    tables = [_table(grid, words) for grid in grids]
    return [table for table in tables if table is not None]


def cells(grid: Network) -> list[Box]:
    """Boxes of the cells that the lines enclose, empty ones too, in row-major order. Two places
    without a wall between them are one cell."""
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
    if len(across) < 3 or len(down) < 3 or _count_cut(grid.columns, inside) > _CUT * len(inside):
        return None
    places: dict[tuple[int, int], list[Word]] = defaultdict(list)
    merged = _merged(across, down, grid.rows, grid.columns)
    xs, ys = [(lo + hi) / 2 for lo, hi in across], [(lo + hi) / 2 for lo, hi in down]
    by_place = _words_by_place(xs, ys, inside)
    _unmerge(merged, len(xs) - 1, len(ys) - 1, by_place)
    for place, words in by_place.items():
        places[merged[place]] += words
    filled = {place for place, words in places.items() if words}
    if len({r for r, _ in filled}) < 2 or len({c for _, c in filled}) < 2:
        return None
    if len(filled) < FILLED * len(set(merged.values())):
        return None
    if sum(_holds_columns(places[place]) for place in filled) > _COARSE * len(filled):
        return None
    return _split_rows(_with_text(xs, ys, merged, places), places, merged)


def _holds_columns(words: Sequence[Word]) -> bool:
    """Does wide white stand between the words of one line, as between columns of a table?"""
    return any(
        after[0] - before[2] > _WHITE * (after[3] - after[1])
        for before, after in pairwise(sorted(words, key=lambda word: (round(word[1]), word[0])))
        if abs(before[1] - after[1]) < 0.3 * (after[3] - after[1])
    )


def _used(edges: list[float], middles: Sequence[float]) -> list[Edge]:
    """Edges; a strip without words (padding, a double rule, a margin of shading) becomes a part of
    the edge."""
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


def _words_by_place(
    xs: Sequence[float], ys: Sequence[float], words: Sequence[Word]
) -> dict[tuple[int, int], list[Word]]:
    """Words by the row and the column of the grid that their middles lie in."""
    down, across = ys[1:-1], xs[1:-1]
    by_place: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for word in words:
        row = bisect_right(down, (word[1] + word[3]) / 2)
        by_place[row, bisect_right(across, (word[0] + word[2]) / 2)].append(word)
    return by_place


def _count_cut(columns: Sequence[Stroke], words: Sequence[Word]) -> int:
    """Number of words that lie across a vertical line: next to none in a table, many in a chart."""
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
    """For each place of the grid, the first place of its cell. Places without a wall between them
    are one cell."""
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
    by_place: Mapping[tuple[int, int], Sequence[Word]],
) -> None:
    """Split a cell at a border of other rows if its words leave enough white there."""
    for row in range(rows):
        for column in range(1, columns):
            first = merged[row, column]
            if first == (row, column) or first[0] != row:
                continue
            left, right = by_place.get((row, column - 1)), by_place.get((row, column))
            if not left or not right:
                continue
            if min([w[0] for w in right]) - max([w[2] for w in left]) > CLEAR:
                for later in range(column, columns):
                    if merged[row, later] == first:
                        merged[row, later] = (row, column)


def _walls(
    strokes: Sequence[Stroke], edges: Sequence[Edge], through: list[float]
) -> list[list[bool]]:
    """For each place in `through` and each edge: does a stroke along the edge pass that place?"""
    near = [[s for s in strokes if low - SNAP <= s.at <= high + SNAP] for low, high in edges]
    return [
        [any(s.start - SNAP <= at <= s.end + SNAP for s in along) for along in near]
        for at in through
    ]


def _with_text(
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
    box = xs[0], ys[0], xs[-1], ys[-1]
    return Table(box, cells, len(ys) - 1, len(xs) - 1, header=1, borders=xs, assumed=True)


def _split_rows(
    table: Table,
    places: dict[tuple[int, int], list[Word]],
    merged: dict[tuple[int, int], tuple[int, int]],
) -> Table:
    """Split rows that only columns rule: where all cells of a row hold the same number of text
    lines on the same baselines, each line becomes a row."""
    grid: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        grid[cell.row].append(cell)
    new_cells: list[Cell] = []
    shift = 0
    for row, cells in enumerate(grid):
        levels = None
        if len(cells) > 1 and all(
            cell.height == 1 and merged[row, cell.column] == (row, cell.column) for cell in cells
        ):
            levels = _levels([places.get((row, cell.column), []) for cell in cells])
        if levels is None or (len(levels) == 2 and table.rows > _FEW_ROWS):
            for cell in cells:
                cell.row += shift
            new_cells += cells
            continue
        for cell in cells:
            for index, level in enumerate(levels):
                in_cell = places.get((row, cell.column), [])
                text = text_of([word for word in in_cell if word[1] < level < word[3]])
                new_cells.append(Cell(row + shift + index, cell.column, text, 1, cell.width))
        shift += len(levels) - 1
    table.cells = sorted(new_cells, key=lambda cell: (cell.row, cell.column))
    table.rows += shift
    return table


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """The words of a cell by lines of text, from the top."""
    lines: list[list[Word]] = []
    last = 0.0
    for word in sorted(words, key=lambda w: w[1] + w[3]):
        middle = (word[1] + word[3]) / 2
        if lines and middle - last <= 0.5 * (word[3] - word[1]):
            lines[-1].append(word)
        else:
            lines.append([word])
            last = middle
    return lines


def _tied(above: Sequence[Word], line: Sequence[Word]) -> bool:
    """Does a line go on with the last word of the line above, as a hyphen there tells?"""
    return row_ends.tie(max(above)[4], min(line)[4]) is not None


def _levels(cells: Sequence[Sequence[Word]]) -> list[float] | None:
    """Middles of the text lines that all filled cells (their words) share, or None."""
    filled = [words for words in cells if words]
    if len(filled) < 2:
        return None
    in_lines = [_lines(words) for words in filled]
    if any(_tied(above, line) for lines in in_lines for above, line in pairwise(lines)):
        return None
    cell_middles = [[(line[0][1] + line[0][3]) / 2 for line in lines] for lines in in_lines]
    most = max(cell_middles, key=len)
    if len(most) < 2 or len(min(cell_middles, key=len)) < 0.7 * len(most):
        return None
    numbers = [sum(any(c.isdigit() for c in word[4]) for word in words) for words in filled]
    if max(numbers) < len(most):
        return None
    for middles in cell_middles:
        if any(min(abs(middle - level) for level in most) > 2.5 for middle in middles):
            return None
    return most
