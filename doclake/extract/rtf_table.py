"""One table of an RTF: its cells as they come, their places from the edges each row declares.

RTF has no grid of its own. Every row names the right edge of each of its cells (`\\cellx`), so a
cell spans as many columns as other rows have edges in it.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, replace

from doclake.extract.tables import MAX_SPAN, Cell

_NEAR = 30  # twips; rows of one table are drawn with edges that differ by their rounding
_FLAGS = {"clmrg": "beside", "clvmgf": "first", "clvmrg": "below"}


@dataclass(slots=True, frozen=True)
class _Edge:
    """What a row says of one cell: its right edge, what it continues."""

    right: int = 0
    beside: bool = False
    first: bool = False
    below: bool = False


class Table:
    """Takes the control words of rows and the text of cells; `rows` gives them with spans."""

    def __init__(self) -> None:
        self._edges: list[_Edge] = []
        self._next = _Edge()
        self._header = False
        self._cells: list[str] = []
        self._rows: list[tuple[list[str], list[_Edge], bool]] = []

    def word(self, word: str, number: int | None) -> bool:
        """Whether the control word is about rows and cells."""
        if word == "trowd":
            self._edges, self._next, self._header = [], _Edge(), False
        elif word == "trhdr":
            self._header = True
        elif word in _FLAGS:
            self._next = replace(self._next, **{_FLAGS[word]: True})
        elif word == "cellx":
            if len(self._edges) < MAX_SPAN:
                self._edges.append(replace(self._next, right=number or 0))
            self._next = _Edge()
        else:
            return False
        return True

    def end_cell(self, text: str) -> None:
        self._cells.append(text)

    def end_row(self) -> None:
        if self._cells:
            self._rows.append((self._cells, self._edges, self._header))
        self._cells = []

    def rows(self) -> list[list[Cell]]:
        """Ends the table: all rows so far, and none are left."""
        self.end_row()
        rows, self._rows = self._rows, []
        if any(len(edges) < len(cells) for cells, edges, _ in rows):
            return [[Cell(text, header=head) for text in cells] for cells, _, head in rows]
        columns = _columns(edge.right for _, edges, _ in rows for edge in edges)
        above: dict[int, Cell] = {}
        return [_placed(*row, columns, above) for row in rows]


def _columns(edges: Iterable[int]) -> list[int]:
    """The right edges of the table's columns, from the left."""
    found: list[int] = []
    for edge in sorted(set(edges)):
        if not found or edge - found[-1] > _NEAR:
            found.append(edge)
    return found


def _placed(
    texts: list[str], edges: list[_Edge], header: bool, columns: list[int], above: dict[int, Cell]
) -> list[Cell]:
    """Cells of a row with spans; `above` holds the merged cells that may go on, by column."""
    cells: list[Cell] = []
    column = 0
    for text, edge in zip(texts, edges, strict=False):
        end = max(bisect.bisect_right(columns, edge.right), column + 1)
        continued = above.get(column) if edge.below else None
        if edge.beside and cells:
            cells[-1].colspan += end - column
            cells[-1].text = f"{cells[-1].text}\n{text}".strip()
        elif continued is not None:
            continued.rowspan += 1
            continued.text = f"{continued.text}\n{text}".strip()
        else:
            cells.append(Cell(text, colspan=end - column, header=header))
            above.pop(column, None)
            if edge.first:
                above[column] = cells[-1]
        column = end
    return cells
