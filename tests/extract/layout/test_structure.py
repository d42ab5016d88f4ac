"""What a PDF page is made of, told from its layout: columns, captions, contents, figures."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from doclake.errors import DocumentEmpty
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Options
from doclake.settings import ExtractRecipe, Limits
from tests.extract.typeset import ENGINES, of, read

PROSE = "Rainfall was measured at nine stations along the river during the whole of the season. "


def picture() -> pymupdf.Pixmap:
    made = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 80))
    made.clear_with(120)
    return made


@ENGINES
def test_a_title_that_the_running_header_repeats_stays_a_title(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    for number in range(3):
        page = doc.new_page()
        page.insert_text((72, 40), "Rules of the river board", fontsize=8)
        if not number:
            page.insert_text((72, 90), "Rules of the river board", fontsize=20)
        page.insert_textbox((72, 130, 520, 300), f"Part {number}. " + PROSE * 4, fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in of(made, "Title")] == ["Rules of the river board"]
    assert len(of(made, "Header")) == 3


@ENGINES
def test_a_short_column_beside_a_long_one_is_read_after_it(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_textbox((72, 90, 290, 700), "LEFT " + PROSE * 14, fontsize=10)
    page.insert_textbox((306, 90, 524, 700), "RIGHT " + PROSE * 2, fontsize=10)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text.split()[0] for one in made.elements] == ["LEFT", "RIGHT"]
    assert "RIGHT" not in made.elements[0].text


def test_a_column_of_contents_beside_one_of_text_is_read_by_itself(tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for row in range(12):
        y = 90 + 14 * row
        page.insert_text((72, y), f"{row + 1}", fontsize=10)
        page.insert_text((90, y), "Stations" + " ." * (14 + row), fontsize=10)
        page.insert_text((284, y), f"{row + 4}", fontsize=10)
    page.insert_textbox((72, 270, 294, 500), PROSE * 6, fontsize=10)
    page.insert_textbox((304, 84, 524, 500), "RIGHT " + PROSE * 12, fontsize=10)
    page.insert_text((296, 800), "1", fontsize=10)
    made = read(doc, tmp_path)
    right = [one for one in made.elements if "RIGHT" in one.text]
    assert len(right) == 1
    assert right[0].text.startswith("RIGHT")
    assert right[0].bbox and right[0].bbox[0] > 300


@ENGINES
def test_contents_with_leaders_are_entries_and_no_table(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    for row, name in enumerate(("Stations", "Methods", "Results", "Discussion", "Outlook")):
        page.insert_text((72, 90 + 16 * row), f"{row + 1}", fontsize=11)
        page.insert_text((90, 90 + 16 * row), name + " ." * 40, fontsize=11)
        page.insert_text((500, 90 + 16 * row), f"{3 * row + 1}", fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert of(made, "Table") == []
    assert [one.text for one in of(made, "ListItem")][:2] == ["1 Stations … 1", "2 Methods … 4"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Table 3. Levels of the river at nine stations", "Caption"),
        ("Figure 2: The upper lock", "Caption"),
        ("Table 3 Levels of the river", "Caption"),
        ("표 3. 수위 관측 결과", "Caption"),
        ("Table 3 shows the levels of the river at nine stations.", "NarrativeText"),
        ("Figure 2 and the text below tell of the upper lock.", "NarrativeText"),
    ],
)
def test_a_caption_is_told_from_a_sentence_about_a_table(
    text: str, kind: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_textbox((72, 90, 520, 200), PROSE * 4, fontsize=11)
    page.insert_text((72, 260), text, fontsize=11, fontname="korea")
    (found,) = [one for one in read(doc, tmp_path).elements if one.text == text]
    assert found.type == kind


@ENGINES
def test_text_under_a_black_bar_is_hidden_and_the_rest_of_its_line_is_not(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 80), "The name of the keeper is Ada Miller of Elms.", fontsize=11)
    (secret,) = page.search_for("Ada Miller")
    page.draw_rect(secret, fill=(0, 0, 0))
    page.insert_text((72, 120), "A whole line that nobody may read", fontsize=11)
    page.draw_rect((70, 106, 300, 126), fill=(0, 0, 0))
    page.insert_text((72, 160), "Marked with a pen, and read by all", fontsize=11)
    page.draw_rect((70, 146, 300, 166), color=None, fill=(1, 1, 0), fill_opacity=0.4)
    page.draw_rect((70, 186, 300, 206), color=None, fill=(0.8, 0.9, 1))
    page.insert_text((72, 200), "On a shaded ground", fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine, tables=False)
    covered = [one.text for one in made.elements if one.hidden == "covered"]
    seen = " ".join(one.text for one in made.elements if not one.hidden)
    assert sorted(covered) == ["A whole line that nobody may read", "Ada Miller"]
    assert "The name of the keeper is of Elms." in seen
    assert "Marked with a pen, and read by all" in seen
    assert "On a shaded ground" in seen


@ENGINES
def test_figures_are_elements_where_they_stand_and_ornaments_are_not(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_textbox((72, 60, 520, 200), PROSE * 4, fontsize=11)
    for left in (100, 200):  # two tiles of one picture
        page.insert_image((left, 220, left + 100, 360), pixmap=picture(), keep_proportion=False)
    page.insert_image((530, 40, 540, 50), pixmap=picture(), keep_proportion=False)
    page.insert_text((72, 390), "Figure 1. The upper lock", fontsize=11)
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.type for one in made.elements] == ["NarrativeText", "Image", "Caption"]
    assert made.elements[1].bbox == pytest.approx((100, 220, 300, 360), abs=1)
    assert made.elements[1].text == ""


@ENGINES
def test_a_page_of_pictures_alone_is_still_empty(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    doc.new_page().insert_image((100, 100, 400, 400), pixmap=picture())
    with pytest.raises(DocumentEmpty):
        read(doc, tmp_path, pdf_engine=engine)


def test_the_layout_models_tell_a_heading_set_as_body_text(tmp_path: Path) -> None:
    file = Path(__file__).parents[3] / "samples" / "documents" / "handbook"
    options = Options(ExtractRecipe(pdf_mode="layout"), Limits(), "application/pdf", "a.pdf")
    plain = Options(ExtractRecipe(), Limits(), "application/pdf", "a.pdf")
    report = file / "annual-report-2025.pdf"
    modelled, fast = (Pdf().extract(report, one) for one in (options, plain))
    words = [
        sorted(" ".join(one.text for one in made.elements).split()) for made in (modelled, fast)
    ]
    assert words[0] == words[1]
    assert len(of(modelled, "Table")) == len(of(fast, "Table")) > 0
    assert [one.text for one in of(modelled, "Title")][-1] == "What comes next"
    assert all(one.bbox for one in modelled.elements)
