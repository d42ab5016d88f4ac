"""Cells of tables: CSV against its author's values, spreadsheets against what LibreOffice shows.

What a workbook displays is taken from LibreOffice's flat XML, which holds beside each value the
text shown for it. Its CSV export does not: it writes dates and numbers in a form of its own.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from benchmarks.accuracy import number_formats, office
from benchmarks.accuracy.measures import Row, Rows, cells_of, extract, normal, overlap

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
_TARGET = ("F1", 0.98)
_MOST_REPEATS = 10_000  # a cell with text may be repeated; the empty rest of a sheet is not read


def score_csv(corpus: Path, rows: Rows) -> None:
    """csv-spectrum: every cell, exactly; white space inside cells does not count."""
    for file in sorted((corpus / "csv").glob("spectrum_*.csv")):
        truth = json.loads((corpus / "groundtruth/csv" / f"{file.stem}.json").read_text("utf-8"))
        cells = sorted(normal(str(v)) for row in truth for v in [*row.values()] if str(v).strip())
        head = sorted(normal(name) for name in truth[0]) if truth else []
        found = sorted(filter(None, map(normal, cells_of(extract(file).elements))))
        exact = float(found == sorted([*cells, *head]))
        rows.setdefault("csv cells (csv-spectrum)", Row("author")).add(exact=exact)


def score_sheets(corpus: Path, rows: Rows) -> None:
    """Displayed values as multisets of cells: the corpus's workbooks, and one of our own with
    every number format we know of, in the three formats that Office programs write."""
    if office.program() is None:
        return
    for kind in ("xlsx", "xls", "odf"):
        for file in sorted((corpus / kind).iterdir()):
            if file.suffix in _SUFFIXES:
                _score(file, "displayed values", rows)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "formats.xlsx"
        number_formats.write(book)
        for suffix in ("xlsx", "xls", "ods"):
            made = book if suffix == "xlsx" else office.convert(book, suffix, Path(folder))
            if made is not None:
                _score(made, "displayed values, number formats", rows)


def _score(file: Path, label: str, rows: Rows) -> None:
    with tempfile.TemporaryDirectory() as folder:
        flat = office.convert(file, "fods", Path(folder))
        shown = list(displayed(flat)) if flat else []
    truth = Counter(filter(None, map(normal, shown)))
    if not truth:
        return  # an empty workbook has no value to find
    # Titles of the first level are the names of the sheets.
    found = [e for e in extract(file).elements if (e.type, e.level) != ("Title", 1)]
    ours = Counter(filter(None, map(normal, cells_of(found))))
    row = rows.setdefault(f"{label} ({file.suffix[1:]})", Row("LibreOffice", _TARGET))
    row.add(**overlap(ours, truth))


def displayed(flat: Path) -> Iterator[str]:
    """The shown text of every cell that is not hidden."""
    root = etree.parse(flat, etree.XMLParser(huge_tree=True)).getroot()
    unseen = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        if any(part.get(f"{_TABLE}display") == "false" for part in style)
    }
    for sheet in root.iterfind(f"{_OFFICE}body/{_OFFICE}spreadsheet/{_TABLE}table"):
        if sheet.get(f"{_TABLE}style-name") not in unseen:
            yield from _cells(sheet)


def _cells(sheet: etree._Element) -> Iterator[str]:
    collapsed: set[int] = set()
    place = 0
    for column in _own(sheet, "table-column"):
        repeat = _repeat(column, "columns")
        if column.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            collapsed.update(range(place, place + min(repeat, _MOST_REPEATS)))
        place += repeat
    for row in _own(sheet, "table-row"):
        if row.get(f"{_TABLE}visibility") not in ("collapse", "filter"):
            cells = list(_row(row, collapsed))
            yield from cells * min(_repeat(row, "rows"), _MOST_REPEATS)


def _own(sheet: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows or columns of a sheet, in groups or not, without those of the charts drawn on it."""
    for child in sheet:
        if child.tag == f"{_TABLE}{name}":
            yield child
        elif child.tag in (
            f"{_TABLE}{name}s",
            f"{_TABLE}{name}-group",
            f"{_TABLE}table-header-{name.removeprefix('table-')}s",
        ):
            yield from _own(child, name)


def _row(row: etree._Element, collapsed: set[int]) -> Iterator[str]:
    place = 0
    for cell in row:
        repeat = _repeat(cell, "columns")
        text = "\n".join(_plain(part) for part in cell if part.tag == f"{_TEXT}p")
        if text and cell.tag == f"{_TABLE}table-cell":
            for column in range(place, place + min(repeat, _MOST_REPEATS)):
                if column not in collapsed:
                    yield text
        place += repeat


def _plain(paragraph: etree._Element) -> str:
    for node in paragraph.iter(f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
        node.text = " "
    return "".join(str(piece) for piece in paragraph.itertext())


def _repeat(node: etree._Element, what: str) -> int:
    return int(node.get(f"{_TABLE}number-{what}-repeated") or 1)
