"""OpenDocument files as LibreOffice writes them (see fixtures/make.py)."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from doclake.errors import DocumentEncrypted, DocumentMalformed
from tests.extract.reading import hidden, read, said

FIXTURES = Path(__file__).parent / "fixtures"


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def changed(data: bytes, member: str, content: bytes | None) -> bytes:
    """The package with a member replaced, or without it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            if item.filename != member:
                new.writestr(item, old.read(item))
            elif content is not None:
                new.writestr(item, content)
    return out.getvalue()


def test_a_text_keeps_headings_lists_tables_and_headers(tmp_path: Path) -> None:
    found = read(tmp_path, fixture("text.odt"), "a.odt")
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
    assert hidden(found) == {"Unseen words.": "text:display=none"}


def test_a_presentation_keeps_slides_boxes_and_notes(tmp_path: Path) -> None:
    found = read(tmp_path, fixture("deck.odp"), "a.odp")
    assert [(e.type, e.page, e.text) for e in found.elements] == [
        ("Title", 1, "Harbour"),
        ("ListItem", 1, "The harbour closes at noon"),
        ("Annotation", 1, "Speak slowly here."),
        ("Title", 2, "이용 시간"),
        ("NarrativeText", 2, "항구는 정오에 문을 닫는다"),
    ]
    assert (found.pages, found.pages_with_text) == (2, 2)
    left, top, right, bottom = found.elements[-1].bbox or (0, 0, 0, 0)
    assert (left, top) == pytest.approx((56.7, 141.7), abs=40)  # 2 cm and 5 cm, in points
    assert right > left and bottom > top


def test_sheets_show_what_a_reader_sees(tmp_path: Path) -> None:
    found = read(tmp_path, fixture("book.ods"), "a.ods")
    assert said(found) == [
        ("Title", "Piers"),
        ("Table", "Pier\tOpened\tShare\n가람\t2024-03-09\t25.0%\nClosed on Mondays"),
    ]
    assert 'colspan="3"' in (found.elements[1].html or "")
    assert hidden(found) == {
        "Hidden": "hidden sheet",
        "Unseen\twords\nin\there": "hidden sheet",
    }


def test_encrypted_and_broken_packages_are_typed_failures(tmp_path: Path) -> None:
    data = fixture("text.odt")
    locked = b'<manifest xmlns="m"><file-entry><encryption-data/></file-entry></manifest>'
    with pytest.raises(DocumentEncrypted):
        read(tmp_path, changed(data, "META-INF/manifest.xml", locked), "a.odt")
    with pytest.raises(DocumentMalformed):
        read(tmp_path, changed(data, "content.xml", b"<broken"), "a.odt")
    with pytest.raises(DocumentMalformed):
        read(tmp_path, changed(data, "content.xml", None), "a.odt")


LISTS = """<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:s="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><o:automatic-styles>
<t:list-style s:name="L"><t:list-level-style-number t:level="1" s:num-suffix="." s:num-format="1"/>
<t:list-level-style-number t:level="2" s:num-suffix=")" s:num-format="a" t:display-levels="2"/>
</t:list-style>
<t:list-style s:name="B"><t:list-level-style-bullet t:level="1" t:bullet-char="x"/></t:list-style>
</o:automatic-styles><o:body><o:text>
<t:list xml:id="i" t:style-name="L"><t:list-item><t:p>one</t:p><t:list>
<t:list-item><t:p>inner</t:p><t:p>goes on</t:p></t:list-item></t:list></t:list-item></t:list>
<t:list t:style-name="B"><t:list-item><t:p>dot</t:p></t:list-item></t:list>
<t:list t:style-name="L" t:continue-list="i"><t:list-item><t:p>two</t:p></t:list-item>
<t:list-item t:start-value="7"><t:p>seven</t:p></t:list-item></t:list>
<t:list t:style-name="L"><t:list-item><t:p>anew</t:p></t:list-item></t:list>
</o:text></o:body></o:document-content>"""


def test_items_of_lists_show_their_numbers(tmp_path: Path) -> None:
    data = changed(fixture("text.odt"), "content.xml", LISTS.encode())
    items = [text for kind, text in said(read(tmp_path, data, "a.odt")) if kind == "ListItem"]
    assert items == ["1. one", "1.a) inner", "goes on", "dot", "2. two", "7. seven", "1. anew"]
