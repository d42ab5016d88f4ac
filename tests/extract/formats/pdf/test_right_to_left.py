"""Hebrew and Arabic PDFs: text in the order of reading, whatever the order of painting."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from tests.extract.typeset import ENGINES, of, read

FONT = pymupdf.Font("helv")  # what it lacks comes from the fonts that MuPDF has with it
MIRRORED = str.maketrans("()", ")(")


def paint(page: pymupdf.Page, *pieces: tuple[float, float, str]) -> None:
    """Set text as it stands, from left to right."""
    writer = pymupdf.TextWriter(page.rect)
    for x, y, text in pieces:
        writer.append((x, y), text, font=FONT, fontsize=11)
    writer.write_text(page)


def lines(made: pymupdf.Document, tmp_path: Path, engine: str) -> list[str]:
    return [one.text for one in read(made, tmp_path, pdf_engine=engine).elements]


def shown(text: str) -> str:
    return text[::-1].translate(MIRRORED)


@ENGINES
@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (
            f"{shown('בלבד.')} ISO 9001 {shown('לפי (כולל מס)')} 250 {shown('המחיר הוא')}",
            "המחיר הוא 250 לפי (כולל מס) ISO 9001 בלבד.",
        ),
        (f"{shown('מן הכול.')} 12.5% {shown('יותר:')}", "יותר: 12.5% מן הכול."),
        (f"{shown('ועוד')} 13/05/2024 ,10-20", "10-20, 13/05/2024 ועוד"),
        (f"The word {shown('שלום לכם')} is a greeting.", "The word שלום לכם is a greeting."),
    ],
)
def test_numbers_and_latin_words_stand_where_they_are_read(
    engine: str, seen: str, text: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    paint(doc.new_page(), (100, 100, seen))
    assert lines(doc, tmp_path, engine) == [text]


def test_arabic_painted_as_it_stands_is_read_in_order(tmp_path: Path) -> None:
    doc = pymupdf.open()
    paint(doc.new_page(), (100, 100, f"{shown('باللغة')} 25 {shown('هذا مستند رقم')}"))
    assert lines(doc, tmp_path, "pymupdf") == ["هذا مستند رقم 25 باللغة"]


@ENGINES
def test_text_that_is_painted_in_the_order_of_reading_stays(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    text = "שלום עולם, זהו מסמך (בעברית) עם מספר 25 ו-ABC בתוכו."
    doc.new_page().insert_htmlbox((50, 50, 545, 300), f"<p dir=rtl>{text}</p>")
    assert lines(doc, tmp_path, engine) == [text]


def rows(page: pymupdf.Page) -> None:
    table = [("שם מלא", "גיל", "עיר"), ("דנה כהן", "30", "חיפה"), ("יוסי לוי", "41", "אילת")]
    for row, cells in enumerate(table):
        paint(
            page,
            *[
                (410 - 120 * column, 116 + 24 * row, cell if cell.isdigit() else shown(cell))
                for column, cell in enumerate(cells)
            ],
        )


def ruled(page: pymupdf.Page, top: float) -> None:
    for at in range(4):
        page.draw_line((160, top + 24 * at), (520, top + 24 * at))
        page.draw_line((160 + 120 * at, top), (160 + 120 * at, top + 72))


@ENGINES
def test_cells_painted_row_by_row_stay_apart(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    rows(page)
    ruled(page, 100)
    (table,) = of(read(doc, tmp_path, pdf_engine=engine), "Table")
    assert table.text.splitlines() == [
        "| שם מלא | גיל | עיר |",
        "| --- | --- | --- |",
        "| דנה כהן | 30 | חיפה |",
        "| יוסי לוי | 41 | אילת |",
    ]


@ENGINES
def test_a_table_that_goes_on_with_figures_alone_keeps_its_columns(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page(height=200)
    rows(page)
    ruled(page, 100)
    page = doc.new_page(height=200)
    for row in range(3):
        paint(page, *[(410 - 120 * at, 36 + 24 * row, f"{row + 1}{at}") for at in range(3)])
    ruled(page, 20)
    _, table = of(read(doc, tmp_path, pdf_engine=engine), "Table")
    assert table.text.splitlines() == ["| 10 | 11 | 12 |", "| 20 | 21 | 22 |", "| 30 | 31 | 32 |"]


@ENGINES
def test_columns_painted_row_by_row_are_read_one_after_the_other(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for row in range(14):
        paint(
            page,
            (330, 100 + 14 * row, f"{shown('הטור הימני הוא הראשון')} {row + 10}"),
            (60, 100 + 14 * row, f"{shown('הטור השמאלי הוא השני')} {row + 10}"),
        )
    right, left = lines(doc, tmp_path, engine)
    assert right.count("הימני") == 14
    assert left.count("השמאלי") == 14
