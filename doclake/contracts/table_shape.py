"""The shape of the tables in elements, from the HTML that extraction writes of them
(`extract.cells.cell.to_html`), which is regular: rows, cells, spans, escaped text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]([^>]*)>(.*?)</t[dh]>", re.DOTALL)
_SPAN = re.compile(r'(row|col)span="(\d+)"')
_TAG = re.compile(r"<[^>]*>")
_MOST_ROWS = 1_000  # one of a million rows is as even as its first thousand


class Shape(NamedTuple):
    """`uneven` rows are narrower than the widest; `empty` cells hold no text."""

    rows: int
    columns: int
    uneven: int
    cells: int
    empty: int


def shape(html: str) -> Shape:
    """Of one table, rows that are spanned from above counted as filled there."""
    widths, cells, empty = [], 0, 0
    above: list[int] = []  # rows that each column is still filled from above
    for row in _rows(html):
        column, filled = 0, [max(0, left - 1) for left in above]
        taken = [left > 0 for left in above]
        for attributes, text in row:
            spans = {name: int(number) for name, number in _SPAN.findall(attributes)}
            while column < len(taken) and taken[column]:
                column += 1
            end = column + max(1, spans.get("col", 1))
            filled += [0] * (end - len(filled))
            filled[column:end] = [max(0, spans.get("row", 1) - 1)] * (end - column)
            column, cells = end, cells + 1
            empty += not _TAG.sub("", text).strip()
        covered = max((place + 1 for place, full in enumerate(taken) if full), default=0)
        widths.append(max(column, covered))
        above = filled
    widest = max(widths, default=0)
    return Shape(len(widths), widest, sum(width < widest for width in widths), cells, empty)


def _rows(html: str) -> Iterator[list[tuple[str, str]]]:
    for number, match in enumerate(_ROW.finditer(html)):
        if number >= _MOST_ROWS:
            return
        yield _CELL.findall(match[1])
