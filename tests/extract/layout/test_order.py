"""The order in which a page is read, on pages composed for it."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from benchmarks.accuracy.composed import Layout, Sheet, layouts, texts
from benchmarks.accuracy.measures import APART, MARGINS, compare, visible_text
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.layout.order import columns
from doclake.extract.layout.page import Line
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits

ENGINES = pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])


def read(doc: pymupdf.Document, tmp_path: Path, engine: str) -> str:
    file = tmp_path / "made.pdf"
    doc.save(file)
    recipe = ExtractRecipe(pdf_engine=engine, ocr="off")
    options = Options(recipe, Limits(), "application/pdf", file.name)
    return visible_text(Pdf().extract(file, options).elements, (*APART, *MARGINS))


@ENGINES
@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_columns_are_read_one_after_the_other(engine: str, number: int, tmp_path: Path) -> None:
    for seed, layout in enumerate(layouts(number)):
        doc, sheet = pymupdf.open(), Sheet(layout, seed)
        sheet.draw(doc.new_page())
        found = read(doc, tmp_path, engine)
        assert compare(found, " ".join(sheet.truth))["NID"] > 0.97, layout


@ENGINES
def test_a_heading_over_some_columns_ends_them_all(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    upper, lower = (texts("en", seed) for seed in (1, 2))
    for column in range(3):
        left = 50 + 170 * column
        for top, words in ((60, upper), (440, lower)):
            text = f"Part{column} {top}. " + " ".join(next(words) for _ in range(3))
            page.insert_textbox((left, top, left + 155, top + 330), text[:1100], fontsize=10)
    page.insert_text((50, 420), "A heading over two of the three", fontsize=15)
    found = read(doc, tmp_path, engine)
    marks = [f"Part{column} 60" for column in range(3)] + ["A heading over"]
    marks += [f"Part{column} 440" for column in range(3)]
    assert sorted(marks, key=found.index) == marks


@ENGINES
def test_words_of_a_justified_line_are_no_columns(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    layout = Layout("en", 3, justified=True, size=11)
    sheet = Sheet(layout, 3)
    sheet.draw(page)
    assert compare(read(doc, tmp_path, engine), " ".join(sheet.truth))["order"] > 0.99


def test_a_table_is_not_read_column_by_column() -> None:
    cells = [
        Line(f"{name} {row}", x, 60 + 14 * row, x + 60, 72 + 14 * row, 10)
        for row in range(12)
        for name, x in (("station", 50), ("river", 180), ("level", 310), ("year", 440))
    ]
    assert len(columns(cells, 6.0)) == 1
