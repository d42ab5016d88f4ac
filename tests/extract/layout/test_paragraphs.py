"""From lines to paragraphs: lines set far apart, and text in a font of fixed pitch."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pymupdf
import pytest

from tests.extract.typeset import ENGINES, of, read

PROSE = (
    "The harbour office measured the depth of the fairway (see chart 4) at nine stations in 1962, "
    "and the mean depth was 4.2 metres. The pilots had asked for it after two ships went aground. "
)
KOREAN = (
    "북쪽 부두의 임대는 올해 말에 끝나며 빌린 이가 밀린 돈을 모두 낸 때에는 한 번 더 늘릴 수 있다. "
)
TABLE = """\
STATION      DEPTH   WIDTH   YEAR
North quay     4.2      31   1962
South quay     3.9      28   1962
West mole      5.1      40   1963
East mole      4.8      37   1963"""
CODE = """\
def depth(station):
    for row in rows:
        if row.name == station:
            return row.depth"""


def typed(page: pymupdf.Page, y: float, text: str, pitch: float = 12, **font: object) -> float:
    """Set lines from a height on. Returns the height below them."""
    for line in text.split("\n"):
        if line.strip():
            page.insert_text((72, y), line, **{"fontname": "cour", "fontsize": 10, **font})
        y += pitch
    return y


@ENGINES
@pytest.mark.parametrize("pitch", [20.7, 24.0, 26.4])
def test_lines_set_far_apart_make_paragraphs_that_indents_begin(
    engine: str, pitch: float, tmp_path: Path
) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    y = 72.0
    for number in range(3):
        text = textwrap.fill(f"{number} of three. {PROSE}", 64, initial_indent=" " * 9)
        y = typed(page, y, text, pitch, fontname="tiro", fontsize=12)
    texts = [one.text for one in of(read(doc, tmp_path, pdf_engine=engine), "NarrativeText")]
    assert texts == [f"{number} of three. {PROSE.strip()}" for number in range(3)]


@ENGINES
def test_korean_lines_set_far_apart_make_paragraphs(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    writer, font = pymupdf.TextWriter(doc.new_page().rect), pymupdf.Font("korea")
    y = 90.0
    for _ in range(2):
        for line in textwrap.wrap(KOREAN * 3, 34):
            writer.append((72, y), line, font=font, fontsize=12)
            y += 24
        y += 14
    writer.write_text(doc[0])
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in of(made, "NarrativeText")] == [(KOREAN * 3).strip()] * 2


@ENGINES
def test_entries_set_far_apart_stay_apart(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    names = "North quay\nSouth quay and mole\nWest mole\nEast mole at the weir\nOld basin"
    typed(doc.new_page(), 80, names, 24, fontname="tiro", fontsize=12)
    assert len(read(doc, tmp_path, pdf_engine=engine).elements) == 5


@ENGINES
def test_a_typewritten_report_is_prose_with_its_tables(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    y = typed(page, 80, "REPORT ON THE FAIRWAY")
    y = typed(page, y + 12, textwrap.fill(PROSE, 70))
    y = typed(page, y + 12, TABLE)
    typed(page, y + 12, textwrap.fill(PROSE * 2, 70))
    made = read(doc, tmp_path, pdf_engine=engine)
    assert [one.text for one in of(made, "NarrativeText")][-2:] == [
        PROSE.strip(),
        (PROSE * 2).strip(),
    ]
    (table,) = of(made, "Table")
    assert "<td>South quay</td>" in (table.html or "") and "<td>3.9</td>" in (table.html or "")
    assert not of(made, "Code")


@ENGINES
def test_code_stays_code_beside_typewritten_prose(engine: str, tmp_path: Path) -> None:
    doc = pymupdf.open()
    page = doc.new_page()
    y = typed(page, 80, textwrap.fill(PROSE, 70))
    y = typed(page, y + 12, CODE)
    typed(page, y + 12, "$ doclake ingest --all\n$ doclake search 'harbour'")
    made = read(doc, tmp_path, pdf_engine=engine)
    assert of(made, "Code")[0].text == CODE
    assert len(of(made, "Code")) == 2
    assert [one.text for one in of(made, "NarrativeText")] == [PROSE.strip()]
