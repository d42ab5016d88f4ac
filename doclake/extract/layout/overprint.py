"""Text that is printed twice or more, a fraction of a letter apart, to look bold or to cast a
shadow: it stands once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from doclake.extract.layout.geometry import Word
from doclake.extract.layout.page import Line

_APART = 0.25  # text sizes between two prints of the same letters
_PART = 1.5  # the same for a part of a line, whose place is estimated
_CROWD = 200  # lines of one height, at most, that are compared with each other


def once(lines: Sequence[Line]) -> list[Line]:
    """Lines without those that print another again, as a whole or in part. Of two prints, the one
    painted last stays, in the place of the first, and is bold."""
    kept: list[Line | None] = []
    places: dict[tuple[str, int, int, int], int] = {}
    for line in lines:
        step = _APART * max(line.size, 1.0)
        column, row = round(line.x0 / step), round(line.y0 / step)
        near = [(x, y) for x in (column - 1, column, column + 1) for y in (row - 1, row, row + 1)]
        again = [places.get((line.text, line.turn, x, y)) for x, y in near]
        index = next((at for at in again if at is not None and _is_print(kept[at], line)), None)
        if index is None:
            index = len(kept)
            kept.append(line)
        else:
            kept[index] = _upper(kept[index], line)
        places[line.text, line.turn, column, row] = index
    whole = [line for line in kept if line is not None]
    parts = _parts(whole)
    return [line for line in whole if line not in parts] if parts else whole


def _is_print(first: Line | None, again: Line) -> bool:
    """Do the same letters end at the same place as well?"""
    reach = _APART * again.size
    return (
        first is not None and abs(first.size - again.size) < 1 and abs(first.x1 - again.x1) < reach
    )


def _upper(first: Line | None, again: Line) -> Line:
    assert first is not None
    upper = first if (first.alpha, first.order) > (again.alpha, again.order) else again
    upper.bold = True
    return upper


def _parts(lines: Sequence[Line]) -> set[Line]:
    """Lines that print some words of a longer line again."""
    by_height: defaultdict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.turn and line.size:
            by_height[round(line.y1 / 2)].append(line)
    parts: set[Line] = set()
    for height, level in by_height.items():
        beside = level + by_height.get(height + 1, [])
        if 1 < len(beside) <= _CROWD:
            beside.sort(key=lambda line: -len(line.text))
            for index, line in enumerate(beside):
                if any(_is_part(line, longer) for longer in beside[:index]):
                    parts.add(line)
    return parts


def _is_part(line: Line, longer: Line) -> bool:
    text = line.text.strip()
    at = longer.text.find(text)
    if at < 0 or len(line.text) == len(longer.text) or abs(line.size - longer.size) > 1:
        return False
    reach = _APART * line.size
    inside = longer.x0 - reach < line.x0 and line.x1 < longer.x1 + reach
    expected = longer.x0 + at / len(longer.text) * (longer.x1 - longer.x0)
    return (
        inside and abs(longer.y1 - line.y1) < reach and abs(expected - line.x0) < _PART * line.size
    )


def words_once(words: Sequence[Word]) -> list[Word]:
    """Words without those that print another again."""
    kept: list[Word] = []
    places: set[tuple[str, int, int]] = set()
    for word in words:
        x0, y0, _, y1, text = word
        step = max(_APART * (y1 - y0), 0.5)
        column, row = round(x0 / step), round(y0 / step)
        near = (
            (text, x, y) for x in range(column - 1, column + 2) for y in range(row - 1, row + 2)
        )
        if not any(place in places for place in near):
            kept.append(word)
        places.add((text, column, row))
    return kept
