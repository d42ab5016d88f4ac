"""From the lines of one column to rows, from rows to paragraphs, from a paragraph to its text."""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from doclake.extract.layout.page import Line
from doclake.extract.text import bidi

BULLET = re.compile(r"\s*(?:[•◦▪▫‣●○■□◆◇▶►➢➤✓✔❖⦁∙·※]|[\uf000-\uf0ff](?=\s)|[-–—*](?=\s))\s*")
NUMBERED = re.compile(
    r"\s*(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,5}[.)]|[①-⑳㉮-㉻]|[가나다라마바사아자차카타파하][.)])\s+"
)
ITEM = re.compile(rf"(?P<bullet>{BULLET.pattern})|{NUMBERED.pattern}")
_SENTENCE_END = re.compile(r"[.!?:。！？…][\"'”’)\]]*$")
LEADER = re.compile(r"\s*(?:[.·‧∙…]\s?){4,}\s*")
_CONTENTS_ENTRY = re.compile(r"(?:[.·‧∙…]\s?){4,}\s*[\divxlcIVXLC]{1,6}\s*$")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_SPACE, _SPACE_OF_TWO_SCRIPTS = 0.15, 0.3  # white between two words, in text sizes
_DOUBLE = 2.25  # text sizes from one row to the next where lines are set far apart
_EVEN = 0.15  # text sizes that such distances differ
_ROWS = 3  # of them that show it
_SHORT = 0.4  # share of the column's width that such a row may leave empty
_LETTERS, _LETTER_WHITE = 4, 1.3  # a word set letter by letter, and the white in it in text sizes
_ROW_GAP = 0.55  # white between two rows of one paragraph, in text sizes


@dataclass(slots=True, eq=False)
class Row:
    """Lines that share a baseline within a column."""

    lines: list[Line]
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    text: str
    font: str


@dataclass(slots=True, eq=False)
class Paragraph:
    """Rows from the top. `item`: the first row begins as a list item does."""

    rows: list[Row]
    x0: float
    y0: float
    x1: float
    y1: float
    item: bool = False

    @property
    def size(self) -> float:
        return max(self.rows, key=lambda row: len(row.text)).size

    @property
    def bold(self) -> bool:
        return all(row.bold for row in self.rows)

    @property
    def lines(self) -> list[Line]:
        return [line for row in self.rows for line in row.lines]


