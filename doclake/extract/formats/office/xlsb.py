"""XLSB (MS-XLSB), read with calamine: values, names of sheets, hidden sheets.

calamine gives the number formats of dates only; it leaves out merged cells and hidden rows and
columns. So numbers are shown in the format General, dates in ISO 8601.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.formats.office.package import OfficePackage
from doclake.extract.model import Extraction, Options
from doclake.extract.spreadsheet import grid as sheets
from doclake.extract.spreadsheet.grid import Sheet
from doclake.extract.spreadsheet.number_format import display

_DAY = datetime.timedelta(days=1)


class Xlsb:
    """Binary workbooks: page = sheet in the order of the tabs."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("calamine", options.limits)
        with OfficePackage(file, options.limits, blocks.lost) as package:
            properties = package.properties()
            children = package.embedded()
        pages, with_text = _read(file, blocks, options.limits.pages)
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The workbook has no values.")
        return blocks.extraction(
            children,
            title=properties.pop("title", None),
            pages=pages,
            pages_with_text=with_text,
            metadata=properties,
        )


def _read(file: Path, blocks: Blocks, most: int) -> tuple[int, int]:
    """Add every sheet. Returns how many there are and how many have text."""
    from python_calamine import CalamineWorkbook

    with_text = 0
    with _reading("workbook"):
        opened = CalamineWorkbook.from_path(file)
    with opened as book:
        tabs = book.sheets_metadata
        if len(tabs) > most:
            raise LimitExceeded(f"The workbook has {len(tabs)} sheets.", limit="pages")
        for number, tab in enumerate(tabs):
            with blocks.lost.part(tab.name, number + 1):
                sheet = _sheet(book, number, tab)
                with_text += sheet.has_text
                sheets.add(sheet, number + 1, blocks)
    return len(tabs), with_text


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Says what calamine could not read. A panic of Rust is a `BaseException`."""
    try:
        yield
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise DocumentMalformed(f"The {what} cannot be read: {error}") from None


def _sheet(book: Any, number: int, tab: Any) -> Sheet:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    shown = tab.visible == SheetVisibleEnum.Visible
    sheet = Sheet(tab.name, hidden=None if shown else "hidden sheet")
    if tab.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
        return sheet  # a chart sheet has no cells
    with _reading("sheet"):
        source = book.get_sheet_by_index(number)
        rows = list(source.iter_rows())
    left = source.start[1] if source.start else 0
    for row, values in enumerate(rows):
        for column, value in enumerate(values, left):
            sheet.put(row, column, _shown(value))
    return sheet


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return display(value, "General")
    if isinstance(value, datetime.timedelta):
        return display(value / _DAY, "[h]:mm:ss")
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)
