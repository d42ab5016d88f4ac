"""Pages that hold something odd: it costs a line or a page, never the document."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded
from doclake.extract.formats.pdf.mupdf import MuPdf
from doclake.extract.formats.pdf.pdf import Pdf
from doclake.extract.model import Extraction, Options
from doclake.settings import ExtractRecipe, Limits
from tests.extract.formats.pdf.raw_pdf import HELVETICA, raw_pdf, stream

ENGINES = pytest.mark.parametrize("engine", ["pymupdf", "pypdfium2"])
TYPE_3 = (
    b"<</Type/Font/Subtype/Type3/FontBBox[0 0 700 700]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 65"
    b"/LastChar 66/Widths[700 700]/Encoding<</Differences[65/O/F]>>/CharProcs<</O 5 0 R/F 5 0 R>>"
    b"/Resources<<>>/ToUnicode 6 0 R>>"
)
GLYPH = stream(b"700 0 d0 100 0 m 350 600 l 600 0 l B")
TO_UNICODE = stream(
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def"
    b" 1 begincodespacerange <00> <FF> endcodespacerange"
    b" 2 beginbfchar <41> <004F> <42> <0046> endbfchar endcmap end end"
)


def read(tmp_path: Path, data: bytes, engine: str = "pymupdf") -> Extraction:
    file = tmp_path / "made.pdf"
    file.write_bytes(data)
    recipe = ExtractRecipe(pdf_engine=engine, ocr="off")
    return Pdf().extract(file, Options(recipe, Limits(), "application/pdf", file.name))


def seen(made: Extraction) -> list[str]:
    return [one.text for one in made.elements if not one.hidden]


def nested(depth: int) -> list[bytes]:
    """Forms within forms, the outermost last."""
    forms = [stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")]
    for number in range(3, 3 + depth):
        inner = b"/Resources<</XObject<</F %d 0 R>>>>" % number
        forms.append(stream(b"/F Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]" + inner))
    return forms


@ENGINES
def test_a_line_of_glyphs_without_width_costs_itself(engine: str, tmp_path: Path) -> None:
    narrow = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 47/LastChar 47/Widths[0]>>"
    content = (
        b"BT /F 12 Tf 20 260 Td (The first line.) Tj ET BT /N 12 Tf 20 220 Td (/) Tj ET"
        b" BT /F 12 Tf 20 180 Td (The last line.) Tj ET"
    )
    made = read(
        tmp_path, raw_pdf([content], b"/Font<</F 3 0 R/N 4 0 R>>", [HELVETICA, narrow], 1), engine
    )
    assert {"The first line.", "The last line."} <= set(seen(made))


def test_a_page_that_cannot_be_read_costs_itself_and_becomes_a_child(tmp_path: Path) -> None:
    forms = nested(300)
    resources = b"/Font<</H %d 0 R>>/XObject<</F %d 0 R>>" % (3 + len(forms), 2 + len(forms))
    texts = [b"BT /H 12 Tf 20 100 Td (Page %d of the minutes.) Tj ET" % n for n in (1, 2, 3)]
    texts[1] += b" /F Do"
    made = read(tmp_path, raw_pdf(texts, resources, [*forms, HELVETICA], 3))
    assert seen(made) == ["Page 1 of the minutes.", "Page 3 of the minutes."]
    assert [child.name for child in made.children] == ["page 2.pdf"]
    assert made.metadata["text_layer"] == "1: sound; 2: unreadable; 3: sound"
    (unread,) = [one for one in made.page_metadata if one.name == "unread"]
    assert unread.page == 2
    assert "stack overflow" in unread.value


def test_a_document_without_a_readable_page_fails_for_the_reason_of_the_first(
    tmp_path: Path,
) -> None:
    forms = nested(300)
    resources = b"/XObject<</F %d 0 R>>" % (2 + len(forms))
    with pytest.raises(LimitExceeded):
        read(tmp_path, raw_pdf([b"/F Do", b"/F Do"], resources, forms, 2))


@ENGINES
def test_text_in_a_type_3_font_is_seen_where_its_strokes_are_painted(
    engine: str, tmp_path: Path
) -> None:
    content = (
        b"BT /T 20 Tf 40 200 Td (ABB) Tj ET BT /F 12 Tf 40 120 Td (The office is closed.) Tj ET"
        b" BT 3 Tr /T 20 Tf 40 60 Td (BB) Tj ET"
    )
    objects = [HELVETICA, TYPE_3, GLYPH, TO_UNICODE]
    made = read(tmp_path, raw_pdf([content], b"/Font<</F 3 0 R/T 4 0 R>>", objects, 1), engine)
    assert seen(made) == ["OFF", "The office is closed."]
    assert {one.text: one.hidden for one in made.elements if one.hidden} == {"FF": "invisible"}


@ENGINES
@pytest.mark.parametrize("claimed", [-3, 0])
def test_a_page_tree_that_claims_no_pages_is_counted_anew(
    engine: str, claimed: int, tmp_path: Path
) -> None:
    pages = [b"BT /F 12 Tf 20 260 Td (%s) Tj ET" % text for text in (b"One.", b"Two.", b"Three.")]
    made = read(tmp_path, raw_pdf(pages, b"/Font<</F 3 0 R>>", [HELVETICA], claimed), engine)
    assert seen(made) == ["One.", "Two.", "Three."]
    assert made.pages == 3


@ENGINES
def test_lines_beside_the_page_by_the_thousand_are_told_apart(engine: str, tmp_path: Path) -> None:
    rows = b"".join(
        b"1 0 0 1 %d %d Tm (outside %d) Tj " % (600 + 90 * (n % 9), -3 * n, n) for n in range(2000)
    )
    content = b"BT /F 9 Tf 1 0 0 1 20 260 Tm (Words on the page.) Tj " + rows + b"ET"
    made = read(tmp_path, raw_pdf([content], b"/Font<</F 3 0 R>>", [HELVETICA], 1), engine)
    assert seen(made) == ["Words on the page."]
    apart = " ".join(one.text for one in made.elements if one.hidden)
    assert apart.count("outside") == 2000


def test_a_line_whose_spaces_are_painted_apart_stays_one_line(tmp_path: Path) -> None:
    # "One ends. " is 58.7 points wide in Helvetica of 12 points.
    spaces = b"".join(b"BT /T 12 Tf 1 0 0 1 %d 260 Tm ( ) Tj ET " % x for x in (41, 130, 160))
    words = (
        b"BT /F 12 Tf 1 0 0 1 20 260 Tm (One ends. ) Tj ET "
        + spaces
        + b"BT /F 12 Tf 1 0 0 1 78.7 260 Tm (Another begins.) Tj ET"
    )
    times = HELVETICA.replace(b"Helvetica", b"Times-Roman")
    file = tmp_path / "made.pdf"
    file.write_bytes(raw_pdf([words], b"/Font<</F 3 0 R/T 4 0 R>>", [HELVETICA, times], 1))
    with contextlib.closing(MuPdf(file, None)) as engine:
        assert [line.text for line in engine.page(0).lines] == ["One ends. Another begins."]