def rows(lines: Sequence[Line]) -> list[Row]:
    """Lines of one column, grouped by baseline and sorted from the top, in the order of reading."""
    if not lines:
        return []
    ordered = sorted(lines, key=lambda line: line.y0 + line.y1)
    groups: list[list[Line]] = []
    for line in ordered:
        if groups and line.y0 < groups[-1][-1].y1 and _same_row(groups[-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_row(group) for group in groups]


def _same_row(group: list[Line], line: Line) -> bool:
    last = group[-1]
    overlap = min(last.y1, line.y1) - max(last.y0, line.y0)
    if overlap < 0.5 * min(last.y1 - last.y0, line.y1 - line.y0):
        return False
    return all(other.x1 <= line.x0 + 1 or line.x1 <= other.x0 + 1 for other in group)


def _row(group: list[Line]) -> Row:
    if len(group) == 1:
        line = group[0]
        edges = line.x0, line.y0, line.x1, line.y1
        return Row(group, *edges, line.size, line.bold, line.text, line.font)
    group.sort(key=lambda line: line.x0)
    group = [group[at] for at in bidi.order([line.text for line in group])]
    main = max(group, key=lambda line: len(line.text))
    texts = [line.text for line in group]
    between = _between_letters(group)
    if between is not None:
        texts = [text.strip() for text in texts]
    parts = [texts[0]]
    for before, line, text in zip(group, group[1:], texts[1:], strict=False):
        least = _SPACE_OF_TWO_SCRIPTS if _of_two_scripts(before.text, line.text) else _SPACE
        white = max(line.x0 - before.x1, before.x0 - line.x1)
        close = white < (between or least * main.size)
        spaced = parts[-1].endswith((" ", "\u00a0")) or text.startswith((" ", "\u00a0"))
        parts.append(text if close or spaced else " " + text)
    return Row(
        group,
        min([line.x0 for line in group]),
        min([line.y0 for line in group]),
        max([line.x1 for line in group]),
        max([line.y1 for line in group]),
        main.size,
        all(line.bold for line in group),
        "".join(parts),
        main.font,
    )


def _between_letters(group: Sequence[Line]) -> float | None:
    """The widest white within a word, in points, if each letter of the row is a line by itself."""
    if len(group) < _LETTERS or not all(len(line.text.strip()) == 1 for line in group):
        return None
    if not all(line.text.strip().isalpha() for line in group):
        return None
    usual = statistics.median_low([after.x0 - line.x1 for line, after in itertools.pairwise(group)])
    size = group[0].size
    return usual + _SPACE * size if 0 < usual < _LETTER_WHITE * size else None


def _of_two_scripts(before: str, after: str) -> bool:
    """Do Hangul and a digit or Latin letter meet? The programs that set type put white there that
    is no space."""
    pair = before[-1] + after[0]
    return bool(_HANGUL.search(pair)) and any(one.isascii() and one.isalnum() for one in pair)


def group(lines: Sequence[Line]) -> list[Paragraph]:
    """Paragraphs of one column, from the top."""
    paragraphs: list[Paragraph] = []
    column = rows(lines)
    right = max([row.x1 for row in column], default=0.0)
    pitch = _pitch(column)
    leading = 0.0
    for row in column:
        current = paragraphs[-1] if paragraphs else None
        item = ITEM.match(row.text)
        if current is None or _begins(current, row, right, leading, pitch, item):
            paragraphs.append(Paragraph([row], row.x0, row.y0, row.x1, row.y1, item is not None))
            leading = 0.0
            continue
        leading = row.y1 - current.rows[-1].y1
        current.rows.append(row)
        if row.x0 < current.x0:
            current.x0 = row.x0
        if row.x1 > current.x1:
            current.x1 = row.x1
        if row.y1 > current.y1:
            current.y1 = row.y1
    return paragraphs


def _begins(
    current: Paragraph,
    row: Row,
    right: float,
    leading: float,
    pitch: float,
    item: re.Match[str] | None,
) -> bool:
    """Does this row begin a new paragraph?"""
    last = current.rows[-1]
    if is_contents_entry(last.text):
        return True
    size = last.size or 1.0
    if _apart(current, row, right, pitch):
        return True
    if leading and row.y1 - last.y1 > leading + 0.3 * size:
        return True
    if abs(row.size - size) > 0.12 * size and len(row.text) > 3 and len(last.text) > 3:
        return True
    if row.bold != last.bold and (last.bold or len(row.text.split()) < 12):
        return True
    if row.x0 > last.x1 or row.x1 < last.x0:
        return True
    if row.font != last.font and min(row.x1, last.x1) < right - 0.3 * (right - current.x0):
        return True
    if item and (item["bullet"] is not None or _near_left(current, row)):
        return True
    ended = _SENTENCE_END.search(last.text.rstrip()[-4:])
    if ended and last.x1 < right - 0.2 * (right - current.x0):
        return True
    if current.item:
        return len(current.rows) > 1 and row.x0 < current.rows[1].x0 - 0.7 * size
    indented = last.x0 + 0.8 * size < row.x0 < last.x0 + 5 * size
    if not indented:
        return False
    flush = len(current.rows) > 1 and abs(current.rows[-2].x0 - last.x0) < 0.3 * size
    return bool(ended) or flush


def _pitch(column: Sequence[Row]) -> float:
    """The distance of most rows of a column of prose, in points; 0 if there is none, or if it is
    wider than that of double-spaced text."""
    pairs = [
        (last, row)
        for last, row in itertools.pairwise(column)
        if abs(row.size - last.size) < 0.12 * last.size
    ]
    if len(pairs) < _ROWS or sum([runs_on(a.text, b.text) for a, b in pairs]) < len(pairs) / 3:
        return 0.0
    usual = statistics.median_low([row.y1 - last.y1 for last, row in pairs])
    size = statistics.median([row.size for row in column])
    even = sum([abs(row.y1 - last.y1 - usual) < _EVEN * size for last, row in pairs])
    return usual if even > len(pairs) / 2 and usual <= _DOUBLE * size else 0.0


def _apart(current: Paragraph, row: Row, right: float, pitch: float) -> bool:
    """Is there more white above a row than between two rows of a paragraph?"""
    last = current.rows[-1]
    size = last.size or 1.0
    gap = row.y0 - last.y1
    if -1.2 * size <= gap <= _ROW_GAP * size:
        return False
    even = abs(row.y1 - last.y1 - pitch) < _EVEN * size
    return not even or last.x1 < right - _SHORT * (right - current.x0)


def runs_on(before: str, text: str) -> bool:
    """Does a row go on with the sentence of the row before, as far as letters can tell?"""
    first = text.lstrip()[:1]
    ended = _SENTENCE_END.search(before.rstrip()[-4:])
    return not ended and (first.islower() or _HANGUL.match(first) is not None)


def is_contents_entry(text: str) -> bool:
    """Is it an entry of a table of contents: dots, then a page number?"""
    dotted = ".." in text or ". ." in text or "…" in text or "··" in text
    return dotted and _CONTENTS_ENTRY.search(text) is not None


def _near_left(current: Paragraph, row: Row) -> bool:
    return abs(row.x0 - current.rows[0].x0) < 2 * row.size
