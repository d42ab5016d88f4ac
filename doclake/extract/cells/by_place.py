"""Rows of cells from cells that know their places: what they leave out becomes empty cells."""

from __future__ import annotations

from collections.abc import Iterable

from doclake.extract.cells.cell import Cell

_GROWTH, _SPARE = 4, 10_000  # a table with more empty places than this holds only its cells


def rows(cells: Iterable[tuple[int, int, Cell]]) -> list[list[Cell]]:
    """Rows from (row, column, cell). An empty cell stands in each place that no cell covers, so
    that every other one keeps its column. In a table of which next to nothing is filled, cells
    stand side by side."""
    placed: dict[int, dict[int, Cell]] = {}
    for row, column, cell in cells:
        placed.setdefault(row, {}).setdefault(column, cell)
    in_all = sum(map(len, placed.values()))
    height = max(placed, default=-1) + 1
    width = max((max(row) for row in placed.values()), default=-1) + 1
    if height * width > _GROWTH * in_all + _SPARE:
        return [[placed[row][column] for column in sorted(placed[row])] for row in sorted(placed)]
    until: dict[int, int] = {}  # by column: the first row that no cell above spans into
    return [_row(placed.get(row, {}), row, until) for row in range(height)]


def _row(cells: dict[int, Cell], row: int, until: dict[int, int]) -> list[Cell]:
    filled: list[Cell] = []
    free = 0
    for column in sorted(cells):
        gaps = sum(until.get(place, 0) <= row for place in range(free, column))
        filled += [Cell("", header=cells[column].header) for _ in range(gaps)]
        cell = cells[column]
        filled.append(cell)
        free = max(free, column + cell.colspan)
        if cell.rowspan > 1:
            until |= dict.fromkeys(range(column, free), row + cell.rowspan)
    return filled
