"""CSV, TSV and their relatives: the delimiter is found by trying each on many rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.cells import kinds
from doclake.extract.cells.cell import is_empty, rows_from_text, to_html, to_text
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset

_DELIMITERS = ",;\t|:"
_SAMPLE_ROWS = 100
ROWS_PER_TABLE = 500
"""A long file becomes several Table elements, so none is too large to handle."""
MAX_COLUMNS = 16_384
"""What spreadsheets can hold; more is not a table."""
MAX_FIELD = 1 << 24
_MAX_LINES_ABOVE = 5
Rows = list[list[str]]


class Delimited:
    """Every row whole, ragged ones too. Of each table the first row is the header, and lines of one
    cell above it are its title and remarks on it."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("csv", options.limits)
        tab = options.media_type == "text/tab-separated-values"
        for rows in _tables(parse(text, "\t" if tab else None)):
            above = _lines_above(rows)
            for place, row in enumerate(rows[:above]):
                words = " ".join(filter(str.strip, row))
                blocks.add("NarrativeText" if place else "Title", words, level=None if place else 1)
            add_tables(rows[above:], blocks)
        if not blocks.elements:
            raise DocumentEmpty("The table has no values.")
        return Extraction(blocks.elements, metadata={"encoding": codec})


def _tables(parts: Sequence[Rows]) -> list[Rows]:
    """The tables of a file, each with the lines above it. An empty row ends a table if what follows
    has a header of its own; most empty rows stand in a table by mistake."""
    tables: list[Rows] = []
    lines: Rows = []
    for part in parts:
        if len(lines) + len(part) <= _MAX_LINES_ABOVE and all(_filled(row) == 1 for row in part):
            lines = lines + part
        elif not tables or _is_other_table(part[_lines_above(part) :], tables[-1]):
            tables.append(lines + part)
            lines = []
        else:
            tables[-1] += lines + part
            lines = []
    return [*tables[:-1], tables[-1] + lines] if tables else [lines] if lines else []


def _is_other_table(rows: Rows, before: Rows) -> bool:
    """Does the first row name columns: does it repeat the header of the table before, or stand
    above figures, or does a table of another width begin with it?"""
    if len(rows) < 2:
        return False
    above = _lines_above(before)
    rows, before = rows[:_SAMPLE_ROWS], before[above : above + _SAMPLE_ROWS]
    if rows[0] == before[0]:
        return True
    cells = [{place: text for place, text in enumerate(row) if text.strip()} for row in rows]
    first = cells[0]
    if any(row.get(place) == text for row in cells[1:] for place, text in first.items()):
        return False  # what occurs again is a value
    widths, widths_before = ({len(row) for row in part} for part in (rows, before))
    is_even = len(widths) == len(widths_before) == 1 and 1 not in widths | widths_before
    if is_even and widths != widths_before:
        return "figure" not in map(kinds.kind, first.values())
    return len(first) > 1 and kinds.names_columns(cells)


def _filled(row: list[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _lines_above(rows: Rows) -> int:
    """How many rows of one cell stand above the first row of several cells, if more such follow."""
    filled = [_filled(row) for row in rows[: _MAX_LINES_ABOVE + 3]]
    above = next((place for place, count in enumerate(filled) if count > 1), 0)
    below = filled[above:]
    if not 0 < above <= _MAX_LINES_ABOVE or len(below) < 2 or below[1] < 2:
        return 0
    first = (next(place for place, cell in enumerate(row) if cell.strip()) for row in rows[:above])
    return above if not any(first) else 0


def add_tables(rows: Rows, blocks: Blocks) -> None:
    """Add rows as Table elements of at most `ROWS_PER_TABLE`, each under the first row."""
    head, body = rows[:1], rows[1:]
    for start in range(0, max(len(body), 1), ROWS_PER_TABLE):
        part = head + body[start : start + ROWS_PER_TABLE]
        cells = rows_from_text(part, header=len(rows) > 1)
        if not is_empty(cells):
            blocks.add("Table", to_text(cells), html=to_html(cells))


def parse(text: str, delimiter: str | None = None) -> list[Rows]:
    """Rows of fields, in the parts between empty rows. Raises `LimitExceeded` for absurd widths."""
    text = text.replace("\0", "")
    if text[:4].lower() == "sep=":  # Excel's own way to name the delimiter
        line, _, text = text.partition("\n")
        delimiter = line[4:5] or delimiter
    delimiter = delimiter or _find_delimiter(text)
    parts: list[Rows] = [[]]
    for row in _rows(text, delimiter):
        if not any(field.strip() for field in row):
            parts.append([])
            continue
        if len(row) > MAX_COLUMNS:
            message = f"A row has {len(row)} columns."
            raise LimitExceeded(message, limit="columns", allowed=MAX_COLUMNS)
        parts[-1].append(row)
    return [part for part in parts if part]


def _rows(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise LimitExceeded(f"The table cannot be split: {error}") from None


def _find_delimiter(text: str) -> str:
    """The delimiter whose rows agree best in width; the comma if none splits anything."""
    sample = text[: 1 << 16]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _rows(sample, delimiter)[:_SAMPLE_ROWS] if row]
        if not widths or max(widths) < 2:
            continue
        common = max(set(widths), key=widths.count)
        agreement = widths.count(common) / len(widths)
        score = agreement * (1 if common > 1 else 0.1) + min(common, 20) / 1000
        if score > best_score + (0.2 if delimiter == ":" else 0):
            best, best_score = delimiter, score
    return best
