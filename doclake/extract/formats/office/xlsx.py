"""XLSX and XLSM, read from their XML: displayed values, merged and hidden cells, comments.

openpyxl refuses many damaged files and applies no number formats.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office import xlsx_styles
from doclake.extract.formats.office.package import A, OfficePackage, R, S
from doclake.extract.formats.office.xlsx_comments import comment_authors, comments, rich, unescape
from doclake.extract.formats.office.xlsx_styles import PLAIN, WHITE, Look, whole
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Extraction, Options
from doclake.extract.spreadsheet import grid as sheets
from doclake.extract.spreadsheet.grid import Sheet
from doclake.extract.spreadsheet.number_format import display, display_text
from doclake.extract.text import symbol_fonts
from doclake.extract.text.cleaning import clean

if TYPE_CHECKING:
    from lxml import etree

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_PAGE = "\0"
_MARGIN_SIGNS = {"&&": "&", "&L": "\n", "&C": "\n", "&R": "\n", "&P": _PAGE, "&N": _PAGE}
_MARGIN_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d+|.)', re.DOTALL)
_MAX_COLUMNS = 16_384
_MAX_RANGES = 200


class Xlsx:
    """Workbooks: page = sheet in the order of the tabs."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("ooxml", options.limits)
        with OfficePackage(file, options.limits, blocks.lost) as package:
            workbook = _Workbook(package, blocks.lost)
            if len(workbook.sheets) > options.limits.pages:
                raise LimitExceeded(f"The workbook has {len(workbook.sheets)} sheets.")
            with_text = 0
            for number, (name, part, hidden) in enumerate(workbook.sheets, start=1):
                with blocks.lost.part(name, number):
                    sheet = workbook.read(name, part, hidden, number)
                    with_text += sheet.has_text
                    sheets.add(sheet, number, blocks)
            properties = package.properties()
            children = package.embedded()
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The workbook has no values.")
        title = properties.pop("title", None)
        return blocks.extraction(
            children,
            title=title,
            pages=len(workbook.sheets),
            pages_with_text=with_text,
            metadata=properties,
        )


