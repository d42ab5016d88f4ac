"""PDFs made here with PyMuPDF, read back through `Pdf`."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from doclake.errors import DocumentEncrypted, DocumentMalformed, LimitExceeded
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Extraction, Options
from doclake.settings import ExtractRecipe, Limits

SENTENCE = "The quick brown fox jumps over the lazy dog and runs far away. "


def read(file: Path, password: str | None = None, **recipe: object) -> Extraction:
    options = Options(
        ExtractRecipe(**recipe), Limits(pages=10), "application/pdf", file.name, password
    )
    return Pdf().extract(file, options)


def saved(doc: pymupdf.Document, tmp_path: Path, **options: object) -> Path:
    file = tmp_path / "made.pdf"
    doc.save(file, **options)
    return file


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 60), "A heading over both columns", fontsize=20)
    page.insert_textbox((72, 90, 290, 700), "LEFT " + SENTENCE * 12, fontsize=10)
    page.insert_textbox((306, 90, 524, 700), "RIGHT " + SENTENCE * 12, fontsize=10)
    made = read(saved(doc, tmp_path))
    texts = [one.text for one in made.elements]
    assert made.elements[0].type == "Title"
    assert texts[1].startswith("LEFT")
    assert texts[2].startswith("RIGHT")
    assert "RIGHT" not in texts[1]


def test_boxes_of_a_rotated_page_lie_on_the_page_as_displayed(tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page(width=400, height=800)
    page.set_rotation(90)
    page.insert_text(pymupdf.Point(50, 100) * page.derotation_matrix, "Upright", rotate=90)
    made = read(saved(doc, tmp_path))
    x0, y0, x1, y1 = made.elements[0].bbox
    assert 45 < x0 < 55
    assert x1 - x0 > y1 - y0
    assert 80 < y0 < y1 < 110


def test_an_encrypted_file_needs_its_password(tmp_path: Path) -> None:
    doc = pymupdf.open()
    doc.new_page().insert_text((72, 72), "Secret words")
    file = saved(
        doc, tmp_path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="x"
    )
    with pytest.raises(DocumentEncrypted):
        read(file)
    assert read(file, password="open").elements[0].text == "Secret words"


def test_a_broken_file_is_malformed(tmp_path: Path) -> None:
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(DocumentMalformed):
        read(file)


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    doc = pymupdf.open()
    for _ in range(11):
        doc.new_page().insert_text((72, 72), "page")
    with pytest.raises(LimitExceeded):
        read(saved(doc, tmp_path))


def test_a_page_tree_that_promises_more_than_the_file_holds_is_over_the_limit(
    tmp_path: Path,
) -> None:
    kids = b"4 0 R " * 60_000
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    body += b"2 0 obj\n<</Type/Pages/Count 60000/Kids[" + kids + b"]>>\nendobj\n"
    body += b"4 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>\nendobj\n"
    file = tmp_path / "a.pdf"
    file.write_bytes(body + b"trailer\n<</Root 1 0 R/Size 5>>\n%%EOF\n")
    with pytest.raises(LimitExceeded) as caught:
        read(file)
    assert caught.value.facts["pages"] == 60_000
