"""Words of a region to rows of segments: what alignment is judged on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doclake.extract.pdf.page import Word

_FIGURE = re.compile(
    r"[$€£₩¥(\[+\-–—.<>≥≤±~]*\d|[†‡§*–—-]+$|n/?a$|na$|x$|✓|yes$|no$", re.IGNORECASE
)
_VALUE = re.compile(r"[$€£(\[+\-–−<>≥≤~]*\d[\d.,:/\-–−]*[%)\]*†‡§a-e]*$|[†‡—–*]$")
_BETWEEN_VALUES = 0.5  # text sizes of white that part two numbers
_LONG = 9  # words: a longer segment is prose


@dataclass(slots=True)
class Segment:
    """Words with no wide gap between them."""

    words: list[Word]
    x0: float
    x1: float


@dataclass(slots=True)
class Row:
    segments: list[Segment]
    x0: float
    y0: float
    x1: float
    y1: float

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
    bounds: list[tuple[float, float]] = []
    for word in sorted(words, key=lambda w: w[1] + w[3]):
        middle = (word[1] + word[3]) / 2
        if lines and bounds[-1][0] <= middle <= bounds[-1][1] and _shares(bounds[-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
            bounds.append((word[1], word[3]))
    return [_row(line, gap) for line in lines]


def _shares(bounds: tuple[float, float], word: Word) -> bool:
    overlap = min(bounds[1], word[3]) - max(bounds[0], word[1])
    return overlap > 0.55 * min(bounds[1] - bounds[0], word[3] - word[1])


def _row(words: list[Word], gap: float) -> Row:
    words.sort()
    heights = sorted([word[3] - word[1] for word in words])
    size = 0.75 * heights[len(heights) // 2]
    segments = [Segment([words[0]], words[0][0], words[0][2])]
    for word in words[1:]:
        last = segments[-1]
        both = _VALUE.match(word[4]) and _VALUE.match(last.words[-1][4])
        if word[0] - last.x1 > (_BETWEEN_VALUES if both else gap) * size:
            segments.append(Segment([word], word[0], word[2]))
        else:
            last.words.append(word)
            last.x1 = max(last.x1, word[2])
    top, bottom = min([word[1] for word in words]), max([word[3] for word in words])
    return Row(segments, words[0][0], top, segments[-1].x1, bottom)


def tabular(row: Row) -> bool:
    """Several short segments: not prose, not two columns of it."""
    count = len(row.segments)
    if count < 2:
        return False
    lengths = sorted([len(segment.words) for segment in row.segments])
    if count == 2:
        return lengths[0] <= 4 and lengths[1] <= 2 * _LONG
    return lengths[(count - 1) // 2] <= _LONG // 2 + 1


def figures(row: Row) -> float:
    """Share of the segments after the first that look like values."""
    values = row.segments[1:]
    if not values:
        return 0.0
    return sum([bool(_FIGURE.match(segment.words[0][4])) for segment in values]) / len(values)
