"""Dot leaders: rows of dots that lead the eye from a label to its value. They are no words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page_tables.rows import Row

_DOTS = re.compile(r"[.·‧∙•…‥_]+")
_BEFORE = re.compile(r"[.·‧∙•‥_]+(?=\w)")
_AFTER = re.compile(r"(?<=[^\s.·‧∙•…‥_])(?:[.·‧∙•‥_]{4,}|…{2,})$")
_FEWEST = 4  # dots in a row: three may be a value that is not known
_APART = 1.5  # text heights between two dots of a leader, at most
_PAGE = re.compile(r"\d{1,4}|[ivxlc]{1,7}", re.IGNORECASE)
Leader = tuple[float, float]
"""Where a leader begins, and its middle height."""


def without(words: Sequence[Word]) -> tuple[list[Word], list[Leader]]:
    """The words without leaders, and the leaders."""
    runs = _runs([word for word in words if _DOTS.fullmatch(word[4])])
    dots = {id(word) for run in runs for word in run}
    leaders = [(run[0][0], (run[0][1] + run[0][3]) / 2) for run in runs]
    kept: list[Word] = []
    for word in words:
        if id(word) in dots:
            continue
        x0, y0, x1, y1, text = word
        before, after = _BEFORE.match(text), _AFTER.search(text)
        width = (x1 - x0) / max(len(text), 1)
        if after is not None:
            x1, text = x0 + width * after.start(), text[: after.start()]
            leaders.append((x1, (y0 + y1) / 2))
        elif before is not None and _follows(word, runs):
            x0, text = x0 + width * before.end(), text[before.end() :]
        kept.append((x0, y0, x1, y1, text))
    return kept, leaders


def _runs(dots: Sequence[Word]) -> list[list[Word]]:
    """Dots on one line, close to one another: enough of them, or each a word of its own."""
    runs: list[list[Word]] = []
    for word in sorted(dots, key=lambda word: (round(word[1] + word[3]), word[0])):
        last = runs[-1][-1] if runs else None
        height = word[3] - word[1]
        if (
            last is not None
            and abs(last[1] + last[3] - word[1] - word[3]) < height
            and 0 <= word[0] - last[2] < _APART * height
        ):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [
        run
        for run in runs
        if sum(map(_count, run)) >= _FEWEST or all(word[4] == "." for word in run)
    ]


def _count(word: Word) -> int:
    return len(word[4]) + 2 * word[4].count("…")


def _follows(word: Word, runs: Sequence[Sequence[Word]]) -> bool:
    """Does the dot that a word begins with continue a leader, at the same distance?"""
    for run in runs:
        steps = [after[0] - before[0] for before, after in pairwise(run)]
        step = steps[-1] if steps else 0.6 * (word[3] - word[1])
        level = abs(run[-1][1] - word[1]) < 0.3 * (word[3] - word[1])
        if level and 0 < word[0] - run[-1][0] < 1.2 * step:
            return True
    return False


def is_contents(data: Sequence[Row], leaders: Sequence[Leader]) -> bool:
    """Do leaders lead to numbers of pages, one for each row, that do not fall?"""
    led = 0
    numbers: list[str] = []
    for row in data:
        starts = [x for x, y in leaders if row.y0 < y < row.y1 and row.x0 < x < row.x1]
        led += bool(starts)
        values = [segment for segment in row.segments if starts and segment.x0 > min(starts)]
        if len(values) == 1 and len(values[0].words) == 1:
            numbers.append(values[0].words[0][4])
    pages = [int(number) for number in numbers if number.isdecimal() and len(number) < 5]
    named = sum(bool(_PAGE.fullmatch(number)) for number in numbers)
    falls = sum(after < before for before, after in pairwise(pages))
    return led * 2 >= len(data) and named > 0.7 * led and falls * 5 <= len(pages)
