"""PPTX: slides, boxes, notes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.extract.reading import hidden, read, said


def test_slides_keep_roles_boxes_tables_and_notes(tmp_path: Path) -> None:
    import pptx
    from pptx.util import Pt

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Pt(960), Pt(540)
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Heading"
    slide.placeholders[1].text = "point"
    cells = slide.shapes.add_table(1, 2, Pt(10), Pt(490), Pt(100), Pt(30)).table
    cells.cell(0, 0).text, cells.cell(0, 1).text = "a", "b"
    slide.notes_slide.notes_text_frame.text = "say this"
    away = deck.slides.add_slide(deck.slide_layouts[5])
    away.shapes.title.text = "Unseen"
    away._element.set("show", "0")
    out = io.BytesIO()
    deck.save(out)
    found = read(tmp_path, out.getvalue(), "a.pptx")
    assert said(found) == [
        ("Title", "Heading"),
        ("ListItem", "point"),
        ("Table", "a\tb"),
        ("Annotation", "say this"),
    ]
    title, point, table, _ = (element.bbox for element in found.elements[:4])
    assert (title or ())[:2] == pytest.approx((36, 21.6), abs=0.1)  # where the master has it
    assert (point or ())[:2] == pytest.approx((36, 126), abs=0.1)
    assert table == (10.0, 490.0, 110.0, 520.0)
    assert hidden(found) == {"Unseen": "hidden slide"}
    assert (found.pages, found.pages_with_text) == (2, 2)
    assert found.metadata["slide_size"] == "960 x 540"


def test_white_text_is_unseen_on_white_and_shows_on_all_else(tmp_path: Path) -> None:
    import pptx
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    deck = pptx.Presentation()

    def write(slide: object, words: str, left: int, theme: bool = False) -> object:
        shape = slide.shapes.add_textbox(Pt(left), Pt(50), Pt(80), Pt(40))  # type: ignore[attr-defined]
        run = shape.text_frame.paragraphs[0].add_run()
        run.text = words
        if theme:
            run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
        else:
            run.font.color.rgb = RGBColor(255, 255, 255)
        return shape

    plain = deck.slides.add_slide(deck.slide_layouts[6])
    write(plain, "unseen", 10)
    write(plain, "by theme", 100, theme=True)
    box = plain.shapes.add_shape(1, Pt(190), Pt(40), Pt(100), Pt(60))
    box.fill.solid()
    box.fill.fore_color.rgb = RGBColor(0, 0, 255)
    write(plain, "on a box", 200)
    filled = write(plain, "filled", 300)
    filled.fill.solid()  # type: ignore[attr-defined]
    filled.fill.fore_color.rgb = RGBColor(0, 0, 255)  # type: ignore[attr-defined]
    mixed = write(plain, "half ", 400)
    mixed.text_frame.paragraphs[0].add_run().text = "seen"  # type: ignore[attr-defined]
    dark = deck.slides.add_slide(deck.slide_layouts[6])
    dark.background.fill.solid()
    dark.background.fill.fore_color.rgb = RGBColor(0, 0, 0)
    write(dark, "on black", 10)
    out = io.BytesIO()
    deck.save(out)
    found = read(tmp_path, out.getvalue(), "a.pptx")
    assert [text for _, text in said(found)] == ["on a box", "filled", "half seen", "on black"]
    assert hidden(found) == {"unseen": "white text", "by theme": "white text"}


def deck(*slides: list[tuple[str, int, int]]) -> bytes:
    """Slides of text boxes: words and the place of each, in points."""
    import pptx
    from pptx.util import Pt

    made = pptx.Presentation()
    for boxes in slides:
        slide = made.slides.add_slide(made.slide_layouts[6])
        for words, left, top in boxes:
            box = slide.shapes.add_textbox(Pt(left), Pt(top), Pt(200), Pt(60))
            box.text_frame.text = words
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_shapes_are_read_by_place_where_they_were_made_in_another_order(tmp_path: Path) -> None:
    slide = [("bottom", 60, 400), ("right", 400, 150), ("left", 60, 150), ("top", 60, 20)]
    found = read(tmp_path, deck(slide), "a.pptx")
    assert [text for _, text in said(found)] == ["top", "left", "right", "bottom"]


def test_slides_in_hebrew_and_arabic_are_read_from_the_right(tmp_path: Path) -> None:
    for top, right, left in (("הנמל בחורף", "עומק PDF", "משקל"), ("الميناء", "العمق", "الوزن")):
        boxes = [(left, 60, 150), (right, 400, 150), (top, 60, 20)]
        for slide in (boxes, boxes[::-1]):
            found = read(tmp_path, deck(slide, [("left", 60, 20), ("right", 400, 20)]), "a.pptx")
            assert [text for _, text in said(found)] == [top, right, left, "left", "right"]


def test_columns_of_cards_stay_in_the_order_that_their_author_gave_them(tmp_path: Path) -> None:
    by_column = [("a1", 60, 20), ("a2", 60, 150), ("b1", 400, 20), ("b2", 400, 150)]
    by_row = [by_column[place] for place in (0, 2, 1, 3)]
    for slide in (by_column, by_row):
        found = read(tmp_path, deck(slide), "a.pptx")
        assert [text for _, text in said(found)] == [words for words, _, _ in slide]


def test_symbols_and_powers_on_slides(tmp_path: Path) -> None:
    import pptx
    from pptx.util import Pt

    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    paragraph = slide.shapes.add_textbox(Pt(9), Pt(9), Pt(90), Pt(90)).text_frame.paragraphs[0]
    runs = ("\uf0fe", "", " 10", "6", " H", "2", "O")
    looks = ({"font": "Wingdings"}, {}, {}, {"baseline": "30000"}, {}, {"baseline": "-25000"}, {})
    for words, look in zip(runs, looks, strict=True):
        run = paragraph.add_run()
        run.text, run.font.name = words, look.get("font", "Arial")
        if "baseline" in look:
            run.font._element.set("baseline", look["baseline"])
    out = io.BytesIO()
    made.save(out)
    assert said(read(tmp_path, out.getvalue(), "a.pptx")) == [("NarrativeText", "☑ 10^6 H2O")]
