"""What cannot be read costs itself: the rest of its document stands, and the loss is told."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from pptx import Presentation

from benchmarks.accuracy import hangul_files
from doclake import errors
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Extraction
from tests import corpus
from tests.extract import word_package
from tests.extract.binary_workbook import Sheet, binary_workbook
from tests.extract.open_document import changed, package, table
from tests.extract.reading import read, said

NO_XML = b"\x00\x01\x02"


def told(found: Extraction) -> list[tuple[str, int | None]]:
    return [(field.value, field.page) for field in found.page_metadata if field.name == "unread"]


def texts(found: Extraction) -> list[str]:
    return [text for _, text in said(found)]


def deck() -> bytes:
    slides = Presentation()
    for title in ("Piers", "Lamps", "Ropes"):
        slide = slides.slides.add_slide(slides.slide_layouts[5])
        slide.shapes.title.text = title
    out = io.BytesIO()
    slides.save(out)
    return out.getvalue()


@pytest.mark.parametrize("content", [NO_XML, None])
def test_a_slide_costs_a_slide(tmp_path: Path, content: bytes | None) -> None:
    data = changed(deck(), "ppt/slides/slide2.xml", content)
    found = read(tmp_path, data, "a.pptx")
    assert [(e.page, e.text) for e in found.elements] == [(1, "Piers"), (3, "Ropes")]
    assert (found.pages, found.pages_with_text) == (3, 2)
    ((reason, page),) = told(found)
    assert page == 2 and "slide2.xml" in reason


def test_a_sheet_costs_a_sheet(tmp_path: Path) -> None:
    book, out = Workbook(), io.BytesIO()
    for name in ("Piers", "Lamps"):
        book.create_sheet(name)["A1"] = f"all {name}"
    book.save(out)
    found = read(tmp_path, changed(out.getvalue(), "xl/worksheets/sheet2.xml", NO_XML), "a.xlsx")
    assert "all Lamps" in texts(found) and "all Piers" not in texts(found)
    ((reason, page),) = told(found)
    assert page == 2 and reason.startswith("Piers: ")


def test_a_sheet_of_an_old_workbook_costs_a_sheet(tmp_path: Path) -> None:
    data = corpus.data("documents/xls/tests-example.xls")
    whole = read(tmp_path, data, "a.xls")
    assert whole.pages and whole.pages > 1
    start = data.rindex(b"\x09\x08\x10\x00\x00\x06\x10\x00")  # where the last sheet begins
    found = read(tmp_path, data[: start + 4] + b"\xff" * 4 + data[start + 8 :], "a.xls")
    assert texts(found) == [e.text for e in whole.elements if e.page != whole.pages]
    assert [page for _, page in told(found)] == [whole.pages]


def test_a_header_of_a_word_document_costs_a_header(tmp_path: Path) -> None:
    body = word_package.paragraph("The harbour closes.")
    data = word_package.package(body, parts={"h1": ("header/header1.xml", NO_XML)})
    found = read(tmp_path, data, "a.docx")
    assert texts(found) == ["The harbour closes."]
    assert told(found)[0][0].startswith("word/header1.xml: ")


def test_a_section_costs_a_section(tmp_path: Path) -> None:
    out = io.BytesIO(hangul_files.hwpx(["항구는 정오에 문을 닫는다."]))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("Contents/section1.xml", NO_XML)
    found = read(tmp_path, out.getvalue(), "a.hwpx")
    assert texts(found) == ["항구는 정오에 문을 닫는다."]
    assert told(found)[0][0].startswith("Contents/section1.xml: ")


def test_an_object_of_a_text_costs_an_object(tmp_path: Path) -> None:
    data = package("text", "", "<text:p>before</text:p>" + table(["<text:p>cell</text:p>"]))
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Object 1", b"harbour " * 400)
    at = out.getvalue().index(b"Object 1") + len("Object 1")
    broken = out.getvalue()[:at] + b"\xff" * 8 + out.getvalue()[at + 8 :]
    found = read(tmp_path, broken, "a.odt")
    assert texts(found) == ["before", "cell"]
    assert told(found)[0][0].startswith("Object 1: ")


def test_a_member_costs_a_member(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("one.txt", "two.txt", "three.txt"):
            archive.writestr(name, f"The harbour, {name}")
    data = out.getvalue().replace(b"harbour, two.txt", b"harbour, TWO.txt")  # its checksum is not
    found = read(tmp_path, data, "a.zip")
    assert [child.name for child in found.children] == ["one.txt", "three.txt"]
    assert told(found)[0][0].startswith("two.txt: ")


def test_an_archive_cut_short_says_so(tmp_path: Path) -> None:
    data = gzip.compress(bytes(range(256)) * 999, 0)
    found = read(tmp_path, data[: len(data) // 2], "a.bin.gz")
    assert found.children and told(found)[0][0].startswith("The file is cut short")


def test_an_attached_mail_costs_itself(tmp_path: Path) -> None:
    """Python's own library cannot write a mail again whose boundary is not ASCII."""
    inner = b"Content-Type: multipart/mixed; boundary=\xe4\r\n\r\n--\xe4\r\n\r\nx"
    parts = [
        b"Content-Type: text/plain\r\n\r\nThe harbour closes.",
        b"Content-Type: message/rfc822\r\n\r\n" + inner,
        b"Content-Type: application/octet-stream; name=a.bin\r\n\r\nanchor",
    ]
    mail = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    mail += b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    found = read(tmp_path, mail, "a.eml")
    assert ("NarrativeText", "The harbour closes.") in said(found)
    assert [child.name for child in found.children] == ["a.bin"]
    assert told(found) == [
        (
            "message/rfc822: Doclake could not handle it: UnicodeEncodeError."
            " Please report it with the document, if you may share it.",
            None,
        )
    ]


def test_what_calamine_cannot_read_of_one_sheet_costs_that_sheet(tmp_path: Path) -> None:
    data = binary_workbook(Sheet("Piers", [["first"]]), Sheet("Lamps", [["second"]]))
    found = read(tmp_path, changed(data, "xl/worksheets/sheet2.bin", b"\xff" * 9), "a.xlsb")
    assert "first" in texts(found) and "second" not in texts(found)
    assert [page for _, page in told(found)] == [2]


def test_where_nothing_is_left_the_loss_is_the_failure(tmp_path: Path) -> None:
    data = hangul_files.hwpx(["항구는 정오에 문을 닫는다."])
    with pytest.raises(errors.DocumentMalformed, match=r"section0\.xml"):
        read(tmp_path, changed(data, "Contents/section0.xml", NO_XML), "a.hwpx")


def test_an_error_of_ours_is_never_called_malformed() -> None:
    lost = LostParts()
    with lost.part("slide", 3):
        {}["nobody"]
    assert type(lost.first) is KeyError
    assert lost.fields[0].page == 3
    assert lost.fields[0].value.startswith("slide: Doclake could not handle it: KeyError.")


@pytest.mark.parametrize(
    "error",
    [
        errors.LimitExceeded("much"),
        errors.DocumentEncrypted("locked"),
        MemoryError(),
        OSError(28, "No space left on device"),
    ],
)
def test_what_concerns_the_whole_document_is_no_loss_of_a_part(error: Exception) -> None:
    lost = LostParts()
    with pytest.raises(type(error)), lost.part("slide"):
        raise error
    assert lost.first is None
