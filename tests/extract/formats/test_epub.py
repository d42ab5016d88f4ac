"""EPUB: the spine decides the order, each chapter is a page."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentEncrypted, DocumentMalformed
from tests.extract.reading import hidden, read, said

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)


def book(spine: tuple[str, ...] = ("two", "one"), **members: str) -> bytes:
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in ("one", "two")
    )
    items += '<item id="css" href="look.css" media-type="text/css"/>'
    order = "".join(f'<itemref idref="{name}"/>' for name in spine)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>항구 이야기</dc:title>'
        f"<dc:creator>A. Writer</dc:creator></metadata><manifest>{items}</manifest>"
        f"<spine>{order}</spine></package>"
    )
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
        "OEBPS/one.xhtml": "<html><body><h1>Noon</h1><p>It closes at noon.</p></body></html>",
        "OEBPS/two.xhtml": "<html><body><h1>아침</h1><p>아침에 문을 연다.</p></body></html>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package_file:
        for name, content in (files | members).items():
            package_file.writestr(name, content)
    return out.getvalue()


def test_chapters_come_in_the_order_of_the_spine(tmp_path: Path) -> None:
    found = read(tmp_path, book(), "a.epub")
    assert said(found) == [
        ("Title", "아침"),
        ("NarrativeText", "아침에 문을 연다."),
        ("Title", "Noon"),
        ("NarrativeText", "It closes at noon."),
    ]
    assert [e.page for e in found.elements] == [1, 1, 2, 2]
    assert (found.title, found.pages, found.pages_with_text) == ("항구 이야기", 2, 2)
    assert found.metadata["author"] == "A. Writer"


def test_books_under_drm_and_books_without_chapters_are_typed_failures(tmp_path: Path) -> None:
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, book(**{"META-INF/rights.xml": "<rights/>"}), "a.epub")
    with pytest.raises(DocumentMalformed):
        read(tmp_path, book(spine=("gone",)), "a.epub")


def test_what_the_style_sheet_of_the_book_hides_stands_apart(tmp_path: Path) -> None:
    page = '<html><body><p>seen <span class="x">unseen</span></p><p class="y">too</p></body></html>'
    sheet = ".y { color: red } @media print { .y { display: none } } .x { display: none; }"
    members = {"OEBPS/one.xhtml": page, "OEBPS/look.css": sheet}
    found = read(tmp_path, book(("one",), **members), "a.epub")
    assert [text for _, text in said(found)] == ["seen", "too"]
    assert hidden(found) == {"unseen": "display:none"}


def test_a_chapter_is_xml_whether_it_says_so_or_not(tmp_path: Path) -> None:
    body = "<body><p>Before</p><iframe src='x'/><textarea/><p>After</p></body>"
    for number, head in enumerate(("<title/>", "<script src='a.js'/>", "<style/>")):
        members = {"OEBPS/one.xhtml": f"<html><head>{head}</head>{body}</html>"}
        found = read(tmp_path, book(("two", "one"), **members), f"{number}.epub")
        assert [text for _, text in said(found)][2:] == ["Before", "After"]
        assert found.pages_with_text == 2
