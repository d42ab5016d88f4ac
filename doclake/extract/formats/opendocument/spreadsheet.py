"""Sheets of OpenDocument: the displayed text stands in the file itself, as a rule."""

from __future__ import annotations

import bisect
from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors import LimitExceeded
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.opendocument import inline, namespaces, objects, values
from doclake.extract.formats.opendocument.document import OpenDocument
from doclake.extract.formats.opendocument.namespaces import DRAW, OFFICE, TABLE, TEXT
from doclake.extract.formats.opendocument.text import TextReader
from doclake.extract.model import Extraction, Options
from doclake.extract.spreadsheet import grid as sheets
from doclake.extract.spreadsheet.grid import Sheet, address

if TYPE_CHECKING:
    from lxml import etree

_MAX_REPEAT = 10_000


class OpenDocumentSpreadsheet:
    """ODS: page = sheet."""

    def extract(self, file: Path, options: Options) -> Extraction:
        document = OpenDocument(file, options)
        document.reader.objects = {}  # the values of a chart stand in the cells already
        tables = [node for node in document.body if node.tag == f"{TABLE}table"]
        if len(tables) > options.limits.pages:
            raise LimitExceeded(f"The workbook has {len(tables)} sheets.", limit="pages")
        with_text = 0
        for number, node in enumerate(tables, start=1):
            with document.blocks.lost.part(node.get(f"{TABLE}name") or "", number):
                sheet = self._sheet(document, node)
                with_text += sheet.has_text
                sheets.add(sheet, number, document.blocks)
        return document.extraction(len(tables), with_text)

    def _sheet(self, document: OpenDocument, node: etree._Element) -> Sheet:
        unseen = document.reader.styles.invisible(node.get(f"{TABLE}style-name"))
        hidden = "hidden sheet" if unseen else None
        sheet = Sheet(node.get(f"{TABLE}name") or "", hidden=hidden)
        looks = self._columns(node, sheet)
        document.reader.painted = any(local(n) == "conditional-formats" for n in node)
        row_number = 0
        for row in node.iter(f"{TABLE}table-row"):
            repeat = _repeat(row, "rows")
            cells = [c for c in row if local(c) in ("table-cell", "covered-table-cell")]
            # An empty row may repeat a million times, a row with text as often as it is shown.
            filled = any(len(cell) or values.has_value(cell) for cell in cells)
            for offset in range(min(repeat, _MAX_REPEAT) if filled else 0):
                self._row(document, cells, row_number + offset, sheet, looks)
            if row.get(f"{TABLE}visibility") in ("collapse", "filter"):
                sheet.hidden_rows.update(range(row_number, row_number + min(repeat, _MAX_REPEAT)))
            row_number += repeat
        for chart in node.iter(f"{DRAW}object"):
            root = document.objects.get(objects.target(chart))
            if root is not None:
                sheet.captions.append(objects.chart(root)[0])
        for shapes in node.iter(f"{TABLE}shapes"):
            texts = (
                document.reader.control(shape) or document.reader.flat(shape) for shape in shapes
            )
            sheet.texts.extend(filter(None, texts))
        return sheet

    @staticmethod
    def _columns(node: etree._Element, sheet: Sheet) -> _Looks:
        """Note the hidden columns; returns the columns that give a style to cells without one."""
        looks: _Looks = []
        place = 0
        for column in node.iter(f"{TABLE}table-column"):
            repeat = _repeat(column, "columns")
            if column.get(f"{TABLE}visibility") in ("collapse", "filter"):
                sheet.hidden_columns.update(range(place, place + min(repeat, _MAX_REPEAT)))
            place += repeat
            looks.append((place, column))
        return looks

    @staticmethod
    def _row(
        document: OpenDocument,
        cells: list[etree._Element],
        row: int,
        sheet: Sheet,
        looks: _Looks,
    ) -> None:
        column = 0
        for cell in cells:
            repeat = _repeat(cell, "columns")
            text, reason, unseen = _shown(document.reader, cell, column, looks)
            for offset in range(min(repeat, _MAX_REPEAT) if text else 0):
                sheet.put(row, column + offset, text, concealed=reason)
            if unseen and not reason:
                sheet.put(row, column, "".join(t for _, t in unseen), concealed=unseen[0][0])
            spans = [_whole(cell.get(f"{TABLE}number-{n}-spanned")) for n in ("rows", "columns")]
            if max(spans) > 1:
                sheet.merges[row, column] = (max(spans[0], 1), max(spans[1], 1))
            for note in cell.iter(f"{OFFICE}annotation"):
                sheet.notes.append(f"{address(row, column)} {document.reader.note_text(note)}")
            for link in cell.iter(f"{TEXT}a"):
                sheet.links[row, column] = link.get(namespaces.HREF) or ""
            column += repeat


_Looks = list[tuple[int, "etree._Element"]]
"""Columns that look alike: where they end, and the node that names their style."""


def _shown(
    reader: TextReader, cell: etree._Element, column: int, looks: _Looks
) -> tuple[str, str | None, list[tuple[str, str]]]:
    """(text of a cell, why all of it is hidden, its hidden parts with their reasons)."""
    spelled = values.spelled(cell)
    if not len(cell) and not spelled:
        return "", None, []
    node, attribute = cell, f"{TABLE}style-name"
    if cell.get(attribute) is None:
        place = bisect.bisect_right(looks, column, key=lambda look: look[0])
        if place < len(looks):
            node, attribute = looks[place][1], f"{TABLE}default-cell-style-name"
    reason = reader.hides(node, attribute)
    pending = inline.Inline()
    painted = reader.painted
    reader.painted = painted or reader.styles.paints(node.get(attribute))
    text = "\n".join(filter(None, (spelled, reader.flat(cell, pending))))
    reader.painted = painted
    return text, reason, pending.hidden


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0


def _repeat(node: etree._Element, what: str) -> int:
    return max(_whole(node.get(f"{TABLE}number-{what}-repeated")), 1)
