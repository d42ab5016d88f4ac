"""Dot leaders: rows of dots that lead the eye from a label to its value. They are no words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page_tables.rows import Row

_DOTS = re.compile(r"[.·‧∙•…‥_]+")
_TRAILING = re.compile(r"(?<=[^\s.·‧∙•…‥_])(?:[.·‧∙•‥_]{4,}|…{2,})$")
_FEWEST = 4  # dots in a row: three may be a value that is not known
_PAGE = re.compile(r"\d{1,4}|[ivxlc]{1,7}", re.IGNORECASE)
Leader = tuple[float, float]
"""Where a leader begins, and its middle height."""


def without(words: Sequence[Word]) -> tuple[list[Word], list[Leader]]:
    """The words without leaders, and the leaders."""
    dots = [word for word in words if _DOTS.fullmatch(word[4])]
    runs = _runs(dots)
    dropped = {id(word) for run in runs for word in run}
    leaders = [(run[0][0], (run[0][1] + run[0][3]) / 2) for run in runs]
    kept: list[Word] = []
    for word in words:
        match = _TRAILING.search(word[4]) if word[4][-1:] in ".·‧∙•…‥_" else None
        if id(word) in dropped:
            continue
        if match is None:
            kept.append(word)
            continue
        x0, y0, x1, y1, text = word
        end = x0 + (x1 - x0) * match.start() / len(text)
        kept.append((x0, y0, end, y1, text[: match.start()]))
        leaders.append((end, (y0 + y1) / 2))
    return kept, leaders


def _runs(dots: Sequence[Word]) -> list[list[Word]]:
    """Dots on one line, close to one another, of which there are enough."""
    runs: list[list[Word]] = []
    for word in sorted(dots, key=lambda word: (round(word[1] + word[3]), word[0])):
        last = runs[-1][-1] if runs else None
        height = word[3] - word[1]
        if (
            last is not None
            and abs(last[1] + last[3] - word[1] - word[3]) < height
            and 0 <= word[0] - last[0] < 2 * height
        ):
            runs[-1].append(word)
        else:
            runs.append([word])
    return [run for run in runs if sum(map(_dots, run)) >= _FEWEST]


def _dots(word: Word) -> int:
    return len(word[4]) + 2 * word[4].count("…")


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
