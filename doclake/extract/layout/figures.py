"""Figures: the pictures that a reader sees on a page. Tiles of one picture are joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Page

_SMALLEST = 20.0  # points: a lower or narrower picture is an ornament or a symbol
_BACKGROUND = 0.85  # share of the page: a larger picture is its paper, not a figure
_TOUCH = 2.0  # points between tiles of one picture
_WASTE = 1.5  # the box around two tiles may be this many times as large as both together
_TILES = 400  # pictures of a page that are joined, the largest first
_OFTEN = 3  # pages that show the same picture in the same place: it is a logo and counts once


def find(pages: Sequence[Page]) -> dict[int, list[Box]]:
    """Boxes of the figures, by page number, from the top. A picture in the same place on most
    pages is returned for the first of them only."""
    figures = {page.number: _figures(page) for page in pages if page.images}
    counts = Counter(_place(box) for boxes in figures.values() for box in boxes)
    often = {place for place, n in counts.items() if n >= _OFTEN and 2 * n > len(pages)}
    seen: set[Box] = set()
    for number, boxes in figures.items():
        new = [box for box in boxes if _place(box) not in often or _place(box) not in seen]
        seen.update(map(_place, boxes))
        figures[number] = new
    return figures


def _place(box: Box) -> Box:
    return round(box[0]), round(box[1]), round(box[2]), round(box[3])


def _figures(page: Page) -> list[Box]:
    boxes = []
    for picture in page.images:
        x0, y0, x1, y1 = picture.box
        x0, y0, x1, y1 = max(x0, 0.0), max(y0, 0.0), min(x1, page.width), min(y1, page.height)
        if x1 - x0 > 1 and y1 - y0 > 1:
            boxes.append((x0, y0, x1, y1))
    boxes = _joined(sorted(boxes, key=_area, reverse=True)[:_TILES])
    whole = page.width * page.height
    kept = [
        box
        for box in boxes
        if min(box[2] - box[0], box[3] - box[1]) >= _SMALLEST
        and not (page.lines and _area(box) > _BACKGROUND * whole)
    ]
    return sorted(kept, key=lambda box: (box[1], box[0]))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _joined(boxes: list[Box]) -> list[Box]:
    """Join boxes that touch, until none touch. Two boxes stay apart where the box around both
    would be mostly empty, as over a gutter."""
    joined: list[Box] = []
    for box in boxes:
        merged = True
        while merged:
            merged = False
            for index, other in enumerate(joined):
                whole = _around(box, other)
                if _touch(box, other) and _area(whole) < _WASTE * (_area(box) + _area(other)):
                    box = whole
                    del joined[index]
                    merged = True
                    break
        joined.append(box)
    return joined


def _around(one: Box, other: Box) -> Box:
    return (
        min(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        max(one[3], other[3]),
    )


def _touch(one: Box, other: Box) -> bool:
    return (
        one[0] <= other[2] + _TOUCH
        and other[0] <= one[2] + _TOUCH
        and one[1] <= other[3] + _TOUCH
        and other[1] <= one[3] + _TOUCH
    )
