"""Tables that run over a page break: the part on the next page has no headings of its own."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from itertools import pairwise

from doclake.extract.layout.page import Line, Page
from doclake.extract.layout.page_table import Cell, Table
from doclake.extract.layout.page_tables.rows import is_value

_SHARED = 0.6  # share of its width in which each column lies under that of the page before
_EDGE = 0.1  # share of the page's height where a short line may be furniture that repeats nowhere
_SHORT = 40  # characters
_VALUES = 0.6  # share of the cells of a column
_GOES_ON = re.compile(
    r".{0,80}[(\[]?\b(?:continued|cont(?:inue)?d?\.?|계속|이어짐|fortsetzung|suite)\b[)\].:]?\s*",
    re.IGNORECASE,
)


def link(pages: Sequence[Page], furniture: Container[Line]) -> None:
    """Mark the tables that continue one of the page before, and take away the headings that they
    were only thought to have."""
    for page, after in pairwise(pages):
        if not page.tables or not after.tables:
            continue
        last = max(page.tables, key=lambda table: table.box[3])
        first = min(after.tables, key=lambda table: table.box[1])
        if not _is_last(last, page, furniture) or not _is_first(first, after, furniture):
            continue
        head = last.continues or last
        if not _same_columns(last, first):
            continue
        if head.header and _texts(head, head.header) == _texts(first, head.header):
            first.header = head.header
        elif _names_columns(first, after):
            continue
        else:
            first.header = 0
        first.continues = head


def _is_last(table: Table, page: Page, furniture: Container[Line]) -> bool:
    """Does nothing but furniture stand below it?"""
    edge = page.height * (1 - _EDGE)
    return all(
        line in furniture or line.hidden or (line.y0 > edge and len(line.text) < _SHORT)
        for line in page.lines
        if line.y0 > table.box[3] - 1
    )


def _is_first(table: Table, page: Page, furniture: Container[Line]) -> bool:
    """Does nothing stand above it but furniture and the words that it continues?"""
    edge = page.height * _EDGE
    return all(
        line in furniture
        or line.hidden
        or (line.y1 < edge and len(line.text) < _SHORT)
        or _GOES_ON.fullmatch(line.text)
        for line in page.lines
        if line.y1 < table.box[1] + 1
    )


def _same_columns(above: Table, below: Table) -> bool:
    if above.columns != below.columns or not above.borders or not below.borders:
        return False
    for (left, right), (other, end) in zip(
        pairwise(above.borders), pairwise(below.borders), strict=True
    ):
        if min(right, end) - max(left, other) < _SHARED * min(right - left, end - other):
            return False
    return True


def _texts(table: Table, rows: int) -> list[tuple[int, int, str]]:
    in_rows: list[Cell] = [cell for cell in table.cells if cell.row < rows and cell.text]
    return [(cell.row, cell.column, cell.text) for cell in in_rows]


def _names_columns(table: Table, page: Page) -> bool:
    if not table.assumed:
        return table.header > 0
    return _names_values(table) or _is_set_apart(table, page)


def _names_values(table: Table) -> bool:
    """Does its first row hold no value, though there are columns of values below it?"""
    columns: dict[int, list[bool]] = {}
    for cell in table.cells:
        if cell.text and cell.row:
            columns.setdefault(cell.column, []).append(is_value(cell.text))
    valued = {column for column, are in columns.items() if sum(are) > _VALUES * len(are)}
    above = [cell for cell in table.cells if not cell.row and cell.column in valued and cell.text]
    return bool(above) and not any(is_value(cell.text) for cell in above)


def _is_set_apart(table: Table, page: Page) -> bool:
    """Is the first row in bold type or on a ground of its own, and the others not?"""
    left, top, right, bottom = table.box
    inside = [
        line
        for line in page.lines
        if top - 1 <= line.y0 and line.y1 <= bottom + 1 and line.x0 < right and line.x1 > left
    ]
    if not inside:
        return False
    uppermost = min(inside, key=lambda line: line.y0 + line.y1)
    middle = (uppermost.y0 + uppermost.y1) / 2
    first = [line for line in inside if line.y0 < middle < line.y1]
    rest = [line for line in inside if line.y0 > middle]
    if all(line.bold for line in first) and sum(line.bold for line in rest) * 2 < len(rest):
        return True
    below = min([(line.y0 + line.y1) / 2 for line in rest], default=bottom)
    return any(
        fill.box[1] < middle < fill.box[3] < below and fill.box[3] - fill.box[1] > 3
        for fill in page.fills
        if left - 3 <= fill.box[0] and fill.box[2] <= right + 3
    )
