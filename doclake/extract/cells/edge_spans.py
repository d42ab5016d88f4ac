"""Spans of cells from the edges that each row declares.

RTF and DOC have no grid. Every row declares the right edge of each of its cells. All edges together
are the columns, and a cell spans those up to its own edge.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field

from doclake.extract.cells.cell import Cell

_NEAR = 30  # twips: the edges of one column differ by rounding from row to row


@dataclass(slots=True, frozen=True)
class Edge:
    """A row's declaration of one cell: its right edge in twips, and whether it continues the cell
    before it (`beside`), begins a cell merged downwards (`first`) or continues the cell above
    (`below`)."""

    right: int = 0
    beside: bool = False
    first: bool = False
    below: bool = False


@dataclass(slots=True)
class Row:
    """The text of a row's cells in order, and their edges. The row begins at `left`, in twips."""

    cells: list[str]
    edges: list[Edge] = field(default_factory=list)
    header: bool = False
    left: int = 0


def with_spans(rows: list[Row]) -> list[list[Cell]]:
    """Cells with spans; all without spans if a row declares fewer edges than cells."""
    if any(len(row.edges) < len(row.cells) for row in rows):
        return [[Cell(text, header=row.header) for text in row.cells] for row in rows]
    columns = _columns(edge.right for row in rows for edge in row.edges)
    above: dict[int, Cell] = {}
    return [_placed(row, columns, above) for row in rows]


def _columns(edges: Iterable[int]) -> list[int]:
    """The right edges of the table's columns, from the left."""
    columns: list[int] = []
    for edge in sorted(set(edges)):
        if not columns or edge - columns[-1] > _NEAR:
            columns.append(edge)
    return columns


def _placed(row: Row, columns: list[int], above: dict[int, Cell]) -> list[Cell]:
    """Cells of a row with spans; `above` holds the merged cells that may continue, by column. A row
    that begins behind the first columns has an empty cell for them."""
    column = bisect.bisect_right(columns[:-1], row.left + _NEAR)
    cells = [Cell("", colspan=column, header=row.header)] if column else []
    for place, (text, edge) in enumerate(zip(row.cells, row.edges, strict=False)):
        end = max(bisect.bisect_right(columns, edge.right), column + 1)
        continued = above.get(column) if edge.below else None
        if edge.beside and cells and place:
            cells[-1].colspan += end - column
            cells[-1].text = f"{cells[-1].text}\n{text}".strip()
        elif continued is not None:
            continued.rowspan += 1
            continued.text = f"{continued.text}\n{text}".strip()
        else:
            cells.append(Cell(text, colspan=end - column, header=row.header))
            above.pop(column, None)
            if edge.first:
                above[column] = cells[-1]
        column = end
    return cells
