"""The columns of drawn pages: bars of ink as long as lines of text."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw

from doclake.extract.ocr import columns

WIDTH, HEIGHT = 1654, 2339
LEFT, RIGHT, TOP, BOTTOM = 140, 1514, 300, 2100
PITCH, INK = 34, 20


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    return picture, ImageDraw.Draw(picture)


def words(draw: ImageDraw.ImageDraw, y: int, extents: Sequence[tuple[int, int]]) -> None:
    for x0, x1 in extents:
        draw.rectangle((x0, y, x1, y + INK), fill=0)


def column_starts(number: int, gutter: int) -> list[int]:
    width = (RIGHT - LEFT - gutter * (number - 1)) / number
    return [round(LEFT + n * (width + gutter)) for n in range(number)]


def in_columns(number: int, gutter: int = 40, filled: float = 1.0) -> Image.Image:
    """Ragged lines of text in columns, `filled` of their width at most."""
    chance = random.Random(number)
    picture, draw = sheet()
    width = (RIGHT - LEFT - gutter * (number - 1)) // number
    for start in column_starts(number, gutter):
        for y in range(TOP, BOTTOM, PITCH):
            words(draw, y, [(start, start + int(width * filled * chance.uniform(0.75, 1)))])
    return picture


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_columns_of_running_text_are_read_one_by_one(number: int) -> None:
    assert len(columns.blocks(in_columns(number))) == number


def test_short_lines_in_narrow_columns_are_the_cells_of_a_table() -> None:
    chance = random.Random(7)
    picture, draw = sheet()
    for start in column_starts(5, 40):
        for y in range(TOP, BOTTOM, PITCH):
            words(draw, y, [(start, start + int(220 * chance.choice((0.2, 0.3, 0.4, 1.0))))])
    assert len(columns.blocks(picture)) == 1


def test_a_heading_whose_words_part_where_columns_do_stands_above_all_of_them() -> None:
    picture = in_columns(5)
    draw = ImageDraw.Draw(picture)
    second, third = column_starts(5, 40)[1:3]
    words(draw, 180, [(LEFT, second - 41), (second, third - 90), (third - 60, third + 200)])
    heading, *rest = columns.blocks(picture)
    assert heading[3] < TOP
    assert len(rest) == 5
