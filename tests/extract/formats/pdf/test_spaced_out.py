"""Headings that are set letter by letter."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from tests.extract.typeset import ENGINES, read

PLAIN = "The columns A B C and D show what was landed at the quay in each of the four seasons."


def spread(page: pymupdf.Page, y: float, text: str, white: float, between: float) -> None:
    """Set letters `white` points apart, and words `between` further."""
    font, x = pymupdf.Font("korea"), 72.0
    writer = pymupdf.TextWriter(page.rect)
    for word in text.split():
        for letter in word:
            writer.append((x, y), letter, font=font, fontsize=14)
            x += font.text_length(letter, 14) + white
        x += between
    writer.write_text(page)


@ENGINES
@pytest.mark.parametrize("heading", ["HARBOUR OFFICE", "Harbour Office", "사업계획서"])
@pytest.mark.parametrize("white", [8.0, 12.0])
def test_letters_set_apart_are_words(
    engine: str, heading: str, white: float, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    spread(page, 80, heading, white, 12.0)
    page.insert_textbox((72, 110, 520, 200), PLAIN, fontsize=11)
    texts = [one.text for one in read(doc, tmp_path, pdf_engine=engine).elements]
    assert texts == [heading, PLAIN]


def test_letters_parted_by_spaces_are_words_that_more_spaces_part(tmp_path: Path) -> None:
    doc = pymupdf.open()
    doc.new_page().insert_text((72, 80), "H A R B O U R   O F F I C E", fontsize=14)
    (heading,) = read(doc, tmp_path).elements
    assert heading.text == "HARBOUR OFFICE"


@ENGINES
def test_marks_of_a_scale_stay_apart(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    spread(doc.new_page(), 80, "JFMAMJ", 25.0, 0.0)
    assert "JFMAMJ" not in read(doc, tmp_path, pdf_engine=engine).elements[0].text
