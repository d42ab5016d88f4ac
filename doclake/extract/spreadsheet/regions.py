"""Regions of a sheet: its filled cells, cut where the screen shows an empty row or column, unless
what stands on both sides belongs together.

Hidden rows and columns are no gaps: what stands on both sides of them is one table.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence

from doclake.extract.cells.cell import Cell
from doclake.extract.spreadsheet import belonging

_MAX_GRID = 1_000_000
_MAX_FILL = 20
_MAX_GAPS = 40  # that are looked at, and the cells beside them: a sheet with more is a pattern
_MAX_LOOKED = 5_000_000
Place = tuple[int, int]
"""Row and column of a cell, from 0."""
Merges = Mapping[Place, tuple[int, int]]
"""The first cell of each merged one, with its rows and columns."""


def regions(
    texts: Mapping[Place, str], merges: Merges, hidden: tuple[Collection[int], Collection[int]]
) -> list[set[Place]]:
    """The places of texts, cut at empty rows, then at empty columns, then both once more. `hidden`
    holds the rows and the columns that are not shown."""
    skipped = (sorted(hidden[0]), sorted(hidden[1]))
    pieces = [set(texts)] if texts else []
    for axis in (0, 1, 0, 1):
        cut = [_cut(piece, axis, merges, skipped[axis]) for piece in pieces]
        pieces = [part for parts in cut for part in _parts(parts, texts if axis else None)]
    pieces.sort(key=lambda piece: (min(r for r, _ in piece), min(c for _, c in piece)))
    return belonging.joined(pieces, texts)


def _parts(
    cut: list[tuple[int, set[Place]]], texts: Mapping[Place, str] | None
) -> list[set[Place]]:
    """The parts along one axis. With texts they are columns: those that belong to the part before
    them, one empty column away, are put to it."""
    parts: list[set[Place]] = []
    spaced = False
    gaps = looked = 0
    for gap, part in cut:
        may = bool(parts) and gap == 1 and gaps < _MAX_GAPS and looked < _MAX_LOOKED
        gaps += may
        looked += len(parts[-1]) + len(part) if may else 0
        if texts and may and belonging.is_beside(parts[-1], part, texts, spaced):
            spaced |= len({column for _, column in parts[-1]}) == 1
            parts[-1] |= part
        else:
            parts.append(part)
            spaced = False
    return parts


def _cut(
    places: set[Place], axis: int, merges: Merges, hidden: Sequence[int]
) -> list[tuple[int, set[Place]]]:
    """Parts along one axis, cut where a line is empty, with the number of empty lines before each.
    A merged cell fills the lines it covers."""
    occupied: dict[int, set[Place]] = {}
    reach: dict[int, int] = {}
    for place in places:
        occupied.setdefault(place[axis], set()).add(place)
        span = merges.get(place)
        if span:
            reach[place[axis]] = max(reach.get(place[axis], 0), place[axis] + span[axis] - 1)
    parts: list[tuple[int, set[Place]]] = []
    end = -1
    for number in sorted(occupied):
        between = number - end - 1
        if between > 0:
            between -= bisect_left(hidden, number) - bisect_right(hidden, end)
        if between > 0 or not parts:
            parts.append((between, set()))
        parts[-1][1].update(occupied[number])
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
