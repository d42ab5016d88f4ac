"""Documents that Word imports when it opens a DOCX."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from tests.extract.reading import read, said
from tests.extract.word_package import package, paragraph


def importing(*chunks: tuple[str, bytes]) -> bytes:
    """A DOCX that imports documents between two paragraphs."""
    imports = "".join(f'<w:altChunk r:id="c{n}"/>' for n in range(len(chunks)))
    parts = {f"c{n}": (f"aFChunk/{name}", data) for n, (name, data) in enumerate(chunks)}
    return package(f"{paragraph('Minutes')}{imports}{paragraph('End')}", parts=parts)


HTML = b"<html><body><h2>Decision</h2><p>The roof is paid.</p></body></html>"
MHT = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"<h2>Decision</h2><p>The roof is p=\r\naid.</p>\r\n--b--\r\n"
)


RTF = (
    rb"{\rtf1{\stylesheet{\s1 heading 2;}}\pard\s1 Decision\par"
    rb"\pard The roof is paid.\par}"
)
HEADING = '<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>Decision</w:t></w:r></w:p>'
DOCX = package(HEADING + paragraph("The roof is paid."))


@pytest.mark.parametrize(
    ("name", "data"), [("a.html", HTML), ("a.mht", MHT), ("a.rtf", RTF), ("a.docx", DOCX)]
)
def test_documents_that_word_imports_are_read_in_their_place(
    tmp_path: Path, name: str, data: bytes
) -> None:
    assert said(read(tmp_path, importing((name, data)), "a.docx")) == [
        ("NarrativeText", "Minutes"),
        ("Title", "Decision"),
        ("NarrativeText", "The roof is paid."),
        ("NarrativeText", "End"),
    ]


def test_an_imported_document_that_cannot_be_read_here_is_a_child(tmp_path: Path) -> None:
    found = read(
        tmp_path, importing(("part.bin", b"\x00\x01\x02"), ("a.docx", b"PK\x03\x04x")), "a.docx"
    )
    assert [child.name for child in found.children] == ["part.bin", "a.docx"]


def test_documents_that_import_themselves_end(tmp_path: Path) -> None:
    data = HTML
    for _ in range(8):
        data = importing(("a.docx", data))
    with pytest.raises(LimitExceeded):
        read(tmp_path, data, "a.docx")
