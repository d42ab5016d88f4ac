"""The terms by which full text finds a passage."""

from __future__ import annotations

import pytest

from doclake.terms import names, spans, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Spade hangs.", ["the", "spade", "hangs"]),
        ("정원의 삽", ["정원", "원의", "삽"]),
        ("東京都に行く", ["東京", "京都", "都に", "に行", "行く"]),
        ("삼성A35폰", ["삼성", "a35", "폰"]),
        ("KX-2045-B", ["kx", "2045", "b", "kx-2045-b"]),
        ("KX-2045의 토크", ["kx", "2045", "kx-2045", "의", "토크"]),
        ("annual_report_2024.pdf", ["annual", "report", "2024", "pdf", "annual_report_2024.pdf"]),
        ("well-known", ["well", "known"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("—…!", []),
        ("", []),
    ],
)
def test_a_text_gives_words_pairs_of_wide_letters_and_whole_names(text, expected):
    assert terms(text) == expected


@pytest.mark.parametrize(
    "name",
    ["kx-2045-b", "0x80070057", "ora-00942", "server.conf", "max_tokens", "10.0.0.12", "20240117"],
)
def test_part_numbers_files_codes_and_addresses_are_names(name):
    assert names(f"What is {name.upper()}?") == {name}


@pytest.mark.parametrize(
    "plain",
    ["well-known", "in 2016", "3.5", "U.S.", "the 19th of May", "the 1990s", "10km", "e.g."],
)
def test_words_numbers_and_abbreviations_are_no_names(plain):
    assert names(plain) == set()


def test_a_name_is_found_where_it_stands_whatever_its_case_and_width():
    text = "설명서 M07에서 ＫＸ-2045, then kx-2045-b"
    found = [text[start:end] for start, end in spans(text, {"m07", "kx-2045"})]
    assert found == ["M07", "ＫＸ-2045"]
