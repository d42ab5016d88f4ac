"""Regions of a sheet: its filled cells, cut where the screen shows an empty row or column.

Hidden rows and columns are no gaps: what stands on both sides of them is one table.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence

from doclake.extract.cells.cell import Cell

_MAX_GRID = 1_000_000
_MAX_FILL = 20
Place = tuple[int, int]
"""Row and column of a cell, from 0."""
Merges = Mapping[Place, tuple[int, int]]
"""The first cell of each merged one, with its rows and columns."""


def regions(
    places: Iterable[Place], merges: Merges, hidden: tuple[Collection[int], Collection[int]]
) -> list[set[Place]]:
    """The places cut at empty rows, then at empty columns, then both once more. `hidden` holds the
    rows and the columns that are not shown."""
    skipped = (sorted(hidden[0]), sorted(hidden[1]))
    pieces = [set(places)]
    for axis in (0, 1, 0, 1):
        pieces = [part for piece in pieces for part in _cut(piece, axis, merges, skipped[axis])]
    return sorted(pieces, key=lambda piece: (min(r for r, _ in piece), min(c for _, c in piece)))


def _cut(places: set[Place], axis: int, merges: Merges, hidden: Sequence[int]) -> list[set[Place]]:
    """Parts along one axis, cut where a line is empty. A merged cell fills the lines it covers."""
    occupied: dict[int, set[Place]] = {}
    reach: dict[int, int] = {}
    for place in places:
        occupied.setdefault(place[axis], set()).add(place)
        span = merges.get(place)
        if span:
            reach[place[axis]] = max(reach.get(place[axis], 0), place[axis] + span[axis] - 1)
    parts: list[set[Place]] = []
    end = -1
    for number in sorted(occupied):
        between = number - end - 1
        if between > 0:
            between -= bisect_left(hidden, number) - bisect_right(hidden, end)
        if between > 0 or not parts:
            parts.append(set())
        parts[-1] |= occupied[number]
        end = max(end, number, reach.get(number, number))
    return parts


class Window:
    """What some rows and columns, both in order, show of the texts of a region. Lines that show
    nothing are left out."""

    def __init__(
        self, texts: Mapping[Place, str], merges: Merges, rows: list[int], columns: list[int]
    ) -> None:
        self.rows, self.columns = rows, columns
        self._fill(texts, merges)
        filled = sorted({row for row, _ in self.cells}), sorted({c for _, c in self.cells})
        if len(filled[0]) < len(rows) or len(filled[1]) < len(columns):
            self.rows = [rows[row] for row in filled[0]]
            self.columns = [columns[column] for column in filled[1]]
            self._fill(texts, merges)

    def _fill(self, texts: Mapping[Place, str], merges: Merges) -> None:
        self.cells: dict[Place, Cell] = {}
        """By their places in the window."""
        self.origins: dict[Place, Place] = {}
        """The places in the sheet of the cells."""
        self._covered: set[Place] = set()
        for place in sorted(texts):
            self._add(place, texts[place], merges.get(place, (1, 1)))

    def _add(self, place: Place, text: str, span: tuple[int, int]) -> None:
        """A merged cell is shown by whatever of it lies in the window, even if its first row or
        column does not."""
        top, height = _within(self.rows, place[0], span[0])
        left, width = _within(self.columns, place[1], span[1])
        if not height or not width or (top, left) in self._covered:
            return
        self.cells[top, left] = Cell(text, height, width)
        self.origins[top, left] = place
        self._covered.update((top + i, left + j) for i in range(height) for j in range(width))

    def row(self, row: int) -> list[Cell]:
        return [cell for (top, _), cell in self.cells.items() if top == row]

    def grid(self) -> list[list[Cell]]:
        """Cells for all places; a merged one has its spans. Those of a window that is next to empty
        stand without the places between them."""
        filled: dict[int, list[Cell]] = {}
        if len(self.rows) * len(self.columns) > max(_MAX_GRID, _MAX_FILL * len(self.cells)):
            for (row, _), cell in self.cells.items():
                filled.setdefault(row, []).append(cell)
            return list(filled.values())
        return [
            [
                self.cells.get((row, column)) or Cell("")
                for column in range(len(self.columns))
                if (row, column) in self.cells or (row, column) not in self._covered
            ]
            for row in range(len(self.rows))
        ]


def _within(lines: Sequence[int], first: int, count: int) -> tuple[int, int]:
    """(index of the first, number) of the lines in a range."""
    start = bisect_left(lines, first)
    return start, bisect_left(lines, first + count, start) - start
