"""Tables in text that runs right to left: their first column is the rightmost."""

from __future__ import annotations

from collections.abc import Sequence

from doclake.extract.layout.page import Page
from doclake.extract.layout.page_table import Table
from doclake.extract.text import bidi


def renumber(pages: Sequence[Page]) -> None:
    """Number the columns of such tables from the right, once it is known which tables go on: a page
    of figures alone runs as the page does on which its table began."""
    turned: dict[int, bool] = {}
    for page in pages:
        for table in page.tables:
            head = table.continues or table
            if id(head) not in turned:
                turned[id(head)] = _runs_leftwards(head, page)
            if turned[id(head)]:
                _renumber(table)


def _runs_leftwards(table: Table, page: Page) -> bool:
    text = " ".join([cell.text for cell in table.cells])
    if not any(map(str.isalpha, text)):
        text = " ".join([line.text for line in page.lines])
    return bidi.runs_leftwards(text)


def _renumber(table: Table) -> None:
    for cell in table.cells:
        cell.column = table.columns - cell.column - cell.width
    table.cells.sort(key=lambda cell: (cell.row, cell.column))
