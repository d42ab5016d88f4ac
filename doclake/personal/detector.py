"""Finds personal data in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from doclake.personal.folding import fold
from doclake.personal.model import Candidate, Finding, Recogniser
from doclake.personal.networks import EMAIL, IP, MAC
from doclake.personal.numbers import IBAN, NAMED_NUMBERS, NUMBERS
from doclake.personal.phones import PHONE

VERSION = 1
"""Raised when other values would be found in the same text."""

_BEFORE, _AFTER = 40, 16  # characters in which a word speaks for a value
_SOME = re.compile(r"[\d@＠﹫]")
_NUMBER = re.compile(r"\d(?:[^\w]{0,4}[A-Z]?\d){5,}")
_MARGIN = 24  # characters beside six digits that may belong to the same value
_SIGNS = (EMAIL, MAC, *IP)
_NUMBERS = (IBAN, *NUMBERS[:3], PHONE, *NUMBERS[3:], *NAMED_NUMBERS)
"""Where two find something in one place, the one that comes first is right."""


def find(text: str, *, is_table: bool = False, before: str = "") -> list[Finding]:
    """What stands in the text, from its beginning to its end; nothing twice.

    Of a table, the cells of a row are parted by tabs and its rows by line ends; the first row and
    the cell before may say what a number is. So may the end of what stands `before` the text.
    """
    if not _SOME.search(text):
        return []
    folded, places = fold(text)
    lowered = _lowered(folded)
    around = _Around(lowered, before[-_BEFORE:].lower() + "\n", is_table)
    speaking = around.before + lowered
    found: list[Finding] = []
    parts = _numbers(folded)
    everything = [(0, len(folded))]
    for recogniser in (*_SIGNS, *(_NUMBERS if parts else ())):
        if recogniser.needs and not any(word in speaking for word in recogniser.needs):
            continue
        for start, end in everything if recogniser in _SIGNS else parts:
            for finding in _by(recogniser, folded, around, start, end):
                if not any(_overlap(finding, other) for other in found):
                    found.append(finding)
    spans = [
        Finding(f.kind, places[f.start], places[f.end - 1] + 1, f.confidence, f.value)
        for f in found
    ]
    return sorted(spans, key=lambda finding: finding.start)


def _overlap(one: Finding, other: Finding) -> bool:
    return one.start < other.end and other.start < one.end


def _numbers(text: str) -> list[tuple[int, int]]:
    """Where six digits follow each other, however parted, with what stands beside them."""
    parts: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(text):
        start, end = max(0, match.start() - _MARGIN), match.end() + _MARGIN
        while end < len(text) and not text[end].isspace():
            end += 1
        if parts and start <= parts[-1][1]:
            start = parts.pop()[0]
        parts.append((start, min(end, len(text))))
    return parts


class _Around(NamedTuple):
    """What may speak for a value: the text in small letters, and what stands before it."""

    text: str
    before: str
    is_table: bool

    def candidate(self, match: re.Match[str]) -> Candidate:
        start, end = match.span()
        row = self.text.rfind("\n", 0, start) + 1 if self.is_table else 0
        header = _header(self.text, row, start) if row else ""
        before = self.text[max(row, start - _BEFORE) : start]
        if not row and start < _BEFORE:
            before = (self.before + before)[-_BEFORE:]
        return Candidate(match, before, self.text[end : end + _AFTER], header)


def _lowered(text: str) -> str:
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text  # of few letters, the small one is two


def _by(
    recogniser: Recogniser, text: str, around: _Around, begin: int, stop: int
) -> Iterator[Finding]:
    for match in recogniser.pattern.finditer(text, begin, stop):
        judged = recogniser.judge(around.candidate(match))
        if judged is not None:
            yield Finding(recogniser.kind, *match.span(), *judged)


def _header(table: str, row: int, place: int) -> str:
    """The cell in the first row of the column in which a place stands, in the row that begins at
    `row`."""
    column = table.count("\t", row, place)
    cells = table[: table.find("\n")].split("\t")
    return cells[column] if column < len(cells) else ""
