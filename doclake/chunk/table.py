"""A table as its chunks show it: rows of columns, each row with the labels that span into it.

Cells are taken from the HTML of the element, which knows spans and headings whatever its format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>|([^<]+)")
_SPAN = re.compile(r"\b(row|col)span\s*=\s*[\"']?(\d{1,4})", re.IGNORECASE)
_MARKUP = str.maketrans("", "", " \t\n\r|\\-")  # what a table written as Markdown adds, and white
_LONGEST_LABEL = 120  # characters: a longer cell that spans rows is prose, shown once
_MOST_LABELS = 3
_GROWTH, _SPARE = 3, 20_000  # how many times its length repeated labels may add to a table
_PLACES, _MOST_PLACES = 4, 100_000  # that spans may add: so many for each cell, and so many more


class Row(NamedTuple):
    """Cells by column. The only cell of a `title` spans all columns: it heads the rows below."""

    cells: list[str]
    title: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows `header` name the columns, the first `labels` columns name the rows of `body`."""

    caption: str = ""
    header: list[Row] = field(default_factory=list)
    body: list[Row] = field(default_factory=list)
    labels: int = 0

    @property
    def width(self) -> int:
        return max([len(row.cells) for row in (*self.header, *self.body)], default=0)

    @property
    def text(self) -> str:
        lines = [self.caption, *(line(row.cells) for row in (*self.header, *self.body))]
        return "\n".join(text for text in lines if text)


def line(cells: Sequence[str]) -> str:
    """Cells in one line, with tabs between them."""
    return "\t".join(cells).rstrip("\t ")


def read(text: str, html: str | None, continues: str | None = None) -> Grid:
    """The grid of an element. `continues` is the HTML of the table that this one continues, whose
    headings it then has. A table that names no columns takes its first row for their names."""
    named, headings, grid = _of_html(html or "")
    if Counter(text.translate(_MARKUP)) - Counter(grid.text.translate(_MARKUP)):
        rows = [Row(row.split("\t")) for row in text.split("\n") if row.strip()]
        grid = _grid("", rows, headings, 1)  # the HTML lacks some of it
    if continues is not None and not named:
        named, _, first = _of_html(continues)
        header = first.header if named and first.width == grid.width else []
        return Grid(grid.caption, header, [*grid.header, *grid.body], grid.labels)
    return grid


def _of_html(html: str) -> tuple[bool, int, Grid]:
    """(whether the table itself names its columns, number of rows that do, the grid)."""
    caption, cells = _cells(html)
    rows = [row for row in _Layout(cells).placed(cells) if any(place.text for place in row)]
    named = 0
    while named < len(rows) and all(place.names for place in rows[named]):
        named += 1
    headings = named or 1
    if headings < len(rows) and _is_subheading(rows[headings - 1], rows[headings]):
        headings += 1
    labels = 1
    while labels < _MOST_LABELS and any(p.merged for row in rows for p in row[labels - 1 : labels]):
        labels += 1
    texts = [Row([place.text for place in row], row[0].alone) for row in rows]
    return named > 0, headings, _grid(caption, texts, headings, labels)


def _is_subheading(above: list[_Place], row: list[_Place]) -> bool:
    """Does a row divide columns that the row above names together? Then it labels no row itself."""
    unlabelled = row[0].hangs or not row[0].text or not above[0].text
    return unlabelled and any(place.shared for place in above)


def _grid(caption: str, rows: list[Row], headings: int, labels: int) -> Grid:
    header, body = (rows[:headings], rows[headings:]) if headings < len(rows) else ([], rows)
    width = max([len(row.cells) for row in rows], default=0)
    return Grid(caption, header, body, min(labels, max(width - 1, 0)))


@dataclass(slots=True)
class _Cell:
    text: str
    names: bool
    height: int
    width: int


def _cells(html: str) -> tuple[str, list[list[_Cell]]]:
    """(caption, the cells of each row)."""
    rows: list[list[_Cell]] = []
    caption: list[str] = []
    pieces: list[str] | None = None
    for closing, tag, attributes, text in _TOKEN.findall(html):
        name = tag.lower()
        if text:
            if pieces is not None:
                pieces.append(text)
        elif name == "tr":
            if not closing:
                rows.append([])
        elif name in ("td", "th") and closing:
            if pieces is not None and rows and rows[-1]:
                rows[-1][-1].text = _flat(pieces)
            pieces = None
        elif name in ("td", "th"):
            rows = rows or [[]]
            spans = {kind.lower(): int(size) for kind, size in _SPAN.findall(attributes)}
            height, width = max(spans.get("row", 1), 1), max(spans.get("col", 1), 1)
            rows[-1].append(_Cell("", name == "th", height, width))
            pieces = []
        elif name == "caption":
            pieces = None if closing else caption
        elif pieces is not None:
            pieces.append(" ")
    return _flat(caption), rows


def _flat(pieces: list[str]) -> str:
    return " ".join(unescape("".join(pieces)).split())


class _Place(NamedTuple):
    """`names`: it names columns. `merged`: its cell spans rows and names none, and `hangs` into
    this row from above. `shared`: its cell spans several columns, `alone`: all of them."""

    text: str
    names: bool = False
    merged: bool = False
    shared: bool = False
    alone: bool = False
    hangs: bool = False


class _Layout:
    """Places cells. The text of one that spans rows stands in each of them. That of one that spans
    columns stands in each of them if it names them, else in the first."""

    def __init__(self, rows: list[list[_Cell]]) -> None:
        self._room = _GROWTH * sum(len(cell.text) for row in rows for cell in row) + _SPARE
        self._places = _PLACES * sum(map(len, rows)) + _MOST_PLACES
        self._across = max((sum(cell.width for cell in row) for row in rows), default=0)
        self._hanging: dict[int, tuple[int, _Place]] = {}  # by column: rows left

    def placed(self, rows: list[list[_Cell]]) -> list[list[_Place]]:
        return [self._row(row, len(rows) - number) for number, row in enumerate(rows)]

    def _row(self, cells: list[_Cell], left: int) -> list[_Place]:
        """`left`: how many rows there are from this one on."""
        row: list[_Place] = []
        for cell in cells:
            self._hang(row)
            self._place(cell, row, min(cell.height, left))
        last = max(self._hanging, default=-1)
        while len(row) <= last:
            self._hang(row)
            row += [_Place("")] * (len(row) <= last)
        return row

    def _hang(self, row: list[_Place]) -> None:
        """Add the cells of rows above that span into the next columns."""
        while len(row) in self._hanging:
            left, place = self._hanging.pop(column := len(row))
            row.append(place)
            self._places -= 1
            if left > 1 and self._places > 0:
                self._hanging[column] = (left - 1, place)

    def _place(self, cell: _Cell, row: list[_Place], height: int) -> None:
        width = min(cell.width, 1 + max(self._places, 0))
        self._places -= width - 1
        short = len(cell.text) <= _LONGEST_LABEL
        merged = cell.height > 1 and not cell.names
        alone = 1 < self._across <= width
        for number in range(width):
            repeats = short and cell.names and not alone
            text = cell.text if number == 0 or (repeats and self._takes(cell.text, 1)) else ""
            place = _Place(text, cell.names, merged, width > 1 and not alone, alone)
            if height > 1:
                below = text if short and self._takes(text, height - 1) else ""
                self._hanging[len(row)] = (height - 1, place._replace(text=below, hangs=True))
            row.append(place)

    def _takes(self, text: str, times: int) -> bool:
        """Is there room to repeat a text?"""
        if len(text) * times > self._room:
            return False
        self._room -= len(text) * times
        return True
