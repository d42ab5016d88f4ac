"""The reading order of the shapes of a slide.

Shapes are stored in the order in which they were made, which is also their accessible order. That
order counts as long as nobody could read the slide otherwise; where a later shape clearly stands
before an earlier one, the places of all shapes decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from doclake.extract.layout.geometry import Box

Shape = TypeVar("Shape")
_SLACK = 2.0  # points by which shapes may overlap that stand below or beside each other
_LEVEL = 0.5  # share of the lower height that shapes beside each other have in common
_MOST = 500  # shapes; a slide with more is a drawing


def ordered(shapes: Sequence[tuple[Box | None, Shape]], *, leftwards: bool = False) -> list[Shape]:
    """The shapes in reading order. One without a place stays behind the one before it. `leftwards`:
    the slide is in Hebrew, Arabic or the like, and its first column stands on the right."""
    if leftwards:
        shapes = [(box and (-box[2], box[1], -box[0], box[3]), shape) for box, shape in shapes]
    groups: list[tuple[Box | None, list[Shape]]] = []
    for box, shape in shapes:
        if box is None and groups:
            groups[-1][1].append(shape)
        else:
            groups.append((box, [shape]))
    placed = [(box, group) for box, group in groups if box is not None]
    if len(placed) > _MOST or _is_readable([box for box, _ in placed]):
        return [shape for _, shape in shapes]
    first = [shape for box, group in groups if box is None for shape in group]
    return first + [shape for _, group in _by_place(placed) for shape in group]


def _is_readable(boxes: Sequence[Box]) -> bool:
    return not any(
        _precedes(later, box) for place, box in enumerate(boxes) for later in boxes[place + 1 :]
    )


def _precedes(one: Box, other: Box) -> bool:
    """Does every reader come to one box before the other: is it above it, or left of it?"""
    shared = min(one[3], other[3]) - max(one[1], other[1])
    if one[3] <= other[1] + _SLACK:
        return min(one[2], other[2]) > max(one[0], other[0])
    lower = min(one[3] - one[1], other[3] - other[1])
    return one[2] <= other[0] + _SLACK and shared > _LEVEL * lower


Placed = tuple[Box, list[Shape]]


def _by_place(shapes: Sequence[Placed[Shape]]) -> list[Placed[Shape]]:
    """From the top in rows that white separates, each from the left in columns, and so on."""
    for start, end in ((1, 3), (0, 2)):
        parts = _cut(shapes, start, end)
        if len(parts) > 1:
            return [shape for part in parts for shape in _by_place(part)]
    return sorted(shapes, key=lambda shape: (shape[0][1], shape[0][0]))


def _cut(shapes: Sequence[Placed[Shape]], start: int, end: int) -> list[list[Placed[Shape]]]:
    parts: list[list[Placed[Shape]]] = []
    reach = float("-inf")
    for shape in sorted(shapes, key=lambda shape: shape[0][start]):
        if shape[0][start] >= reach - _SLACK or not parts:
            parts.append([])
        parts[-1].append(shape)
        reach = max(reach, shape[0][end])
    return parts
