"""What stands between two rows, in prose and in cells: a space, a hyphen or nothing."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from doclake.extract.layout import row_ends
from tests.extract.typeset import ENGINES, of, read

SOFT = "\u00ad"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (("a hyphen-", "ated word"), "a hyphenated word"),
        ((f"a hyphen{SOFT}", "ated word"), "a hyphenated word"),
        (("d'intro-", "duction"), "d'introduction"),
        (("a state-of-the-", "art system"), "a state-of-the-art system"),
        (("in 2019-", "2020 it"), "in 2019-2020 it"),
        ((f"in 2019{SOFT}", "2020 it"), "in 2019-2020 it"),
        (("in 2019–", "2020 it"), "in 2019–2020 it"),
        (("in Baden-", "Württemberg"), "in Baden-Württemberg"),
        (("the COVID-", "19 ward"), "the COVID-19 ward"),
        (("a 10-", "year bond"), "a 10-year bond"),
        (("by e-", "mail"), "by e-mail"),
        (("the U.S.-", "led force"), "the U.S.-led force"),
        (("Vor-", "und Nachteile"), "Vor- und Nachteile"),
        (("one-", "or two-sided"), "one- or two-sided"),
        (("at 80 km/", "h on"), "at 80 km/h on"),
        (("he said—", "and left"), "he said—and left"),
        (("depth -", "in metres"), "depth - in metres"),
        (("depth –", "in metres"), "depth – in metres"),
        (("the end.", "The next"), "the end. The next"),
        (("at https://example.org/annual-", "report"), "at https://example.org/annual-report"),
        (("see https://example.org", "/report?year=1962"), "see https://example.org/report?year=1962"),
        (("see (https://example.org/a_", "b)."), "see (https://example.org/a_b)."),
        (("see https://example.org/", "The pilots"), "see https://example.org/ The pilots"),
        (("to harbour@", "example.org"), "to harbour@example.org"),
        (("北の岸", "壁を"), "北の岸壁を"),
        (("임대는 2019", "년까지"), "임대는 2019년까지"),
    ],
)  # fmt: skip
def test_rows_are_joined_as_a_reader_joins_them(rows: tuple[str, ...], text: str) -> None:
    assert row_ends.join(rows) == text


@ENGINES
def test_cells_are_joined_as_prose_is(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    table = (
        ("State", "Years", "Note"),
        ("Baden-\nWürttemberg", "2019-\n2020", "a hyphen-\nated one"),
    )
    for down, row in enumerate(table):
        for across, cell in enumerate(row):
            x, y = 72 + 120 * across, 100 + 36 * down
            page.draw_rect((x - 4, y - 16, x + 116, y + 20))
            page.insert_text((x, y), cell.split("\n"))
    (found,) = of(read(doc, tmp_path, pdf_engine=engine), "Table")
    assert "| Baden-Württemberg | 2019-2020 | a hyphenated one |" in found.text
