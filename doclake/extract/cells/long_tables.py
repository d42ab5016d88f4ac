"""A long table in parts, each under the same heading rows. A cell that spans rows of several parts
stands in each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from doclake.extract.cells.cell import Cell, Row


def parts(rows: Sequence[Row], headings: int, size: int) -> Iterator[list[Row]]:
    """At least one part, of at most `size` rows below the first `headings` rows."""
    head, body = rows[:headings], rows[headings:]
    if len(body) <= size:
        yield list(rows)
        return
    placed = _placed(body)
    tall: list[tuple[int, int, Cell]] = []  # row below the last one it spans, column, cell
    for start in range(0, len(body), size):
        end = min(start + size, len(body))
        tall = [entry for entry in tall if entry[0] > start]
        above = [(column, replace(cell, rowspan=last - start)) for last, column, cell in tall]
        tall += [
            (number + cell.rowspan, column, cell)
            for number, row in enumerate(placed[start:end], start)
            for column, cell in row
            if cell.rowspan > 1
        ]
        part = [sorted([*above, *placed[start]], key=lambda at: at[0]), *placed[start + 1 : end]]
        yield [
            *head,
            *(
                [replace(cell, rowspan=min(cell.rowspan, end - number)) for _, cell in row]
                for number, row in enumerate(part, start)
            ),
        ]


def _placed(rows: Sequence[Row]) -> list[list[tuple[int, Cell]]]:
    """The cells of each row with their columns."""
    taken: dict[int, int] = {}  # by column: the first row that no cell above spans into
    placed: list[list[tuple[int, Cell]]] = []
    for number, row in enumerate(rows):
        placed.append([])
        column = 0
        for cell in row:
            while taken.get(column, 0) > number:
                column += 1
            placed[-1].append((column, cell))
            if cell.rowspan > 1:
                taken |= dict.fromkeys(range(column, column + cell.colspan), number + cell.rowspan)
            column += cell.colspan
    return placed
