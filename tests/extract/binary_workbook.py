"""XLSB written by hand (MS-XLSB 2.1): no library on the registry writes it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field

Value = str | float | bool

DATE, MOMENT = 1, 2
"""Styles of cells: a day, a moment."""
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "application/vnd.ms-excel."
_CORE = f"""<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Harbour</dc:title>
<dc:creator>가람</dc:creator></cp:coreProperties>"""


@dataclass(frozen=True)
class Sheet:
    """`rows` from the first row and column on; a value may come with its style. `state`: 0 shown,
    1 hidden, 2 very hidden. `corner` stands in the last row and column that a sheet can have."""

    name: str
    rows: list[list[Value | tuple[float, int]]] = field(default_factory=list)
    state: int = 0
    corner: str = ""


def _record(kind: int, data: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + bytes([len(data)]) + data


def _words(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, value: Value | tuple[float, int]) -> bytes:
    value, style = value if isinstance(value, tuple) else (value, 0)
    head = struct.pack("<II", column, style)
    if isinstance(value, str):
        return _record(6, head + _words(value))
    if isinstance(value, bool):
        return _record(4, head + bytes([value]))
    return _record(5, head + struct.pack("<d", value))


def _row(number: int, cells: Iterable[tuple[int, Value | tuple[float, int]]]) -> bytes:
    head = _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
    return head + b"".join(_cell(column, value) for column, value in cells)


def _sheet(sheet: Sheet) -> bytes:
    width = max((len(line) for line in sheet.rows), default=1)
    size = struct.pack("<IIII", 0, max(len(sheet.rows) - 1, 0), 0, width - 1)
    rows = b"".join(_row(row, enumerate(line)) for row, line in enumerate(sheet.rows))
    if sheet.corner:
        rows += _row((1 << 20) - 1, [((1 << 14) - 1, sheet.corner)])
    return _record(129) + _record(148, size) + _record(145) + rows + _record(146) + _record(130)


def _styles() -> bytes:
    """A general style, and the built-in formats 14 (a day) and 22 (a moment)."""
    looks = b"".join(_record(47, struct.pack("<HH", 0, code) + bytes(12)) for code in (0, 14, 22))
    cells = _record(617, struct.pack("<I", 3)) + looks + _record(618)
    return _record(278) + cells + _record(279)


def _relations(*kinds: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(kinds, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def binary_workbook(*sheets: Sheet, damaged: bool = False) -> bytes:
    """With `damaged` the list of sheets ends inside a record."""
    bundles = b"".join(
        _record(156, struct.pack("<II", s.state, number) + _words(f"rId{number}") + _words(s.name))
        for number, s in enumerate(sheets, 1)
    )
    book = _record(131) + _record(143) + bundles + _record(144) + _record(132)
    parts = {f"worksheets/sheet{number}.bin": _sheet(s) for number, s in enumerate(sheets, 1)}
    kinds = [("worksheet", name) for name in parts] + [("styles", "styles.bin")]
    overrides = "".join(
        f'<Override PartName="/xl/{name}" ContentType="{_TYPES}worksheet"/>' for name in parts
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.bin" ContentType="{_TYPES}sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/styles.bin" ContentType="{_TYPES}styles"/>{overrides}</Types>""",
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.bin")),
        "docProps/core.xml": _CORE,
        "xl/_rels/workbook.bin.rels": _relations(*kinds),
        "xl/workbook.bin": book[:12] if damaged else book,
        "xl/styles.bin": _styles(),
        **{f"xl/{name}": data for name, data in parts.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()
