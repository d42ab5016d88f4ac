"""What both engines must give alike, and what PDF pages must not hide."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest

from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Element, Extraction, Options
from doclake.settings import ExtractRecipe, Limits

ENGINES = pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
PROSE = "Rainfall was measured at nine stations along the river during the whole of the season. "


def read(file: Path, engine: str, **recipe: object) -> Extraction:
    chosen = ExtractRecipe(pdf_engine=engine, ocr="off", **recipe)
    return Pdf().extract(file, Options(chosen, Limits(), "application/pdf", file.name))


def saved(doc: pymupdf.Document, tmp_path: Path) -> Path:
    file = tmp_path / "made.pdf"
    doc.save(file)
    return file


def of(made: Extraction, kind: str) -> list[Element]:
    return [one for one in made.elements if one.type == kind]


@ENGINES
def test_headers_footers_and_page_numbers_are_told_from_the_body(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    for number in range(1, 4):
        page = doc.new_page()
        page.insert_text((72, 40), "Annual report of the river board", fontsize=8)
        page.insert_textbox((72, 90, 520, 300), f"Part {number}. " + PROSE * 6, fontsize=11)
        page.insert_text((290, 810), str(number), fontsize=9)
    made = read(saved(doc, tmp_path), engine)
    assert [one.text for one in of(made, "Header")] == ["Annual report of the river board"] * 3
    assert [one.text for one in of(made, "PageNumber")] == ["1", "2", "3"]
    assert len(of(made, "NarrativeText")) == 3


@ENGINES
def test_headings_carry_their_depth_and_own_what_follows(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 80), "Rivers", fontsize=22)
    page.insert_text((72, 120), "Upper reaches", fontsize=15)
    page.insert_textbox((72, 140, 520, 300), PROSE * 4, fontsize=11)
    made = read(saved(doc, tmp_path), engine)
    assert [(one.text, one.level, one.parent) for one in of(made, "Title")] == [
        ("Rivers", 1, None),
        ("Upper reaches", 2, 0),
    ]
    assert made.elements[2].parent == 1
    assert made.title == "Rivers"


@ENGINES
def test_text_no_reader_sees_is_kept_apart_with_its_reason(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 80), "Seen by everyone", fontsize=11)
    page.insert_text((72, 120), "White on white", fontsize=11, color=(1, 1, 1))
    page.insert_text((72, 160), "Never painted", fontsize=11, render_mode=3)
    page.insert_text((72, 200), "Dust", fontsize=0.5)
    page.draw_rect((70, 230, 300, 260), fill=(0.1, 0.1, 0.4))
    page.insert_text((72, 250), "White on a dark bar", fontsize=11, color=(1, 1, 1))
    made = read(saved(doc, tmp_path), engine)
    reasons = {one.text: one.hidden for one in made.elements}
    assert reasons == {
        "Seen by everyone": None,
        "White on white": "same colour as its background",
        "Never painted": "invisible",
        "Dust": "tiny",
        "White on a dark bar": None,
    }


@ENGINES
def test_an_invisible_layer_over_a_scan_is_the_text_of_the_page(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    picture = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 80))
    picture.clear_with(220)
    page.insert_image(page.rect, pixmap=picture)
    page.insert_text((72, 100), "Words that some scanner found", fontsize=11, render_mode=3)
    made = read(saved(doc, tmp_path), engine)
    assert [(one.text, one.hidden) for one in made.elements] == [
        ("Words that some scanner found", None)
    ]
    assert made.elements[0].confidence == pytest.approx(0.8)
    assert made.metadata["text_layer"] == "1: invisible text layer"


@ENGINES
def test_words_broken_at_the_end_of_a_line_are_whole_again(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    lines = ["The measure-", "ments of the season were taken by hand and", "written into a book."]
    doc.new_page().insert_text((72, 80), lines, fontsize=11)
    made = read(saved(doc, tmp_path), engine)
    assert made.elements[0].text.startswith("The measurements of the season")


@ENGINES
def test_links_notes_and_form_fields_are_elements_or_belong_to_one(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 80), "See the station list online.", fontsize=11)
    page.insert_link(
        {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(72, 68, 200, 84), "uri": "https://a.test/"}
    )
    page.add_text_annot((300, 80), "Check this number")
    field = pymupdf.Widget()
    field.field_type, field.field_name = pymupdf.PDF_WIDGET_TYPE_TEXT, "station"
    field.rect, field.field_value = pymupdf.Rect(72, 120, 200, 140), "Nine Elms"
    page.add_widget(field)
    field = pymupdf.Widget()
    field.field_type, field.field_name = pymupdf.PDF_WIDGET_TYPE_TEXT, "depth"
    field.field_label = "Depth in metres: "
    field.rect, field.field_value = pymupdf.Rect(72, 150, 200, 170), "4.2"
    page.add_widget(field)
    made = read(saved(doc, tmp_path), engine)
    assert made.elements[0].links == ("https://a.test/",)
    assert [one.text for one in of(made, "Annotation")] == ["Check this number"]
    assert [one.text for one in of(made, "FormField")] == [
        "station: Nine Elms",
        "Depth in metres: 4.2",
    ]


@ENGINES
def test_embedded_files_become_children(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    doc.new_page().insert_text((72, 80), "With an attachment", fontsize=11)
    doc.embfile_add("data.csv", b"a,b\n1,2\n", filename="data.csv")
    made = read(saved(doc, tmp_path), engine)
    assert [(child.name, child.data) for child in made.children] == [("data.csv", b"a,b\n1,2\n")]


def test_the_permissive_engine_never_imports_pymupdf(tmp_path: Path) -> None:
    doc = pymupdf.open()
    doc.new_page().insert_text((72, 80), "Permissive", fontsize=11)
    file = saved(doc, tmp_path)
    code = (
        "import sys; from pathlib import Path; from doclake.extract.formats.pdf.pdf import Pdf;"
        "from doclake.extract.model import Options;"
        "from doclake.settings import ExtractRecipe, Limits;"
        "recipe = ExtractRecipe(pdf_engine='pypdfium2');"
        f"Pdf().extract(Path({str(file)!r}), Options(recipe, Limits(), '', ''));"
        "assert not any(name.split('.')[0] == 'pymupdf' for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
def test_a_file_pinned_to_a_page_is_a_child_like_any_attachment(
    engine: str, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    doc.new_page().insert_text((72, 72), "The list of ships is attached.")
    doc[0].add_file_annot((300, 72), b"Aurora, Borea", "ships.txt")
    doc.new_page().add_file_annot((300, 72), b"Corvus", "more.txt")
    doc.embfile_add("embedded", b"Quay 4", filename="quays.txt")
    children = {child.name: child.data for child in read(saved(doc, tmp_path), engine).children}
    assert children == {
        "quays.txt": b"Quay 4", "ships.txt": b"Aurora, Borea", "more.txt": b"Corvus",
    }  # fmt: skip


@pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
def test_words_written_on_a_page_stand_once(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    page.insert_text((72, 72), "The quay is closed.")
    page.add_freetext_annot((72, 100, 300, 130), "Open again in May")
    page.add_text_annot((300, 72), "Ask the office")
    said = "\n".join(element.text for element in read(saved(doc, tmp_path), engine).elements)
    assert said.count("Open again in May") == 1
    assert said.count("Ask the office") == 1
