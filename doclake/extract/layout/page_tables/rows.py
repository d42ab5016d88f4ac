"""From the words of a region to rows of segments, by which alignment is judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doclake.extract.layout.geometry import Word

_VALUE_START = re.compile(
    r"[$€£₩¥(\[+\-–—.<>≥≤±~]*\d|[†‡§*–—-]+$|n/?a$|na$|x$|✓|yes$|no$", re.IGNORECASE
)
_NUMBER = re.compile(r"[$€£(\[+\-–−<>≥≤~]*\d[\d.,:/\-–−]*[%)\]*†‡§a-e]*$|[†‡—–*]$")
_NUMBER_GAP = 0.5  # text sizes of white that separate two numbers
_LONG = 9  # words: a longer segment is prose


@dataclass(slots=True)
class Segment:
    """Words with no wide gap between them."""

    words: list[Word]
    x0: float
    x1: float


@dataclass(slots=True)
class Row:
    """Segments on one baseline. `tabular`: there are several and they are short, unlike prose."""

    segments: list[Segment]
    x0: float
    y0: float
    x1: float
    y1: float
    tabular: bool = False

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment.words]


def rows(words: Sequence[Word], gap: float = 0.9) -> list[Row]:
    """Rows from the top; a segment ends where the white is wider than `gap` text heights."""
    lines: list[list[Word]] = []
    top = bottom = float("-inf")
    for word in sorted(words, key=lambda w: w[1] + w[3]):
        _, y0, _, y1, _ = word
        if top <= (y0 + y1) / 2 <= bottom:
            overlap = (bottom if bottom < y1 else y1) - (top if top > y0 else y0)
            if overlap > 0.55 * (bottom - top) or overlap > 0.55 * (y1 - y0):
                lines[-1].append(word)
                continue
        lines.append([word])
        top, bottom = y0, y1
    return [_row(line, gap) for line in lines]


def _row(words: list[Word], gap: float) -> Row:
    words.sort()
    heights = sorted([word[3] - word[1] for word in words])
    size = 0.75 * heights[len(heights) // 2]
    last = Segment([words[0]], words[0][0], words[0][2])
    segments = [last]
    for word in words[1:]:
        white = word[0] - last.x1
        if white > gap * size or (
            white > _NUMBER_GAP * size
            and _NUMBER.match(word[4])
            and _NUMBER.match(last.words[-1][4])
        ):
            last = Segment([word], word[0], word[2])
            segments.append(last)
        else:
            last.words.append(word)
            if word[2] > last.x1:
                last.x1 = word[2]
    top, bottom = min([word[1] for word in words]), max([word[3] for word in words])
    return Row(segments, words[0][0], top, last.x1, bottom, _tabular(segments))


def _tabular(segments: Sequence[Segment]) -> bool:
    """Are there several short segments, rather than prose in one column or two?"""
    count = len(segments)
    if count < 2:
        return False
    lengths = sorted([len(segment.words) for segment in segments])
    if count == 2:
        return lengths[0] <= 4 and lengths[1] <= 2 * _LONG
    return lengths[(count - 1) // 2] <= _LONG // 2 + 1


def value_share(row: Row) -> float:
    """Share of the segments after the first that look like values."""
    values = row.segments[1:]
    if not values:
        return 0.0
    return sum([is_value(segment.words[0][4]) for segment in values]) / len(values)


def is_value(text: str) -> bool:
    """Does a text begin as numbers and other short values do?"""
    return bool(_VALUE_START.match(text))
