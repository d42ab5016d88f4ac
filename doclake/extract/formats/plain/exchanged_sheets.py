"""Spreadsheets as programs exchanged them before XML: SYLK and DIF.

SYLK: https://www.loc.gov/preservation/digital/formats/fdd/fdd000469.shtml
DIF: https://www.loc.gov/preservation/digital/formats/fdd/fdd000368.shtml
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.formats.plain.csv import MAX_COLUMNS, add_tables
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_MAX_ROWS = 1 << 20
_FIELD = re.compile(r";(?=[A-Z])")

Cells = dict[tuple[int, int], str]
"""Text by row and column, both from 1."""


class ExchangedSheet:
    """The cells that hold a value, as a table."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        cells = sylk(text) if options.media_type == "text/x-sylk" else dif(text)
        blocks = Blocks("sheet", options.limits)
        add_tables(_rows(cells), blocks)
        if not blocks.elements:
            raise DocumentEmpty("The sheet has no values.")
        return Extraction(blocks.elements, metadata={"encoding": codec})


def sylk(text: str) -> Cells:
    """`C;Y1;X2;K"Item"`: a cell; a place that is left out is that of the cell before."""
    cells: Cells = {}
    row = column = 1
    for line in text.splitlines():
        kind, *fields = _FIELD.split(line.replace(";;", "\x1f"))
        if kind != "C":
            continue
        value = None
        for field in fields:
            name, rest = field[:1], field[1:].replace("\x1f", ";")
            if name == "Y" and rest.isdecimal():
                row = int(rest)
            elif name == "X" and rest.isdecimal():
                column = int(rest)
            elif name == "K":
                value = rest[1:-1] if rest[:1] == rest[-1:] == '"' and len(rest) > 1 else rest
        if value:
            cells[row, column] = value
    return cells


def dif(text: str) -> Cells:
    """After DATA two lines a value: `type,number` and a word or a text in quotes."""
    cells: Cells = {}
    row = column = 0
    for kind, number, words in _values(text):
        if kind == "-1":
            row, column = (row + 1, 0) if words == "BOT" else (row, column)
            continue
        column += 1
        value = words if kind == "1" else number if words == "V" else words
        if value and words not in ("NA", "ERROR", "NULL"):
            cells[row, column] = value
    return cells


def _values(text: str) -> Iterator[tuple[str, str, str]]:
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if line.strip() == "DATA"), len(lines))
    for at in range(start + 3, len(lines) - 1, 2):
        kind, _, number = lines[at].strip().partition(",")
        words = next(iter(next(csv.reader([lines[at + 1].strip()]), [])), "")
        yield kind, number, words


def _rows(cells: Cells) -> list[list[str]]:
    rows = sorted({row for row, _ in cells})
    columns = sorted({column for _, column in cells})
    if len(columns) > MAX_COLUMNS or len(rows) > _MAX_ROWS or len(rows) * len(columns) > 1 << 24:
        raise LimitExceeded("The sheet has too many rows and columns.")
    return [[cells.get((row, column), "") for column in columns] for row in rows]
