"""Light text on dark areas, drawn here."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageOps

from doclake.extract.ocr import inverted_areas
from tests.extract.ocr.test_scanned_tables import (
    EXPORTS,
    HEIGHT,
    LEFT,
    TOP,
    WIDTH,
    cells,
    elements_of,
    page_with,
    tables,
    수출,
)
from tests.extract.scanned import ENGLISH, KOREAN, drawn


def with_dark(rows: list[list[str]], first: int, last: int) -> Image.Image:
    """A page with a ruled table, the colours of some of its rows turned round."""
    page = page_with(rows, ruled=True)
    scale = 200 / 72
    edges = (LEFT, TOP + first * HEIGHT, LEFT + 3 * WIDTH, TOP + last * HEIGHT)
    box = tuple(round(edge * scale) for edge in edges)
    page.paste(ImageOps.invert(page.crop(box)), box[:2])
    return page


@pytest.mark.parametrize("rows", [EXPORTS, 수출], ids=["English", "Korean"])
@pytest.mark.parametrize("last", [1, 4], ids=["head", "all rows"])
def test_dark_rows_of_a_table_are_read_with_the_light_ones(
    rows: list[list[str]], last: int
) -> None:
    (table,) = tables(elements_of(with_dark(rows, 0, last)))
    assert cells(table) == rows


@pytest.mark.parametrize("texts", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_a_page_of_dark_on_light_is_left_as_it_is(texts: list[str]) -> None:
    page = drawn([texts], 200)
    assert inverted_areas.inverted(page, 200) is page


def test_bars_without_text_and_frames_are_left_as_they_are() -> None:
    page = Image.new("L", (1200, 900), 255)
    draw = ImageDraw.Draw(page)
    draw.rectangle((100, 100, 600, 140), fill=0)
    draw.rectangle((100, 300, 1100, 800), outline=0, width=12)
    assert inverted_areas.inverted(page, 200) is page
