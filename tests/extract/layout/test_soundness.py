"""Which pages of a PDF have a text layer that can be believed."""

from __future__ import annotations

import pytest

from doclake.extract.layout.page import Line, Page, Picture
from doclake.extract.layout.soundness import is_hidden_layer, judge

WIDTH, HEIGHT = 600.0, 800.0
WHOLE = Picture((0, 0, WIDTH, HEIGHT), 2_000_000)
HALF = Picture((0, 0, WIDTH, HEIGHT / 4), 500_000)


def line(text: str, y: float, *, alpha: int = 255, hidden: str | None = None) -> Line:
    return Line(text, 50, y, 300, y + 10, 10, "Helvetica", alpha=alpha, hidden=hidden)


def page(*lines: Line, images: tuple[Picture, ...] = (WHOLE,)) -> Page:
    return Page(1, WIDTH, HEIGHT, lines=list(lines), images=list(images))


PROSE = [line("The lease ends on the last day of March.", 300 + 12 * i) for i in range(8)]


def test_a_scan_with_a_stamp_on_its_edge_is_an_image() -> None:
    stamped = page(line("Received 2024-03-01", 20), line("Page 3 of 9", 780))
    assert judge(stamped) == "image only"


@pytest.mark.parametrize(
    "sound",
    [
        page(line("Received 2024-03-01", 20), line("a caption on the picture", 400)),
        page(*[line("An exhibit", 10 + 10 * i) for i in range(7)]),
        page(line("Received 2024-03-01", 20), images=(HALF,)),
        page(line("Received 2024-03-01", 20), images=()),
        page(*PROSE),
    ],
    ids=["text in the middle", "more than stamps", "a small picture", "no picture", "prose"],
)
def test_text_that_is_no_stamp_is_the_text_of_its_page(sound: Page) -> None:
    assert judge(sound) == "sound"


def test_what_an_ocr_program_left_is_an_invisible_layer() -> None:
    left = [line("The lease ends on the last day of March.", 300, alpha=0)]
    assert judge(page(*left)) == "invisible text layer"
    assert judge(page(*left, images=())) == "sound"


def test_a_picture_with_all_its_text_hidden_beneath_is_read_as_a_picture() -> None:
    covered = [line("The lease ends in March.", 300 + 12 * i, hidden="covered") for i in range(4)]
    assert is_hidden_layer(page(*covered))
    assert not is_hidden_layer(page(*covered, line("Seen", 700)))
    assert not is_hidden_layer(page(*covered, images=(HALF,)))
    assert not is_hidden_layer(page(*covered, images=()))


def test_a_page_without_text_is_told_by_its_pictures() -> None:
    assert judge(page()) == "image only"
    assert judge(page(images=())) == "no text"


def test_letters_that_stand_for_nothing_known_are_no_text() -> None:
    unmapped = [line("\ue001\ue002\ue003\ue004 \ue005\ue006", 300 + 12 * i) for i in range(4)]
    assert judge(page(*unmapped)) == "garbage encoding"
    assert judge(page(*unmapped[:1], *PROSE)) == "sound"
