"""DOC, PPT and XLS as LibreOffice writes them (see fixtures/make.py), read without it."""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import time
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentError
from doclake.extract import registry
from doclake.extract.detect.media_type import media_type as detect
from doclake.extract.formats.legacy_office.libreoffice import Converted
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits
from tests.extract.reading import hidden, read, said

FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_a_word_document_keeps_headings_lists_tables_and_headers(tmp_path: Path) -> None:
    found = read(tmp_path, (FIXTURES / "text.doc").read_bytes(), "a.doc")
    assert said(found) == [
        ("Header", "Harbour office"),
        ("Title", "Harbour"),
        ("NarrativeText", "The harbour closes at noon."),
        ("Title", "이용 시간"),
        ("NarrativeText", "항구는 정오에 문을 닫는다."),
        ("ListItem", "Bring a lamp"),
        ("ListItem", "Bring a rope"),
        ("Table", "Pier\tDepth\n가람\t9 m"),
        ("NarrativeText", "Seen."),
    ]
    assert [e.level for e in found.elements if e.type == "Title"] == [1, 2]
    assert found.title == "항구 안내"
    assert hidden(found) == {"Unseen words.": "hidden text"}


def test_a_word_document_shows_numbers_and_spans_and_nothing_unseen(tmp_path: Path) -> None:
    found = read(tmp_path, (FIXTURES / "marks.doc").read_bytes(), "a.doc")
    assert said(found) == [
        ("ListItem", "1. one"),
        ("ListItem", "dot"),
        ("ListItem", "2. two"),
        ("Title", "Chapter"),
        ("NarrativeText", "Seen here."),
        ("Table", "a b\ttall\nc\td\nf\tg"),
    ]
    assert hidden(found) == {"white": "white text", "speck": "tiny text"}
    html = next(e.html for e in found.elements if e.type == "Table") or ""
    assert '<td colspan="2">a<br>b</td><td rowspan="2">tall</td>' in html


def test_a_presentation_keeps_slides_boxes_and_notes(tmp_path: Path) -> None:
    data = gzip.decompress((FIXTURES / "deck.ppt.gz").read_bytes())
    found = read(tmp_path, data, "a.ppt")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Title", 1, "Harbour"),
        ("NarrativeText", 1, "The harbour closes at noon"),
        ("Annotation", 1, "Speak slowly here."),
        ("Title", 2, "이용 시간"),
        ("NarrativeText", 2, "항구는 정오에 문을 닫는다"),
    ]
    assert (found.pages, found.pages_with_text) == (2, 2)
    assert all(e.bbox for e in found.elements if e.type != "Annotation")


def test_sheets_show_what_a_reader_sees(tmp_path: Path) -> None:
    found = read(tmp_path, (FIXTURES / "book.xls").read_bytes(), "a.xls")
    assert said(found) == [
        ("Title", "Piers"),
        ("Table", "Pier\tOpened\tShare\n가람\t2024-03-09\t25.0%\nClosed on Mondays"),
    ]
    assert 'colspan="3"' in (found.elements[1].html or "")
    assert set(hidden(found).values()) == {"hidden sheet"}


@pytest.mark.parametrize("name", ["text.doc", "book.xls"])
def test_files_cut_short_are_typed_failures_or_give_their_text(tmp_path: Path, name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    for size in (600, len(data) // 2, len(data) - 600):
        try:
            found = read(tmp_path, data[:size], name)
        except DocumentError:
            continue
        assert found.elements


def test_what_only_libreoffice_reads_is_converted(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    file = tmp_path / "document"
    file.write_bytes((FIXTURES / "text.doc").read_bytes())
    options = Options(ExtractRecipe(), Limits(), "application/msword", "a.doc", programs=True)
    found = Converted().extract(file, options)
    assert ("Table", "Pier\tDepth\n가람\t9 m") in said(found)
    assert {e.method for e in found.elements} == {"libreoffice+ooxml"}
    file.write_bytes(b"\xdb\xa5\x2d\x00" + bytes(300))  # the mark of Word 2, and nothing behind it
    with pytest.raises(DocumentError):
        Converted().extract(file, options)


def test_a_binary_workbook_is_converted(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    file = tmp_path / "document"
    file.write_bytes(binary_workbook())
    media_type = detect(file, "a.xlsb")
    options = Options(ExtractRecipe(), Limits(), media_type, "a.xlsb", programs=True)
    found = registry.load(media_type, "native").extract(file, options)
    assert said(found) == [("Title", "Piers"), ("Table", "Pier\tDepth\n가람\t9.5")]
    assert {e.method for e in found.elements} == {"libreoffice+ooxml"}


def binary_workbook() -> bytes:
    """The smallest XLSB with a table (MS-XLSB 2.1)."""

    def record(kind: int, data: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(data)]) + data

    def words(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(column: int, value: str | float) -> bytes:
        head = struct.pack("<II", column, 0)
        if isinstance(value, str):
            return record(6, head + words(value))
        return record(5, head + struct.pack("<d", value))

    lines: tuple[tuple[str | float, ...], ...] = (("Pier", "Depth"), ("가람", 9.5))
    rows = b"".join(
        record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        + b"".join(cell(column, value) for column, value in enumerate(line))
        for row, line in enumerate(lines)
    )
    sheet = record(129) + record(145) + rows + record(146) + record(130)
    bundle = record(156, struct.pack("<II", 0, 1) + words("rId1") + words("Piers"))
    book = record(131) + record(143) + bundle + record(144) + record(132)
    types = "application/vnd.ms-excel."
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"

    def relations(kind: str, target: str) -> str:
        link = f'<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{package}/relationships">{link}</Relationships>'

    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'''<Types xmlns="{package}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.bin" ContentType="{types}sheet.binary.macroEnabled.main"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{types}worksheet"/></Types>''',
        "_rels/.rels": relations("officeDocument", "xl/workbook.bin"),
        "xl/_rels/workbook.bin.rels": relations("worksheet", "worksheets/sheet1.bin"),
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": sheet,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("name", ["text.doc", "marks.doc"])
def test_a_page_of_properties_that_counts_wrong_is_no_surprise(tmp_path: Path, name: str) -> None:
    whole = (FIXTURES / name).read_bytes()
    for end in range(511, len(whole), 512):  # where each page says how much it holds
        data = bytearray(whole)
        data[end] = 101
        try:
            read(tmp_path, bytes(data), "a.doc")
        except DocumentError:
            continue


def test_a_value_in_the_last_corner_of_a_sheet_costs_nothing(tmp_path: Path) -> None:
    data = bytearray((FIXTURES / "book.xls").read_bytes())
    place = data.find(struct.pack("<HH", 0x00FD, 10))  # the first cell that holds a text
    struct.pack_into("<HH", data, place + 4, 65_535, 255)
    started = time.process_time()
    assert read(tmp_path, bytes(data), "a.xls").elements
    assert time.process_time() - started < 5
