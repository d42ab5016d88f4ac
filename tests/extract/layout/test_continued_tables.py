"""Tables that run over a page break."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pymupdf
import pytest

from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Extraction, Options
from doclake.settings import ExtractRecipe, Limits

LEFT, TOP, WIDTH, HEIGHT = 72, 100, 120, 20
NAMES = ["Ship", "Load", "Quay"]


def rows(first: int, count: int = 12) -> list[list[str]]:
    return [[f"Ship {n}", f"{n * 7} t", f"Quay {n % 4}"] for n in range(first, first + count)]


def draw(page: pymupdf.Page, table: Sequence[Sequence[str]], *, ruled: bool, bold: int = 0) -> None:
    """A table, its first `bold` rows in bold type."""
    for r, row in enumerate(table):
        for c, text in enumerate(row):
            at = (LEFT + c * WIDTH + 4, TOP + r * HEIGHT + 14)
            page.insert_text(at, text, fontsize=10, fontname="hebo" if r < bold else "helv")
    right, bottom = LEFT + WIDTH * len(table[0]), TOP + HEIGHT * len(table)
    for r in range(len(table) + 1 if ruled else 0):
        page.draw_line((LEFT, TOP + r * HEIGHT), (right, TOP + r * HEIGHT))
    for c in range(len(table[0]) + 1 if ruled else 0):
        page.draw_line((LEFT + c * WIDTH, TOP), (LEFT + c * WIDTH, bottom))


def read(folder: Path, *pages: Sequence[Sequence[str]], ruled: bool = True, bold: int = 0,
         above: str = "") -> Extraction:  # fmt: skip
    doc = pymupdf.open()
    for number, table in enumerate(pages, start=1):
        page = doc.new_page()
        page.insert_text((LEFT, 50), "Harbour register", fontsize=9)
        page.insert_text((300, 800), str(number), fontsize=9)
        draw(page, table, ruled=ruled, bold=bold)
        if above and number > 1:
            page.insert_text((LEFT, TOP - 12), above, fontsize=10)
    file = folder / "table.pdf"
    doc.save(file)
    options = Options(ExtractRecipe(ocr="off"), Limits(), "application/pdf", "table.pdf")
    return Pdf().extract(file, options)


def headings(extraction: Extraction) -> list[int]:
    """How many heading cells each table has."""
    return [(e.html or "").count("<th>") for e in extraction.elements if e.type == "Table"]


def parents(extraction: Extraction) -> list[int | None]:
    """For each table, which of them it continues."""
    places = [n for n, e in enumerate(extraction.elements) if e.type == "Table"]
    found = [extraction.elements[place].parent for place in places]
    return [places.index(p) if p in places else None for p in found]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_that_goes_on_has_no_headings_and_belongs_to_the_first(
    tmp_path: Path, ruled: bool
) -> None:
    found = read(tmp_path, [NAMES, *rows(0)], rows(12), rows(24), ruled=ruled)
    assert headings(found) == [3, 0, 0]
    assert parents(found) == [None, 0, 0]
    (_, second, _) = [e for e in found.elements if e.type == "Table"]
    assert second.text.startswith("| Ship 12 | 84 t | Quay 0 |\n| Ship 13 |")


def test_headings_that_each_page_repeats_are_headings(tmp_path: Path) -> None:
    found = read(tmp_path, [NAMES, *rows(0)], [NAMES, *rows(12)])
    assert headings(found) == [3, 3]
    assert parents(found) == [None, 0]


def test_a_table_goes_on_below_words_that_say_so(tmp_path: Path) -> None:
    found = read(tmp_path, [NAMES, *rows(0)], rows(12), above="Table 1 (continued)")
    assert headings(found) == [3, 0]


@pytest.mark.parametrize(
    "second", [["Crew", "Wages", "Home"], ["Boat", "Hold", "Berth"]], ids=["crews", "boats"]
)
def test_a_row_in_bold_type_names_the_columns_of_a_table_of_its_own(
    tmp_path: Path, second: list[str]
) -> None:
    found = read(tmp_path, [NAMES, *rows(0)], [second, *rows(12)], bold=1)
    assert headings(found) == [3, 3]
    assert parents(found) == [None, None]


def test_a_first_row_without_values_over_columns_of_values_names_them(tmp_path: Path) -> None:
    found = read(tmp_path, [NAMES, *rows(0)], [["Boat", "Hold", "Berth"], *rows(12)])
    assert headings(found) == [3, 3]


def test_a_table_below_other_text_continues_none(tmp_path: Path) -> None:
    found = read(tmp_path, [NAMES, *rows(0)], rows(12), above="The second harbour is smaller.")
    assert headings(found) == [3, 3]
    assert parents(found) == [None, None]


def test_a_table_with_other_columns_continues_none(tmp_path: Path) -> None:
    other = [[a, b] for a, b, _ in rows(12)]
    assert parents(read(tmp_path, [NAMES, *rows(0)], other)) == [None, None]
