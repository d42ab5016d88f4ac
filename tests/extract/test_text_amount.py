"""The second count of text is near what a sound reader keeps, and above what a poor one does."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doclake import ids
from doclake.extract import text_amount
from doclake.extract.document import Document
from doclake.extract.extractor import Extractor
from doclake.settings import ExtractRecipe, Limits
from doclake.settings.operations import Thin

LINES = [f"The tide gauge of quay {n} read 수위 {n * 7} at noon on day {n}." for n in range(20)]
LETTERS = sum(text_amount.of(line) for line in LINES)
HTML = f"<body>{'<p>'.join(['', *LINES])}</body>"


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


def open_document(kind: str, body: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table")
    )
    spaces += ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    xml = f"<office:document-content {spaces}><office:body><office:{kind}>{body}</office:{kind}>"
    xml += "</office:body></office:document-content>"
    files = {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": xml}
    return zipped(**files)


def pdf() -> bytes:
    import pymupdf

    document = pymupdf.open()
    for start in range(0, len(LINES), 5):
        page = document.new_page()
        for row, line in enumerate(LINES[start : start + 5]):
            page.insert_text((72, 100 + 60 * row), line, fontname="korea")
    data: bytes = document.tobytes()
    return data


def docx() -> bytes:
    import docx as office

    document, out = office.Document(), io.BytesIO()
    for line in LINES:
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def pptx() -> bytes:
    import pptx as office

    deck, out = office.Presentation(), io.BytesIO()
    for line in LINES:
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = line
    deck.save(out)
    return out.getvalue()


def xlsx() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in LINES:
        book.active.append([line])
    book.save(out)
    return out.getvalue()


def odt() -> bytes:
    return open_document("text", "".join(f"<text:p>{line}</text:p>" for line in LINES))


def ods() -> bytes:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = "".join(f"<table:table-row>{cell.format(line)}</table:table-row>" for line in LINES)
    return open_document("spreadsheet", f'<table:table table:name="A">{rows}</table:table>')


def odp() -> bytes:
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    pages = "".join(f"<draw:page>{box.format(line)}</draw:page>" for line in LINES)
    return open_document("presentation", pages)


def hwpx() -> bytes:
    space = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'
    body = "".join(f"<hp:p><hp:run><hp:t>{line}</hp:t></hp:run></hp:p>" for line in LINES)
    section = (
        f'<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" {space}>{body}</hs:sec>'
    )
    return zipped(mimetype="application/hwp+zip", **{"Contents__section0.xml": section})


def epub() -> bytes:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="book.opf"/></rootfiles></container>'
    )
    files = {"META-INF__container.xml": container, "book.opf": package}
    chapter = "<html><body>" + "".join(f"<p>{line}</p>" for line in LINES) + "</body></html>"
    return zipped(mimetype="application/epub+zip", **files, **{"a.xhtml": chapter})


def eml() -> bytes:
    head = "From: a@noeul.example\nTo: b@noeul.example\nSubject: Tides\nMIME-Version: 1.0\n"
    parts = "--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    parts += "\n\n".join(LINES) + "\n--x\nContent-Type: text/html; charset=utf-8\n\n" + HTML
    return f"{head}Content-Type: multipart/alternative; boundary=x\n\n{parts}\n--x--\n".encode()


MADE: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: "\n\n".join(LINES).encode(),
    "a.md": lambda: ("# Tides\n\n" + "\n\n".join(LINES)).encode("utf-16"),
    "a.rst": lambda: "\n\n".join(LINES).encode(),
    "a.csv": lambda: (
        "day,reading\n" + "\n".join(f"{n},{x}" for n, x in enumerate(LINES))
    ).encode(),
    "a.html": lambda: f"<html><head><style>p {{}}</style></head>{HTML}</html>".encode(),
    "a.xml": lambda: f"<log>{''.join(f'<day>{line}</day>' for line in LINES)}</log>".encode(),
    "a.eml": eml,
    "b.eml": lambda: eml().decode().encode("utf-16"),
    "a.pdf": pdf,
    "a.docx": docx,
    "a.pptx": pptx,
    "a.xlsx": xlsx,
    "a.odt": odt,
    "a.ods": ods,
    "a.odp": odp,
    "a.hwpx": hwpx,
    "a.epub": epub,
}


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    def document(path: str, data: bytes) -> Document:
        facts: dict[str, Any] = {"open": lambda: io.BytesIO(data), "size": len(data)}
        recipe = ExtractRecipe()
        return Document("s", "00", ids.doc_id("s", path), path, recipe, **facts)

    return [document(path, make()) for path, make in MADE.items()]


def shares(documents: list[Document], **parsers: str) -> dict[str, float]:
    """Letters in elements of those seen in the bytes, by path."""
    with Extractor(Limits(), 1, **parsers) as extractor:
        found = [tree[0] for tree in extractor.extract(iter(documents))]
    assert {one.path: one.error for one in found if one.error} == {}
    for one in found:
        assert one.letters is not None, one.path
        assert one.letters == pytest.approx(LETTERS, rel=0.1), one.path
    return {one.path: (one.element_letters or 0) / (one.letters or 1) for one in found}


@pytest.mark.slow
def test_a_sound_reader_keeps_what_was_seen_and_one_that_skips_a_part_does_not(
    documents, monkeypatch
):
    whole = shares(documents)
    assert {path: share for path, share in whole.items() if not 0.9 < share < 1.3} == {}
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "odd"))
    below = Thin().below_share
    skipped = shares(documents, load="skipping_parsers:load")
    assert {path: share for path, share in skipped.items() if share >= below} == {}


def test_a_container_of_documents_and_a_picture_have_no_letters_of_their_own(tmp_path):
    from PIL import Image

    file = tmp_path / "document"
    file.write_bytes(zipped(**{"a.txt": LINES[0]}))
    assert text_amount.in_container(file, "application/zip", Limits()) is None
    Image.new("RGB", (40, 40), "white").save(file, "PNG")
    assert text_amount.in_container(file, "image/png", Limits()) is None
    attached = b"Content-Disposition: attachment; filename=a.txt\nContent-Type: text/plain\n\nWords"
    file.write_bytes(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" + attached + b"\n--x--")
    assert text_amount.in_container(file, "message/rfc822", Limits()) == 0


def test_a_script_that_closes_itself_hides_no_letter_from_the_count(tmp_path):
    file = tmp_path / "document"
    file.write_text("<html><body><p>ab</p><script src='a.js'/><textarea/><p>cd</p></body></html>")
    assert text_amount.in_container(file, "text/html", Limits()) == 4


@pytest.mark.parametrize(
    ("media_type", "unit"),
    [
        ("text/html", "<!--"),
        ("text/html", "<script "),
        ("text/html", "<head "),
        ("text/html", "<"),
        ("text/markdown", "](["),
        ("text/markdown", "<!--"),
        ("text/markdown", "<a"),
        ("application/xml", "<rPh "),
        ("application/xml", "<?"),
        ("application/xml", "<"),
    ],
)
def test_no_text_makes_the_count_slow(tmp_path, media_type, unit):
    file = tmp_path / "document"
    file.write_text(unit * (400_000 // len(unit)))
    started = time.process_time()
    assert text_amount.in_container(file, media_type, Limits()) is not None
    assert time.process_time() - started < 2


def test_an_encrypted_part_is_not_counted(tmp_path):
    space = 'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    entry = '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'
    manifest = f"<m:manifest {space}>{entry}</m:manifest>"
    file = tmp_path / "document"
    file.write_bytes(zipped(**{"content.xml": HTML, "META-INF__manifest.xml": manifest}))
    kind = "application/vnd.oasis.opendocument.text"
    assert text_amount.in_container(file, kind, Limits()) is None
