"""Fields of Word that draw what they store nowhere."""

from __future__ import annotations

import pytest

from doclake.extract.text.word_fields import drawn


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        (r' SYMBOL 254 \f "Wingdings" \s 12', "☑"),
        (r" SYMBOL 0xB0 \f Symbol ", "°"),
        (
            r' EQ \* jc0 \* "Font:MS Mincho" \* hps10 \o\ad(\s\up 9(とうきょう),東京)',
            "東京(とうきょう)",
        ),
        (r" EQ \f(1,2)", "1/2"),
        (r" EQ \r(3,x)", "3√x"),
        (r" EQ x\s\up8(2)", "x^2"),
        (' HYPERLINK "https://example.org"', ""),
        (" PAGE ", ""),
    ],
)
def test_what_a_field_draws(instruction: str, text: str) -> None:
    assert drawn(instruction) == text


def test_a_formula_without_end_ends() -> None:
    assert len(drawn(" EQ " + r"\f(" * 5000)) < 20_000
