"""Spaces that stand in a PDF as white alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pymupdf
import pytest

from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits

ENGINES = pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
FONT = pymupdf.Font("korea")
MINUTES = [
    "위원회는 삼월 십사일에 회의를 열고 도로 보수",
    "예산을 사 퍼센트 늘리기로 뜻을 모았다. 다만",
    "지난해 예산을 어떻게 썼는지 군청이 먼저 설명해야 한다.",
]


def place(page: pymupdf.Page, at: tuple[float, float], words: Sequence[tuple[str, float]]) -> None:
    """Set words one by one, each after so many points of white."""
    writer, (x, y) = pymupdf.TextWriter(page.rect), at
    for word, white in words:
        x += white
        writer.append((x, y), word, font=FONT, fontsize=10)
        x += FONT.text_length(word, 10)
    writer.write_text(page)


def texts(doc: pymupdf.Document, tmp_path: Path, engine: str) -> list[str]:
    file = tmp_path / "made.pdf"
    doc.save(file)
    recipe = ExtractRecipe(pdf_engine=engine, ocr="off")
    options = Options(recipe, Limits(), "application/pdf", file.name)
    return [one.text for one in Pdf().extract(file, options).elements]


@ENGINES
@pytest.mark.parametrize("white", [2.0, 3.3, 6.3])
def test_korean_words_set_apart_by_their_position_get_spaces(
    engine: str, white: float, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for row, line in enumerate(MINUTES):
        place(page, (60, 80 + 15 * row), [(word, white) for word in line.split()])
    assert texts(doc, tmp_path, engine) == [" ".join(MINUTES)]


@ENGINES
def test_letters_set_apart_evenly_are_still_one_word(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for row, line in enumerate(MINUTES):
        letters = [
            (letter, 0.8 if index else 3.8)
            for word in line.split()
            for index, letter in enumerate(word)
        ]
        place(page, (60, 80 + 15 * row), letters)
    assert texts(doc, tmp_path, engine) == [" ".join(MINUTES)]


@ENGINES
def test_white_that_type_setting_puts_beside_digits_is_no_space(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    words = [
        ("요금은", 0),
        ("거리에", 3.2),
        ("따라", 3.2),
        ("3", 3.2),
        ("천", 2.2),
        ("원이다.", 3.2),
    ]
    place(doc.new_page(), (60, 80), words)
    assert texts(doc, tmp_path, engine) == ["요금은 거리에 따라 3천 원이다."]


@ENGINES
def test_words_of_a_table_are_spaced_too(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for x in (50, 200, 350):
        page.draw_line((x, 60), (x, 120))
    for row, label in enumerate(("재료의 이름", "시멘트 자루", "모래와 자갈")):
        page.draw_line((50, 60 + 20 * row), (350, 60 + 20 * row))
        place(page, (55, 74 + 20 * row), [(word, 3) for word in label.split()])
        place(page, (205, 74 + 20 * row), [("수량은", 3), (f"{row}개", 3)])
    page.draw_line((50, 120), (350, 120))
    (table,) = texts(doc, tmp_path, engine)
    assert "시멘트 자루" in table
    assert "수량은 1개" in table


@ENGINES
def test_a_letter_under_another_text_stands_in_its_own_alone(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 100), "The board met in the spring and agreed on the rates.", fontsize=11)
    page.insert_text((90, 104), "COPY", fontsize=30, color=(0.8, 0.8, 0.8))
    board = "The board met in the spring and agreed on the rates."
    found = texts(doc, tmp_path, engine)
    assert board in found
    assert sorted(" ".join(found).split()) == sorted(f"COPY {board}".split())
