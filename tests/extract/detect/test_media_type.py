"""Formats are told by content; the name settles only what the content leaves open."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentEmpty, UnsupportedFormat
from doclake.extract import registry
from doclake.extract.detect.media_type import media_type as detect

MAIL = b"From: a@b.c\r\nTo: d@e.f\r\nSubject: hello\r\n\r\nbody\r\n"


def told(folder: Path, data: bytes, name: str) -> str:
    file = folder / "bytes"
    file.write_bytes(data)
    return detect(file, name)


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.7\n...", "a.docx", "application/pdf"),
        (b"<html>Moved</html>\n%PDF-1.7\n...\n%%EOF\n", "a.html", "application/pdf"),
        (b"<!-- %PDF-1.7 is what we print --><p>x", "a.pdf", "text/html"),
        (b"{\\rtf1 x}", "a.doc", "application/rtf"),
        (b"<!DOCTYPE html><p>x", "a.xls", "text/html"),
        (b"<?xml version='1.0'?><r/>", "a.txt", "application/xml"),
        (b'{"a": 1}', "a", "application/json"),
        (b'{"a": 1}\n{"a": 2}\n', "a", "application/x-ndjson"),
        (MAIL, "a", "message/rfc822"),
        (b"From x@y Sat Jan  3 01:05:34 1996\n" + MAIL, "a.eml", "application/mbox"),
        (zipped("word/document.xml", "[Content_Types].xml"), "a.zip", "wordprocessingml.document"),
        (zipped("xl/workbook.xml"), "a.csv", "spreadsheetml.sheet"),
        (zipped("Contents/section0.xml"), "a", "application/hwp+zip"),
        (zipped("a.txt"), "a.docx", "application/zip"),
    ],
)
def test_content_decides_over_the_name(
    tmp_path: Path, data: bytes, name: str, expected: str
) -> None:
    assert told(tmp_path, data, name).endswith(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.md", "text/markdown"),
        ("a.csv", "text/csv"),
        ("a.rst", "text/x-rst"),
        ("a", "text/plain"),
    ],
)
def test_the_name_decides_among_kinds_of_text(tmp_path: Path, name: str, expected: str) -> None:
    assert told(tmp_path, "한 줄, 두 줄".encode("cp949"), name) == expected


def test_no_bytes_are_empty(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty):
        told(tmp_path, b"", "a.pdf")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="Linux program"):
        told(tmp_path, b"\x7fELF\x02\x01\x01\x00" + bytes(100), "a.txt")


def test_noise_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat):
        told(tmp_path, bytes((i * 7919 + i * i) % 256 for i in range(5000)), "a.txt")


def test_text_named_as_a_container_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="plain text"):
        told(tmp_path, b"placeholder for a document", "a.docx")


def test_every_format_can_be_loaded() -> None:
    for _, kind in registry.kinds():
        assert callable(registry.load(kind.name).extract)


def test_an_unknown_media_type_has_no_format() -> None:
    with pytest.raises(UnsupportedFormat):
        registry.load("video/x-msvideo")


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("<blockquote>opens at six<br>closes at nine</blockquote>", "a.html", "text/html"),
        ("<form><input><select><option>a</select></form>", "a", "text/html"),
        ("<!-- saved --> <dl><dt>a<dd>b</dl>", "a.txt", "text/html"),
        ("<pre>a</pre>", "a", "text/html"),
        ("<custom-card><p>a</p></custom-card>", "page.htm", "text/html"),
        ("<article xmlns:x='u'><front/></article>", "a", "application/xml"),
        ("<title><isbn>1</isbn><price>2</price></title>", "a", "application/xml"),
        ("<catalog><p>a</p></catalog>", "a.xml", "application/xml"),
    ],
)
def test_a_piece_of_html_is_told_from_xml(
    tmp_path: Path, text: str, name: str, expected: str
) -> None:
    file = tmp_path / "document"
    file.write_text(text)
    assert detect(file, name) == expected
