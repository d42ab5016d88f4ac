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
