"""What stands on a page beside its text: headers, watermarks, line numbers; and what is none."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pymupdf
import pytest

from tests.extract.typeset import ENGINES, of, read

PROSE = (
    "The lease of the northern quay runs until the end of the year and may be renewed once for "
    "five years, provided that the tenant has paid all dues and has repaired the crane. "
)
KOREAN = (
    "북쪽 부두의 임대는 올해 말에 끝나며 빌린 이가 밀린 돈을 모두 낸 때에는 한 번 더 늘릴 수 있다. "
)


def typed(page: pymupdf.Page, lines: list[str], font: str = "helv") -> list[float]:
    """Set lines from the top. Returns their baselines."""
    heights = [90.0 + 15 * row for row in range(len(lines))]
    for y, line in zip(heights, lines, strict=True):
        page.insert_text((90, y), line, fontsize=11, fontname=font)
    return heights


@ENGINES
@pytest.mark.parametrize("angle", [45.0, -30.0, 0.0])
def test_a_watermark_across_the_page_stands_apart(
    engine: str, angle: float, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    for _ in range(2):
        page = doc.new_page()
        middle = pymupdf.Point(150, 200)
        turn = (middle, pymupdf.Matrix(1, 1).prerotate(angle))
        page.insert_text(middle, "CONFIDENTIAL", fontsize=54, color=(0.8, 0.8, 0.8), morph=turn)
        typed(page, textwrap.wrap(PROSE * 5, 70))
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in of(made, "Header")] == ["CONFIDENTIAL"] * 2
    assert not of(made, "Title")
    texts = " ".join(one.text for one in of(made, "NarrativeText"))
    assert texts.count(PROSE.strip()) == 10


@ENGINES
@pytest.mark.parametrize("step", [1, 5])
@pytest.mark.parametrize("x", [60.0, 520.0])
def test_line_numbers_stand_apart_together(
    engine: str, step: int, x: float, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    lines = textwrap.wrap(PROSE * 12, 70)
    for number, y in enumerate(typed(page, lines), 1):
        if number % step == 0:
            page.insert_text((x, y), str(number), fontsize=9)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in of(made, "PageNumber")] == [
        " ".join(str(number) for number in range(step, len(lines) + 1, step))
    ]
    assert " ".join(one.text for one in of(made, "NarrativeText")) == (PROSE * 12).strip()


def test_line_numbers_beside_korean_stand_apart(tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for number, y in enumerate(typed(page, textwrap.wrap(KOREAN * 8, 36), "korea"), 1):
        page.insert_text((60, y), str(number), fontsize=9)
    made = read(doc, tmp_path)
    assert len(of(made, "PageNumber")) == 1
    assert not any(letter.isdigit() for one in of(made, "NarrativeText") for letter in one.text)


@ENGINES
def test_numbers_of_entries_stay_with_them(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    entries = [f"Station {name} lies above the weir on the left bank." for name in "ABCDEFGH"]
    for number, y in enumerate(typed(page, entries), 1):
        page.insert_text((70, y), str(number), fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert not of(made, "PageNumber")
    assert "3" in " ".join(one.text for one in made.elements)


@ENGINES
def test_the_only_text_of_the_pages_is_no_header(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    for number in range(1, 4):
        page = doc.new_page()
        page.insert_text((72, 60), f"Certificate {number} of the harbour office", fontsize=12)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert {one.type for one in made.elements} <= {"Title", "NarrativeText"}
    assert len(made.elements) == 3


@ENGINES
def test_a_repeated_heading_larger_than_the_text_is_no_header(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    for heading in ("Methods", "Results", "Results", "Sources", "Maps", "Thanks"):
        page = doc.new_page()
        page.insert_text((72, 60), heading, fontsize=24)
        typed(page, textwrap.wrap(PROSE * 2, 70))
    made = read(doc, tmp_path, pdf_engine=engine)
    assert not of(made, "Header")
    assert [one.text for one in of(made, "Title")].count("Results") == 2


@ENGINES
def test_the_header_of_a_blank_page_stays_one(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    for number in range(4):
        page = doc.new_page()
        page.insert_text((72, 40), "Rules of the river board", fontsize=8)
        if number != 2:
            typed(page, textwrap.wrap(f"{number}. {PROSE * 2}", 70))
    assert len(of(read(doc, tmp_path, pdf_engine=engine), "Header")) == 4
