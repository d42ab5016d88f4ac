"""Raised and lowered runs, as readers mark them."""

from __future__ import annotations

import pytest

from doclake.extract.text.cleaning import clean
from doclake.extract.text.scripts import subscript, superscript


@pytest.mark.parametrize(
    ("before", "text", "after", "shown"),
    [
        ("10", "6", " cells", "10^6 cells"),
        ("25 m", "2", " of", "25 m² of"),
        ("the 2", "nd", " pier", "the 2nd pier"),
        ("This Claim", "12", " stands", "This Claim [12] stands"),
        ("임금", "1)", "을", "임금 [1)]을"),
        ("", "1", " See below", "1 See below"),
        ("10", "6", "5", "10^6 5"),
        ("end", " ", "x", "end x"),
    ],
)
def test_raised_text_is_no_part_of_what_stands_before_it(
    before: str, text: str, after: str, shown: str
) -> None:
    assert clean(f"{before}{superscript(text)}{after}") == shown


def test_lowered_text_makes_no_other_number() -> None:
    assert clean(f"1010{subscript('2')} and H{subscript('2')}O") == "1010_2 and H2O"


def test_runs_that_touch_are_one() -> None:
    assert clean(f"10{superscript('-')}{superscript('12')} m") == "10^-12 m"


def test_a_fraction_keeps_its_distance_from_the_whole_number() -> None:
    assert clean(f"2{superscript('1')}/{subscript('2')} miles") == "2 1/2 miles"
