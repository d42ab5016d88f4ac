"""Cuts a table that does not fit a chunk: between rows, and a row that is too wide between columns.

Every part carries the names of its columns and the labels of its rows, so no value is without its
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from doclake.chunk.budget import Budget
from doclake.chunk.table import Grid, Row, line

Cut = Callable[[str, int], list[str]]
_NAMES = 3  # names of columns take at most a third of a chunk
_NAME = 6  # and one name, or the label of a row, a sixth


@dataclass(slots=True)
class _Part:
    """What one chunk shows of a table. `above` its rows stand the names of their columns and the
    title they stand under; `tokens` and `characters` are those of all lines."""

    above: list[str]
    tokens: int = 0
    characters: int = 0
    rows: list[str] = field(default_factory=list)

    def add(self, row: str, tokens: int) -> None:
        self.rows.append(row)
        self.tokens += tokens
        self.characters += len(row)

    @property
    def text(self) -> str:
        return "\n".join([*self.above, *self.rows])


class TableSplitter:
    """Splits one table into texts: the first of at most `first` tokens, the others of at most
    `rest`. `cut` cuts a text that is too long by itself into parts of a number of tokens."""

    def __init__(self, budget: Budget, cut: Cut, first: int, rest: int) -> None:
        self._budget = budget
        self._count = budget.counter.count_bare
        self._cut = cut
        self._next = first
        self._rest = rest
        self._room = min(first, rest)

    def texts(self, grid: Grid) -> list[str]:
        texts: list[str] = []
        short = self._shortened(grid, texts)
        return texts + list(self._parts(short, short.body, range(grid.labels, grid.width)))

    def _shortened(self, grid: Grid, texts: list[str]) -> Grid:
        """The grid with long names and labels cut to their beginnings; `texts` gets them whole."""
        most = self._room // _NAME
        names = [grid.caption, *(name for row in grid.header for name in row.cells)]
        names += [label for row in grid.body for label in row.cells[: grid.labels]]
        names = [name for name in dict.fromkeys(names) if name]
        sizes = zip(names, self._count(names), strict=True)
        long = [name for name, size in sizes if self._budget.too_long(len(name), size, most)]
        for name in long:
            texts += self._cut(name, self._room)
        short = {name: f"{self._cut(name, max(most - 2, 1))[0]}…" for name in long}
        return Grid(
            short.get(grid.caption, grid.caption),
            [_renamed(row, short, grid.width) for row in grid.header],
            [_renamed(row, short, grid.labels) for row in grid.body],
            grid.labels,
        )

    def _parts(self, grid: Grid, rows: Sequence[Row], columns: Sequence[int]) -> Iterator[str]:
        """Texts of some rows and columns, at least one."""
        names = self._above([grid.caption, *(_line(row, columns, grid) for row in grid.header)])
        if len(columns) > 1 and self._is_over(names, self._room // _NAMES):
            yield from self._halves(grid, rows, columns)
            return
        lines = [_line(row, columns, grid) for row in rows]
        fresh, shown = names, False
        part = replace(fresh, rows=[])
        for row, text, size in zip(rows, lines, self._count(lines), strict=True):
            alone = self._is_over(fresh, self._room, text, size)
            if part.rows and (alone or self._is_over(part, self._next, text, size)):
                yield self._told(part.text)
                part, shown = replace(fresh, rows=[]), True
            if alone:
                yield from self._too_wide(grid, row, columns, fresh)
                shown = True
                continue
            part.add(text, size + self._budget.joint)
            if row.title and not self._budget.too_long(len(text), size, self._room // _NAME):
                fresh = self._above([*names.above, text])
        if part.rows or not shown:
            yield self._told(part.text)

    def _above(self, texts: Sequence[str]) -> _Part:
        above = [text for text in texts if text]
        tokens = sum(self._count(above)) + self._budget.joint * len(above)
        return _Part(above, tokens, sum(map(len, above)))

    def _is_over(self, part: _Part, room: int, text: str = "", size: int = 0) -> bool:
        return self._budget.too_long(part.characters + len(text), part.tokens + size, room)

    def _told(self, text: str) -> str:
        self._next = self._rest
        return text

    def _too_wide(
        self, grid: Grid, row: Row, columns: Sequence[int], above: _Part
    ) -> Iterator[str]:
        """A row that fits no chunk: half of its columns at a time, at last parts of one cell."""
        if len(columns) > 1:
            yield from self._halves(grid, [row], columns)
            return
        label = line(row.cells[: grid.labels])
        taken = self._above([*above.above, label]).tokens
        for part in self._cut(row.cells[columns[0]], max(self._room - taken, 1)):
            yield self._told("\n".join([*above.above, f"{label}\t{part}" if label else part]))

    def _halves(self, grid: Grid, rows: Sequence[Row], columns: Sequence[int]) -> Iterator[str]:
        middle = len(columns) // 2
        for half in (columns[:middle], columns[middle:]):
            bare = half[0] == grid.labels  # rows without values are shown with the first columns
            shown = [row for row in rows if _belongs(row, half, grid, bare)]
            yield from self._parts(grid, shown, half)


def _renamed(row: Row, short: Mapping[str, str], columns: int) -> Row:
    """The row with the names in its first columns shortened."""
    names = [short.get(name, name) for name in row.cells[:columns]]
    return Row([*names, *row.cells[columns:]], row.title)


def _belongs(row: Row, columns: Sequence[int], grid: Grid, bare: bool) -> bool:
    """Has the row a value in these columns, or is it one that stands without values?"""
    if row.title or any(_cells(row, columns)):
        return True
    return bare and not any(row.cells[grid.labels :])


def _line(row: Row, columns: Sequence[int], grid: Grid) -> str:
    return line([*row.cells[: grid.labels], *_cells(row, columns)])


def _cells(row: Row, columns: Sequence[int]) -> list[str]:
    return [row.cells[column] if column < len(row.cells) else "" for column in columns]
