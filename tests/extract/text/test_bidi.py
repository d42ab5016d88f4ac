"""The order of reading from the order on the page."""

from __future__ import annotations

import pytest

from doclake.extract.text import bidi


def read(shown: str, leftwards: bool = True) -> str:
    return "".join(text for _, text in bidi.in_reading_order([*shown], leftwards))


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("םלוע םולש", "שלום עולם"),
        ("5.3% גבא", "אבג 5.3%"),
        ("-5 גבא", "אבג 5-"),
        ("7 ,10-20 גבא", "אבג 10-20, 7"),
        ("C# ISO 9001 גבא", "אבג C# ISO 9001"),
        (")א(", "(א)"),
        ("(א)", "(א)"),
        ("1234-03 مقر", "رقم 03-1234"),
        ("١٢٣ مقر", "رقم ١٢٣"),
        ("\u200e2024/05 ,03 גבא", "אבג 03, 2024/05\u200e"),
    ],
)
def test_text_that_runs_leftwards_is_turned_and_its_numbers_are_not(shown: str, text: str) -> None:
    assert read(shown) == text


def test_a_quotation_in_a_latin_line_is_turned_alone() -> None:
    assert read("so (םלוע 12 םולש) it says", leftwards=False) == "so (שלום 12 עולם) it says"


def test_words_of_a_row_are_ordered_as_a_whole() -> None:
    words = ["2016", "Word", "עם", "מסמך"]
    assert [words[at] for at in bidi.order(words)] == ["מסמך", "עם", "2016", "Word"]
    assert bidi.order(["a", "b", "2"]) == [0, 1, 2]


def test_a_line_of_latin_words_among_hebrew_runs_leftwards_still() -> None:
    assert bidi.runs_leftwards("אבגד Microsoft", among=False) is False
    assert bidi.runs_leftwards("אבגדה Microsoft", among=True)
    assert not bidi.runs_leftwards("Microsoft Word א", among=True)
