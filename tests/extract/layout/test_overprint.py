"""Text that is printed twice."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from tests.extract.typeset import ENGINES, of, read

LINE = "The harbour office opens at nine on every working day."


@ENGINES
def test_words_printed_again_a_fraction_aside_stand_once(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for aside in (0.0, 0.4, 0.8):
        page.insert_text((72 + aside, 80), "Opening hours", fontsize=12)
    page.insert_textbox((72, 100, 520, 200), LINE * 4, fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in made.elements] == ["Opening hours", (LINE * 4).strip()]
    # PDFium itself leaves out what is printed again, so that nothing tells of the weight.
    assert made.elements[0].type == ("Title" if engine == "pymupdf" else "NarrativeText")


@ENGINES
def test_a_word_of_a_line_printed_again_stands_once(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 80), LINE, fontsize=11)
    page.insert_text(
        (72.3 + pymupdf.get_text_length("The ", fontsize=11), 80), "harbour", fontsize=11
    )
    assert [one.text for one in read(doc, tmp_path, pdf_engine=engine).elements] == [LINE]


@ENGINES
def test_a_shadow_is_not_read_but_the_same_words_elsewhere_are(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((73, 81), "Tide table", fontsize=20, color=(0.7, 0.7, 0.7))
    page.insert_text((72, 80), "Tide table", fontsize=20)
    page.insert_text((72, 110), LINE, fontsize=11)
    page.insert_text((72, 123), LINE, fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in of(made, "Title")] == ["Tide table"]
    assert sum(one.text.count(LINE) for one in made.elements) == 2


@ENGINES
def test_cells_of_a_table_printed_twice_hold_their_words_once(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for row in range(4):
        for column in range(3):
            x, y = 72 + 100 * column, 80 + 20 * row
            page.draw_rect((x, y, x + 100, y + 20))
            for aside in (0.0, 0.3):
                page.insert_text((x + 4 + aside, y + 14), f"cell {row}{column}", fontsize=10)
    (table,) = of(read(doc, tmp_path, pdf_engine=engine), "Table")
    assert (table.html or "").count("cell 21") == 1
