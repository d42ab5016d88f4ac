"""A page table: its cells, and its text as HTML with spans and as Markdown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, product

from doclake.extract.layout import row_ends
from doclake.extract.layout.geometry import Box, Word
from doclake.extract.text import bidi

_GRID = 40.0  # points: side of the cells in which words are looked up


@dataclass(slots=True)
class Cell:
    """Text in the grid. It starts at (row, column) and covers `height` rows, `width` columns."""

    row: int
    column: int
    text: str
    height: int = 1
    width: int = 1


@dataclass(slots=True)
class Table:
    """Cells in row-major order; the first `header` rows name the columns, unless that is only
    `assumed`. `borders` are the edges of the columns. It `continues` the table of a page before."""

    box: Box
    cells: list[Cell]
    rows: int
    columns: int
    header: int = 0
    confidence: float = 1.0
    borders: Sequence[float] = ()
    assumed: bool = False
    continues: Table | None = None


def html(table: Table) -> str:
    """`<table>` with `rowspan` and `colspan`; each place without a cell becomes an empty cell."""
    starts = {(cell.row, cell.column): cell for cell in table.cells}
    covered = {
        (row, column)
        for cell in table.cells
        if cell.height > 1 or cell.width > 1
        for row in range(cell.row, cell.row + cell.height)
        for column in range(cell.column, cell.column + cell.width)
    }
    lines = []
    for row in range(table.rows):
        tag = "th" if row < table.header else "td"
        parts = []
        for column in range(table.columns):
            cell = starts.get((row, column))
            if cell is not None:
                parts.append(f"<{tag}{_spans(cell)}>{escape(cell.text)}</{tag}>")
            elif (row, column) not in covered:
                parts.append(f"<{tag}></{tag}>")
        lines.append("<tr>" + "".join(parts) + "</tr>")
    return "<table>" + "".join(lines) + "</table>"


def _spans(cell: Cell) -> str:
    rows = f' rowspan="{cell.height}"' if cell.height > 1 else ""
    columns = f' colspan="{cell.width}"' if cell.width > 1 else ""
    return rows + columns


def markdown(table: Table) -> str:
    """A Markdown table. A cell with a span stands in its first place only: no word is repeated. One
    that continues another and has no headings is rows alone."""
    grid = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        grid[cell.row][cell.column] = cell.text.replace("|", "\\|").replace("\n", " ")
    lines = ["| " + " | ".join(row) + " |" for row in grid]
    if table.continues is not None and not table.header:
        return "\n".join(lines)
    return "\n".join([lines[0], "|" + " --- |" * table.columns, *lines[1:]])


def text_of(words: Sequence[Word]) -> str:
    """Text of the words of one cell: rows from the top, each in the order of reading."""
    if len(words) < 2:
        return words[0][4] if words else ""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w[1] + w[3]):
        middle = (word[1] + word[3]) / 2
        if rows and rows[-1][0][1] <= middle <= rows[-1][0][3]:
            rows[-1].append(word)
        else:
            rows.append([word])
    text = ""
    for row in rows:
        texts = [word[4] for word in sorted(row)]
        part = " ".join([texts[at] for at in bidi.order(texts)])
        text = (row_ends.tie(text, part) or f"{text} {part}") if text else part
    return text


def within(words: Sequence[Word], box: Box) -> list[Word]:
    """Words whose middle lies in a box."""
    left, top, right, bottom = 2 * box[0] - 2, 2 * box[1] - 2, 2 * box[2] + 2, 2 * box[3] + 2
    return [
        word
        for word in words
        if left <= word[0] + word[2] <= right and top <= word[1] + word[3] <= bottom
    ]


def without(words: Sequence[Word], box: Box) -> list[Word]:
    """Words whose middle lies outside a box."""
    left, top, right, bottom = 2 * box[0] - 2, 2 * box[1] - 2, 2 * box[2] + 2, 2 * box[3] + 2
    return [
        word
        for word in words
        if not (left <= word[0] + word[2] <= right and top <= word[1] + word[3] <= bottom)
    ]


def without_any(words: Sequence[Word], boxes: Sequence[Box]) -> list[Word]:
    """Words whose middle lies outside all boxes, which may be thousands: a box is held against the
    words in the cells of a grid that it touches, and not against all words."""
    grid: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (x0, y0, x1, y1, _) in enumerate(words):
        grid[_cell((x0 + x1) / 2, (y0 + y1) / 2)].append(number)
    for box in boxes:
        left, top = _cell(box[0] - 1, box[1] - 1)
        right, bottom = _cell(box[2] + 1, box[3] + 1)
        if (right - left + 1) * (bottom - top + 1) > len(grid):
            cells = [(x, y) for x, y in grid if left <= x <= right and top <= y <= bottom]
        else:
            cells = [*product(range(left, right + 1), range(top, bottom + 1))]
        for cell in cells:
            inside = grid.pop(cell, [])
            outside = [number for number in inside if without([words[number]], box)]
            if outside:
                grid[cell] = outside
    return [words[number] for number in sorted(chain.from_iterable(grid.values()))]


def _cell(x: float, y: float) -> tuple[int, int]:
    return int(x // _GRID), int(y // _GRID)
