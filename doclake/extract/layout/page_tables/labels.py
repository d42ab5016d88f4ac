"""Labels of two lines: the values stand beside one of them, or half-way between both."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.layout.page_tables.rows import Row, Segment

_CLOSE = 0.92  # of the distance between two rows: lines of one label stand closer


def joined(lines: Sequence[Row], lanes: Sequence[float]) -> list[Row]:
    """Rows. The lines of one label, and the values beside them, are one."""
    if not lanes:
        return list(lines)
    spacing = _spacing(lines, lanes[0])
    rows: list[Row] = []
    index = 0
    while index < len(lines):
        if _is_centred(lines[index : index + 3], lanes[0]):
            upper, values, lower = lines[index : index + 3]
            rows.append(_one([upper, lower], values.segments, values))
            index += 3
        elif _leads(lines[index : index + 2], lanes[0], spacing):
            upper, lower = lines[index : index + 2]
            rows.append(_one([upper], lower.segments[1:], lower, lower.segments[0]))
            index += 2
        else:
            rows.append(lines[index])
            index += 1
    return rows


def _one(
    labels: Sequence[Row], values: Sequence[Segment], beside: Row, last: Segment | None = None
) -> Row:
    """One row of the lines of a label, the segment `last` among them, and the values."""
    words = [word for row in labels for word in row.words] + (last.words if last else [])
    label = Segment(words, min([word[0] for word in words]), max([word[2] for word in words]))
    rows = [*labels, beside]
    left, top = min([row.x0 for row in rows]), min([row.y0 for row in rows])
    right, bottom = max([row.x1 for row in rows]), max([row.y1 for row in rows])
    return Row([label, *values], left, top, right, bottom)


def _is_centred(rows: Sequence[Row], border: float) -> bool:
    """Do values stand half-way between the two lines of their label?"""
    if len(rows) < 3:
        return False
    upper, values, lower = rows
    labels = all(row.x1 < border + 1 for row in (upper, lower))
    return bool(
        labels and values.x0 > border - 1 and lower.middle - upper.middle < 1.5 * upper.height
    )


def _leads(rows: Sequence[Row], border: float, spacing: float) -> bool:
    """Is the first row the first line of a label whose values stand beside the second?"""
    if len(rows) < 2:
        return False
    upper, lower = rows
    if not _is_label(upper, border) or len(lower.segments) < 2 or not _has_label(lower, border):
        return False
    last, first = upper.words[-1][4], lower.words[0][4]
    if last.endswith((":", ".")) or lower.y0 - upper.y1 > 0.5 * upper.height:
        return False
    goes_on = first[:1].islower() or last.endswith((",", "-", "–"))
    close = lower.middle - upper.middle < _CLOSE * spacing
    return goes_on or (close and abs(lower.x0 - upper.x0) < 0.5 * upper.height)


def _is_label(row: Row, border: float) -> bool:
    return row.x1 < border + 1


def _has_label(row: Row, border: float) -> bool:
    return row.segments[0].x1 < border + 1


def _spacing(lines: Sequence[Row], border: float) -> float:
    """The usual distance between two rows of values; 0 if there are too few to tell."""
    steps = [
        below.middle - above.middle
        for above, below in pairwise(lines)
        if not _is_label(above, border) and not _is_label(below, border)
    ]
    return statistics.median(steps) if len(steps) > 1 else 0.0
