"""What is no text to read, and what only looks like it."""

from __future__ import annotations

import pytest

from benchmarks.curation import flags_of
from doclake.settings.curation import HeuristicsSettings

_PROSE = (
    "The pump in the mill was replaced in May, and the old one is kept as a spare in the shed. "
)
_KOREAN = "방앗간의 펌프를 5월에 바꾸었고, 옛 펌프는 예비로 헛간에 둔다. "


def _flags(text: str, language: str = "en", **more) -> tuple[str, ...]:
    settings = HeuristicsSettings(**more.pop("settings", {}))
    return flags_of("heuristics", {"text": text, "language": language, **more}, settings)


@pytest.mark.parametrize(
    ("flag", "text", "language"),
    [
        ("repeated_words", _PROSE * 6, "en"),
        ("repeated_words", _KOREAN * 6, "ko"),
        ("repeated_lines", "The page is missing.\n" * 6, "en"),
        ("word_lengths", " ".join("대한민국은민주공화국이다모든국민은법앞에평등하다"), "ko"),
        ("word_lengths", _PROSE.replace(" ", "") * 3, "en"),
        ("symbols", "#pump #valve " * 15, "en"),
        (
            "no_stop_words",
            "cheap hotel villa Bali resort beach tour flight " * 1 + "deal " * 40,
            "en",
        ),
        (
            "cut_lines",
            "The pump was replaced...\nThe valve leaks a little…\nIt rains...\nSo?",
            "en",
        ),
        ("placeholder", "Lorem ipsum dolor sit amet, consectetur.", "en"),
        ("long_words", "QUJD" * 60, "en"),
        ("numbers", "0.12\t0.53\t0.99\n" * 8, "en"),
        ("garbage", "Thc f0rk1ift ch@rge5 be5t ovcrr|ight at a curr¬ent 0f 5ixty", "en"),
        ("garbage", "방앗ㅡ뷁의 펌ㅍㅡ를 5월뙗 바꾸ㅓㅆ고, 옛 펌쀍는 예비ㄹㅗ 헛뷁에 둔뙗.", "ko"),
        ("mojibake", _KOREAN.encode().decode("latin-1"), None),
        ("mojibake", "caf\u00c3\u00a9 \u00e2\u20ac\u201c the owner\u00e2\u20ac\u2122s soup", "en"),
        ("contents", "Safety .... 3\nSet-up .... 9\nUse .... 12\nCare .... 40", "en"),
        ("contents", "목차\n안전 3\n설치 9\n운전 12\n정비 40", "ko"),
        ("index", "Index\nfan, 3\nhose, 9, 12\npump, 5\nvalve, 12–15", "en"),
        ("no_words", "----- \n ***", None),
    ],
)
def test_what_is_wrong_is_named(flag, text, language):
    assert flag in _flags(text, language)


@pytest.mark.parametrize(
    "text",
    [
        "Year\tCatch\tBoats\n"
        + "\n".join(f"{year}\t{year * 7}\t{year % 50}" for year in range(1990, 2015)),
        "Coffee ...... 4\nTea ...... 3\nSoup ...... 9\nRice ...... 2\nEggs ...... 5",
        "def f(x):\n    # doubles x\n    return 2 * x\n\nclass A:\n    pass",
        "x = (−b ± √(b² − 4ac)) / 2a, where a > 0 and D = b² − 4ac; the roots of f are real.",
        "- yes\n- no\n- yes\n- no",
        "12 Mill Lane\nPlymouth PL1 3AB\n01752 555 019",
        "BRCA1 c.68_69delAG, TP53 p.R175H and HER2 were tested by PCR in 40 patients.",
    ],
)
def test_tables_prices_code_formulas_and_addresses_are_good(text):
    assert _flags(text) == ()


def test_the_heading_above_says_that_lines_are_a_contents():
    lines = "Safety\t3\nSet-up\t9\nUse\t12\nCare\t40"
    assert _flags(lines) == ()
    assert _flags(lines, section=["Manual", "Contents"]) == ("contents",)


def test_a_threshold_may_be_changed():
    text = _PROSE * 2 + "It was painted red by two men from the harbour who had nothing else to do."
    assert _flags(text) == ("repeated_words",) or _flags(text) == ()
    assert _flags(text, settings={"repeated_words": 0.1}) == ("repeated_words",)
    assert _flags(text, settings={"repeated_words": 0.9}) == ()
