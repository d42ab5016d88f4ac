"""The page of a contract works offline, shows every rule, and obeys nothing that a name says."""

from __future__ import annotations

import re

from doclake.contracts.model import Example
from doclake.contracts.page import Section, page
from doclake.contracts.tally import Tally

NAME = "<script src='https://example.org/x.js'></script>\u202e보고서.pdf"
RULES = {
    "long_enough": Tally("long_enough", "reject", 200, 3, 1, "characters", "min_value=20"),
    "in_korean": Tally("in_korean", "warn", 200, 0, 0, "share of Hangul", "min_value=0.5"),
}


def _page() -> str:
    RULES["long_enough"].examples = [Example(NAME, "a" * 32, "text_length=3")]
    return page("notes: contract of chunks", "Run 7", [Section("chunks", RULES)])


def test_each_rule_stands_there_with_its_severity_counts_and_examples(judge):
    text = " ".join(re.sub(r"<[^>]*>", " ", _page()).split())
    assert "200 rows judged: 1 of 2 rules are broken" in text
    assert "long_enough characters reject min_value=20 200 3 1.50% 1" in text
    assert "in_korean share of Hangul warn min_value=0.5 200 0 0.00%" in text
    assert "text_length=3" in text


def test_it_asks_for_nothing_and_runs_nothing(judge):
    html = _page()
    assert not re.search(r"<(script|link|img|iframe|object)|url\(|\bon\w+=", html)
    assert "default-src 'none'" in html
    assert "&lt;script" in html
    assert "\u202e" not in html
