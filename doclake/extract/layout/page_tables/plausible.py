"""Whether rows that stand in columns are a table, not prose, a list, a chart or equations."""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Sequence

from doclake.extract.layout.page_tables.grid import column_of
from doclake.extract.layout.page_tables.rows import Row, Segment, value_share

FEWEST = 3
"""Tabular rows of a table, and equal steps of a scale."""
_SCALE = re.compile(r"-?\d+(?:\.\d+)?%?")
_MATHEMATICAL = re.compile(r"[\U0001d400-\U0001d7ff]")


def is_plausible(data: Sequence[Row], lanes: Sequence[float], valued: bool) -> bool:
    """Do enough rows fill several columns, with cells rather than prose?"""
    filled = []
    words = []
    for row in data:
        columns = {column_of(lanes, (s.x0 + s.x1) / 2) for s in row.segments}
        filled.append(len(columns))
        words += [len(segment.words) for segment in row.segments]
    if statistics.mean(filled) < 0.5 * (len(lanes) + 1):
        return False
    text = "".join([word[4] for row in data for word in row.words])
    if len(_MATHEMATICAL.findall(text)) > 0.15 * len(text):
        return False  # equations, aligned
    if statistics.mean(words) > 7 or (not valued and _prose(data)):
        return False
    if _is_chart(data):
        return False
    if len(lanes) == 1:
        if _axis(data):
            return False
        values = statistics.mean([value_share(row) for row in data])
        markers = [len(row.segments[0].words) == 1 and _marker(row) for row in data]
        return values > 0.6 and sum(markers) * 2 < len(data)
    return True


def _prose(data: Sequence[Row]) -> bool:
    """Do many segments begin in lower case, as lines of text do, or are they long?"""
    first = [segment.words[0][4][:1] for row in data for segment in row.segments]
    lengths = [len(segment.words) for row in data for segment in row.segments]
    lower = sum([letter.islower() for letter in first])
    return lower > 0.3 * len(first) or statistics.mean(lengths) > 4.5


def _is_chart(data: Sequence[Row]) -> bool:
    """Do the rows begin and end with the scales of a chart: numbers that fall by equal steps?"""
    return all(_is_scale([row.segments[end] for row in data]) for end in (0, -1))


def _is_scale(segments: Sequence[Segment]) -> bool:
    texts = [segment.words[0][4].replace(",", "") for segment in segments]
    numbers = [float(text.rstrip("%")) for text in texts if _SCALE.fullmatch(text)]
    steps = [before - after for before, after in itertools.pairwise(numbers)]
    even = [step for step in steps if step > 0 and abs(step - steps[0]) < 0.02 * step]
    return len(even) >= FEWEST and len(even) > 0.7 * (len(segments) - 1)


def _axis(data: Sequence[Row]) -> bool:
    """Are they numbers far from numbers, as the two scales of a chart are?"""
    scales = [
        all(len(s.words) == 1 and s.words[0][4][:1].isdigit() for s in row.segments)
        and row.segments[-1].x0 - row.segments[0].x1 > 0.5 * (row.x1 - row.x0)
        for row in data
    ]
    return sum(scales) > 0.7 * len(data)


def _marker(row: Row) -> bool:
    """Does the row begin as a list item: a bullet or a number, then the item?"""
    text = row.segments[0].words[0][4]
    return len(text) <= 4 and (not text[-1].isalnum() or len(row.segments[-1].words) > 4)
