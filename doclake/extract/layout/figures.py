"""Figures: the pictures of a page as a reader sees them, tiles of one picture joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Page

_SMALLEST = 20.0  # points: what is lower or narrower is an ornament or a symbol
_BACKGROUND = 0.85  # share of the page: paper, not a figure
_TOUCH = 2.0  # points between tiles of one picture
_WASTE = 1.5  # times the areas of two tiles that the box around both may take
_TILES = 400  # pictures of a page that are joined; of more, the largest
_OFTEN = 3  # pages that show the same picture in the same place: a logo, told once


def find(pages: Sequence[Page]) -> dict[int, list[Box]]:
    """Boxes of the figures, by page number, from the top. What stands in one place on most pages
    is on the first of them only."""
    found = {page.number: _figures(page) for page in pages if page.images}
    counts = Counter(_place(box) for boxes in found.values() for box in boxes)
    often = {place for place, n in counts.items() if n >= _OFTEN and 2 * n > len(pages)}
    seen: set[Box] = set()
    for number, boxes in found.items():
        new = [box for box in boxes if _place(box) not in often or _place(box) not in seen]
        seen.update(map(_place, boxes))
        found[number] = new
    return found


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
    """Boxes that touch as one, until none touch; but not over a gutter, where most of the whole
    would be neither's."""
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