class _Workbook:
    def __init__(self, package: OfficePackage, lost: LostParts) -> None:
        self.package = package
        self.lost = lost
        self.part = package.main_part("xl/workbook.xml")
        root = package.xml(self.part)
        properties = root.find(f"{S}workbookPr")
        flag = properties.get("date1904") if properties is not None else None
        self.date1904 = flag in ("1", "true")
        self.sheets = self._list(root)
        self.strings = self._strings()
        self.looks = self._looks()
        self.people = comment_authors(package)

    def _list(self, root: etree._Element) -> list[tuple[str, str, str | None]]:
        """(name, part, why hidden) of each sheet."""
        relations = self.package.relations(self.part)
        tabs = []
        for node in root.iter(f"{S}sheet"):
            relation = relations.get(node.get(f"{R}id") or "")
            hidden = "hidden sheet" if (node.get("state") or "visible") != "visible" else None
            if relation:
                tabs.append((node.get("name") or "", relation.target, hidden))
        if not any(self.package.has(part) for _, part, _ in tabs):
            raise DocumentMalformed("The workbook holds none of the sheets it names.")
        return tabs

    def _strings(self) -> list[str]:
        name = next(iter(self.package.related(self.part, "sharedStrings")), None)
        root = self.package.optional_xml(name)
        return [rich(node) for node in root.iterfind(f"{S}si")] if root is not None else []

    def _looks(self) -> list[Look]:
        name = next(iter(self.package.related(self.part, "styles")), None)
        return xlsx_styles.read(self.package.optional_xml(name))

    def read(self, name: str, part: str, hidden: str | None, page: int) -> Sheet:
        sheet = Sheet(name, hidden=hidden)
        root = self.package.xml(part)
        self._columns(root, sheet)
        painted = self._painted(root, part)
        row_number = -1
        for row in root.iterfind(f"{S}sheetData/{S}row"):
            row_number = whole(row.get("r")) - 1 if row.get("r") else row_number + 1
            if row.get("hidden") in ("1", "true") or row.get("ht") == "0":
                sheet.hidden_rows.add(row_number)
            with self.lost.part(f"{name}, row {row_number + 1}", page):
                self._row(row, row_number, sheet, painted)
        for node in root.iterfind(f"{S}mergeCells/{S}mergeCell"):
            _merge(node.get("ref") or "", sheet)
        relations = self.package.relations(part)
        for node in root.iterfind(f"{S}hyperlinks/{S}hyperlink"):
            relation = relations.get(node.get(f"{R}id") or "")
            place = _place((node.get("ref") or "").split(":")[0])
            if relation and relation.external and place:
                sheet.links[place] = relation.target
        for kind, margins in (("Header", sheet.headers), ("Footer", sheet.footers)):
            nodes = (n for n in root.iterfind(f"{S}headerFooter/*") if local(n).endswith(kind))
            texts = (_margin(node.text or "") for node in nodes)
            margins.extend(dict.fromkeys(filter(None, texts)))
        with self.lost.part(name, page):
            self._attachments(part, sheet)
        return sheet

    def _row(self, row: etree._Element, number: int, sheet: Sheet, painted: _Painted) -> None:
        column = -1
        for cell in row:
            if cell.tag != f"{S}c":
                continue
            place = _place(cell.get("r") or "")
            column = place[1] if place else column + 1
            style = whole(cell.get("s"))
            code, reason, font = self.looks[style] if style < len(self.looks) else PLAIN
            at = (place[0] if place else number, column)
            if reason == WHITE and painted.covers(at):
                reason = None
            text = symbol_fonts.shown(self._shown(cell, code), font)
            sheet.put(*at, text, concealed=reason)

    def _shown(self, cell: etree._Element, code: str) -> str:
        kind = cell.get("t") or "n"
        if kind == "inlineStr":
            inline = cell.find(f"{S}is")
            return display_text(rich(inline), code) if inline is not None else ""
        node = cell.find(f"{S}v")
        value = (node.text or "") if node is not None else ""
        if not value:
            formula = cell.find(f"{S}f")  # never computed: show it as typed
            return f"={formula.text}" if formula is not None and formula.text else ""
        if kind == "s":
            place = whole(value)
            text = self.strings[place] if place < len(self.strings) else ""
            return display_text(text, code)
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind in ("str", "e", "d"):
            return display_text(unescape(value), code) if kind == "str" else value
        try:
            return display(float(value), code, self.date1904)
        except ValueError:
            return value

    def _painted(self, root: etree._Element, part: str) -> _Painted:
        """Where more than a cell's own style may paint behind its text: styled tables,
        conditional formats, a picture behind the sheet."""
        painted = _Painted(root.find(f"{S}picture") is not None)
        for node in root.iterfind(f"{S}conditionalFormatting"):
            painted.add(node.get("sqref") or "")
        for name in self.package.related(part, "table"):
            table = self.package.optional_xml(name)
            painted.add((table.get("ref") or "") if table is not None else "")
        return painted

    def _columns(self, root: etree._Element, sheet: Sheet) -> None:
        for node in root.iterfind(f"{S}cols/{S}col"):
            if node.get("hidden") in ("1", "true") or node.get("width") == "0":
                first, last = whole(node.get("min")), whole(node.get("max"))
                sheet.hidden_columns.update(range(first - 1, min(last, _MAX_COLUMNS)))

    def _attachments(self, part: str, sheet: Sheet) -> None:
        """Comments, text boxes and charts."""
        threaded = self.package.related(part, "threadedComment")
        for name in threaded or self.package.related(part, "comments"):
            root = self.package.optional_xml(name)
            if root is not None:
                sheet.notes.extend(comments(root, self.people))
        for name in self.package.related(part, "drawing"):
            root = self.package.optional_xml(name)
            for shape in root.iter() if root is not None else ():
                if local(shape) == "txBody":
                    lines = ("".join(t.text or "" for t in p.iter(f"{A}t")) for p in shape)
                    sheet.texts.append("\n".join(lines))
            for chart in self.package.related(name, "chart"):
                title, rows = self.package.chart(chart)
                series = [cell.text for cell in rows[0][1:]] if rows else []
                sheet.captions.append(": ".join(filter(None, [title, ", ".join(series)])))


def _margin(text: str) -> str:
    """The words of a header or footer (ECMA-376 18.3.1.39), one line each for left, middle and
    right. Codes for fonts and page numbers are left out, and those for dates and names, which
    differ with every print."""
    signs = _MARGIN_CODE.sub(lambda code: _MARGIN_SIGNS.get(code[0], ""), text)
    parts = [part for part in signs.split("\n") if not (_PAGE in part and len(part.split()) < 5)]
    return clean("\n".join(parts).replace(_PAGE, " "))


class _Painted:
    """Ranges of cells behind which anything may be painted; too many ranges count as everywhere."""

    def __init__(self, everywhere: bool) -> None:
        self._everywhere = everywhere
        self._ranges: list[tuple[tuple[int, int], tuple[int, int]]] = []

    def add(self, references: str) -> None:
        for reference in references.split()[:_MAX_RANGES]:
            first, _, last = reference.partition(":")
            start, end = _place(first), _place(last or first)
            if start and end:
                self._ranges.append((start, end))
        self._everywhere |= len(self._ranges) >= _MAX_RANGES

    def covers(self, place: tuple[int, int]) -> bool:
        return self._everywhere or any(
            start[0] <= place[0] <= end[0] and start[1] <= place[1] <= end[1]
            for start, end in self._ranges
        )


def _place(reference: str) -> tuple[int, int] | None:
    """(row, column) from 0 of a reference such as `B3`."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _merge(reference: str, sheet: Sheet) -> None:
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last)
    if start and end and end >= start:
        sheet.merges[start] = (end[0] - start[0] + 1, end[1] - start[1] + 1)
