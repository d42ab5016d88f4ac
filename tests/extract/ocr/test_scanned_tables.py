"""Tables in pictures of pages: drawn here, read back by OCR as tables."""

from __future__ import annotations

import pymupdf
import pytest
from PIL import Image, ImageDraw

from doclake.extract.formats.pdf import reading
from doclake.extract.model import Element
from doclake.extract.ocr import reader, ruling_lines, scanned_pages
from tests.extract.scanned import require_models

Row = list[str]
ABOVE = "The office keeps a list of what was sent abroad in each quarter of the last year."
아래 = "사분기의 수는 어림한 것이며 다음 보고서에서 고칠 것이다."
위 = "사무소는 지난해 분기마다 나라 밖으로 보낸 물건의 목록을 만든다."
BELOW = "Figures of the fourth quarter are estimates and will be replaced in the next report."
EXPORTS = [
    ["Product", "First quarter", "Second quarter"],
    ["Dried fish", "1,204", "1,377"],
    ["Green tea", "862", "915"],
    ["Salt", "3,310", "2,987"],
]
수출 = [
    ["품목", "일분기", "이분기"],
    ["마른 생선", "1204", "1377"],
    ["녹차", "862", "915"],
    ["천일염", "3310", "2987"],
]
WIDTH, HEIGHT, LEFT, TOP = 150, 26, 72, 130


def page_with(
    rows: list[Row], *, ruled: bool, merged: bool = False, angle: float = 0.0, dpi: int = 200
) -> Image.Image:
    """A page: a sentence, a table, a sentence. `merged`: the first row is one cell."""
    doc = pymupdf.open()
    page = doc.new_page()
    font = "helv" if rows[-1][0].isascii() else "korea"
    above, below = (ABOVE, BELOW) if font == "helv" else (위, 아래)
    page.insert_text((LEFT, 100), above, fontname=font, fontsize=11)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            x, y = LEFT + c * WIDTH, TOP + r * HEIGHT
            page.insert_text(
                (x + 6, y + 17), text, fontname="helv" if text.isascii() else "korea", fontsize=11
            )
            if ruled:
                right = x + WIDTH * (len(rows[-1]) if merged and not r else 1)
                page.draw_rect((x, y, right, y + HEIGHT), width=0.8)
    bottom = TOP + len(rows) * HEIGHT + 30
    page.insert_text((LEFT, bottom), below, fontname=font, fontsize=11)
    pixels = page.get_pixmap(dpi=dpi, colorspace="gray", alpha=False)
    picture = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
    return picture.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=255)


def elements_of(picture: Image.Image, dpi: int = 200) -> list[Element]:
    require_models()
    page = scanned_pages.page_of(
        1, reader.read(picture, ("kor", "eng"), dpi), dpi, find_tables=True
    )
    return reading.extraction_of([page]).elements


def cells(element: Element) -> list[Row]:
    rows = [line.strip("| ").split(" | ") for line in element.text.splitlines()]
    return [[cell.strip() for cell in row] for row in [rows[0], *rows[2:]]]


def tables(found: list[Element]) -> list[Element]:
    return [one for one in found if one.type == "Table"]


def test_a_ruled_table_keeps_its_cells_and_the_text_around_it_is_not_repeated() -> None:
    found = elements_of(page_with(EXPORTS, ruled=True))
    assert [one.type for one in found] == ["NarrativeText", "Table", "NarrativeText"]
    assert [found[0].text, found[2].text] == [ABOVE, BELOW]
    assert cells(found[1]) == EXPORTS


def test_a_ruled_korean_table_is_read_cell_by_cell() -> None:
    (table,) = tables(elements_of(page_with(수출, ruled=True)))
    assert cells(table) == 수출


def test_korean_labels_on_an_english_page_are_read_as_korean() -> None:
    rows = [["Item", "First quarter"], ["품목", "1204"], ["천일염", "3310"]]
    (table,) = tables(elements_of(page_with(rows, ruled=True)))
    assert cells(table) == rows


@pytest.mark.parametrize("dpi", [150, 400])
def test_a_table_is_found_at_other_resolutions(dpi: int) -> None:
    (table,) = tables(elements_of(page_with(EXPORTS, ruled=True, dpi=dpi), dpi))
    assert cells(table) == EXPORTS


def test_a_leaning_page_keeps_its_table() -> None:
    (table,) = tables(elements_of(page_with(EXPORTS, ruled=True, angle=2.0)))
    assert cells(table) == EXPORTS


def test_a_cell_over_several_columns_keeps_its_span() -> None:
    (table,) = tables(
        elements_of(page_with([["Exports in tons"], *EXPORTS], ruled=True, merged=True))
    )
    assert table.html and '<th colspan="3">Exports in tons</th>' in table.html


def test_columns_without_lines_are_a_table() -> None:
    (table,) = tables(elements_of(page_with(EXPORTS, ruled=False)))
    assert cells(table) == EXPORTS


def test_a_table_tells_how_sure_its_letters_are() -> None:
    (table,) = tables(elements_of(page_with(EXPORTS, ruled=True)))
    assert table.confidence is not None and 0.7 < table.confidence < 1.0


def test_bars_of_a_chart_and_large_letters_are_no_ruling_lines() -> None:
    picture = Image.new("L", (1200, 800), 255)
    draw = ImageDraw.Draw(picture)
    for index in range(1, 6):
        draw.rectangle((100 + 150 * index, 700 - 90 * index, 190 + 150 * index, 700), fill=60)
    draw.line((1100, 300, 1100, 380), fill=0, width=6)  # strokes that meet nothing
    draw.line((900, 100, 990, 100), fill=0, width=3)
    assert ruling_lines.find(picture, 200) == []


def test_lines_are_erased_and_nothing_else() -> None:
    picture = Image.new("L", (1200, 800), 255)
    draw = ImageDraw.Draw(picture)
    draw.line((100, 100, 900, 100), fill=0, width=3)
    draw.rectangle((300, 300, 330, 330), fill=0)
    left = ruling_lines.erased(picture, ruling_lines.find(picture, 200))
    assert left.crop((0, 0, 1200, 200)).getextrema() == (255, 255)
    assert left.getpixel((315, 315)) == 0
