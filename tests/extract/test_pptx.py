"""PPTX: slides, boxes, notes."""

from __future__ import annotations

import io
from pathlib import Path

from tests.extract.reading import hidden, read, said


def test_slides_keep_roles_boxes_tables_and_notes(tmp_path: Path) -> None:
    import pptx
    from pptx.util import Pt

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Heading"
    slide.placeholders[1].text = "point"
    cells = slide.shapes.add_table(1, 2, Pt(10), Pt(20), Pt(100), Pt(30)).table
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
    assert found.elements[2].bbox == (10.0, 20.0, 110.0, 50.0)
    assert hidden(found) == {"Unseen": "hidden slide"}
    assert (found.pages, found.pages_with_text) == (2, 2)
