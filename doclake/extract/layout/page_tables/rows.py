"""From the words of a region to rows of segments, by which alignment is judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page_tables.strokes import Stroke

_VALUE_START = re.compile(
    r"[$€£₩¥(\[+\-–—.<>≥≤±~]*\d|[†‡§*–—-]+$|n/?a$|na$|x$|✓|yes$|no$", re.IGNORECASE
)
_NUMBER = re.compile(r"[$€£(\[+\-–−<>≥≤~]*\d[\d.,:/\-–−]*[%)\]*†‡§a-e]*$|[†‡—–*]$")
_CURRENCY = frozenset("$€£₩¥")
_YEAR = re.compile(r"(?:FY\s?)?(?:19|20)\d\d(?:[/–-]\d{2,4})?[:*†‡]?")
_COUNT = re.compile(r"[(\[]?(\d{1,2}|[a-z])[)\]]")
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


def rows(words: Sequence[Word], gap: float = 0.9, down: Sequence[Stroke] = ()) -> list[Row]:
    """Rows from the top. A segment ends where the white is wider than `gap` text heights and at the
    vertical rules `down`."""
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
    return [_row(line, gap, down) for line in lines]


def _row(words: list[Word], gap: float, down: Sequence[Stroke]) -> Row:
    words.sort()
    middle = (words[0][1] + words[0][3]) / 2
    walls = [wall.at for wall in down if wall.start <= middle <= wall.end]
    heights = sorted([word[3] - word[1] for word in words])
    size = 0.75 * heights[len(heights) // 2]
    last = Segment([words[0]], words[0][0], words[0][2])
    segments = [last]
    for word in words[1:]:
        before = last.words[-1]
        if _is_apart(before, word, gap * size, _NUMBER_GAP * size) or any(
            before[2] - 1 <= wall <= word[0] + 1 for wall in walls
        ):
            last = Segment([word], word[0], word[2])
            segments.append(last)
        else:
            last.words.append(word)
            if word[2] > last.x1:
                last.x1 = word[2]
    top, bottom = min([word[1] for word in words]), max([word[3] for word in words])
    return Row(segments, words[0][0], top, last.x1, bottom, _tabular(segments))


def _is_apart(before: Word, word: Word, wide: float, narrow: float) -> bool:
    """Do two words of a line stand in different cells?"""
    white = word[0] - before[2]
    if is_currency(before[4]) and _NUMBER.match(word[4]):
        return False  # in a column of amounts the sign stands at the left, its amount at the right
    if white > narrow and is_currency(word[4]):
        return True
    numbers = _NUMBER.match(word[4]) and _NUMBER.match(before[4])
    return white > (narrow if numbers else wide)


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
    return sum([_holds_values(segment) for segment in values]) / len(values)


def _holds_values(segment: Segment) -> bool:
    texts = [word[4] for word in segment.words if not is_currency(word[4])]
    if not texts:
        return True
    return is_value(texts[0]) and sum(map(is_value, texts)) * 2 >= len(texts)


def counts_columns(row: Row) -> bool:
    """Do years, or numbers in brackets, name the columns of this row?"""
    texts = [" ".join(word[4] for word in segment.words) for segment in row.segments[1:]]
    years = [text for text in texts if _YEAR.fullmatch(text)]
    counted = [text for text in texts if _COUNT.fullmatch(text)]
    return len(texts) > 1 and len(texts) in (len(set(years)), len(set(counted)))


def is_currency(text: str) -> bool:
    return text in _CURRENCY


def is_value(text: str) -> bool:
    """Does a text begin as numbers and other short values do?"""
    return bool(_VALUE_START.match(text))
