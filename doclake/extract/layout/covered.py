"""Text under paint: a black bar drawn over words that are still in the file.

Paint order alone is no proof: a highlight may multiply, a picture may have holes. So where
something opaque was painted over text, the page is drawn, and only words whose place shows one
even colour are marked.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from doclake.extract.layout.geometry import Box, Word
from doclake.extract.layout.page import Line, Page

if TYPE_CHECKING:
    from PIL import Image

REASON = "covered"
_DPI = 100
_PIXELS = 4_000_000  # of the picture; a larger page is drawn smaller
_THIN, _SHORT = 4.0, 5.0  # points: lower or narrower paint covers no word
_PAGE = 0.5  # share of the page: a picture this large is a scan over its own text layer
_UNDER = 0.6  # share of a word that must lie under paint
_EVEN = 40  # of 255: difference of grey that a reader would see
_MOST = 400  # pieces of paint; a page with more is a drawing


Draw = Callable[[int, Box], "Image.Image"]
"""The grey picture, at a resolution in dpi, of a part of the page."""


def mark(page: Page, words: Callable[[], Sequence[Word]], draw: Draw) -> None:
    """Set `hidden` on covered lines; a line covered in part becomes two. `words` gives the words
    of the page. It and `draw` are called only if a line is suspect."""
    covers = _covers(page)
    suspects = _suspects(page, covers) if covers else []
    if not suspects:
        return
    page_words = list(words())
    checks = [(line, *_words_of(line, covers, page_words)) for line in suspects]
    doubtful = [word for _, _, under in checks for word in under]
    if not doubtful:
        return
    dpi = max(min(_DPI, int(72 * (_PIXELS / max(page.width * page.height, 1.0)) ** 0.5)), 10)
    area = _area_of(doubtful, page, dpi)
    picture = draw(dpi, area)
    for line, line_words, under in checks:
        _hide(page, line, line_words, [word for word in under if _is_even(word, area, picture)])


def _area_of(words: Sequence[Word], page: Page, dpi: int) -> Box:
    """The part of the page that holds these words, its edges between pixels. Drawing it takes a
    fraction of the time of the whole page."""
    dot = 72 / dpi
    x0 = max(min([word[0] for word in words]), 0.0)
    y0 = max(min([word[1] for word in words]), 0.0)
    x1 = min(max([word[2] for word in words]), page.width)
    y1 = min(max([word[3] for word in words]), page.height)
    left, top = math.floor(x0 / dot), math.floor(y0 / dot)
    right, bottom = max(math.ceil(x1 / dot), left + 1), max(math.ceil(y1 / dot), top + 1)
    return left * dot, top * dot, right * dot, bottom * dot


def _covers(page: Page) -> list[tuple[Box, int]]:
    """Boxes of the paint that may cover text, each with its paint order."""
    whole = page.width * page.height
    covers = [(fill.box, fill.order) for fill in page.fills if fill.opaque]
    covers += [
        (image.box, image.order)
        for image in page.images
        if image.opaque
        and (image.box[2] - image.box[0]) * (image.box[3] - image.box[1]) < _PAGE * whole
    ]
    first = min([line.order for line in page.lines], default=0)
    covers = [
        (box, order)
        for box, order in covers
        if order > first and box[3] - box[1] > _THIN and box[2] - box[0] > _SHORT
    ]
    return covers if len(covers) <= _MOST else []


def _suspects(page: Page, covers: Sequence[tuple[Box, int]]) -> list[Line]:
    """Lines that something painted later meets at their middle height."""
    levels = sorted(
        [(line.y0 + line.y1, index) for index, line in enumerate(page.lines) if line.hidden is None]
    )
    middles = [level for level, _ in levels]
    suspects: set[int] = set()
    for (x0, y0, x1, y1), order in covers:
        low, high = bisect_right(middles, 2 * y0), bisect_left(middles, 2 * y1)
        for _, index in levels[low:high]:
            line = page.lines[index]
            if line.order < order and line.x0 < x1 - _SHORT and line.x1 > x0 + _SHORT:
                suspects.add(index)
    return [page.lines[index] for index in sorted(suspects)]


def _words_of(
    line: Line, covers: Sequence[tuple[Box, int]], words: Sequence[Word]
) -> tuple[list[Word], list[Word]]:
    """The words of a line, and those of them that lie under paint."""
    over = [box for box, order in covers if order > line.order]
    line_words = [word for word in words if _within(word, line.box)]
    under = [word for word in line_words if any(_share(word, box) > _UNDER for box in over)]
    return line_words, under


def _hide(page: Page, line: Line, words: Sequence[Word], covered: Sequence[Word]) -> None:
    """Hide a line, or make a hidden line of those of its words that are covered."""
    if not covered:
        return
    if len(covered) == len(words):
        line.hidden = REASON
        return
    text = " ".join([word[4] for word in covered])
    left, right = covered[0][0], covered[-1][2]
    page.lines.append(replace(line, text=text, x0=left, x1=right, hidden=REASON))
    covered_ids = set(map(id, covered))
    line.text = " ".join([word[4] for word in words if id(word) not in covered_ids])


def _within(word: Word, box: Box) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] <= y <= box[3]


def _share(word: Word, box: Box) -> float:
    """Share of a word that lies in a box."""
    across = min(word[2], box[2]) - max(word[0], box[0])
    down = min(word[3], box[3]) - max(word[1], box[1])
    area = (word[2] - word[0]) * (word[3] - word[1])
    return across * down / area if across > 0 and down > 0 and area > 0 else 0.0


def _is_even(word: Word, area: Box, picture: Image.Image) -> bool:
    """Does the picture of an area show one colour where the middle of the word stands?"""
    left, top, right, bottom = area
    across, down = picture.width / (right - left), picture.height / (bottom - top)
    height, width = word[3] - word[1], word[2] - word[0]
    middle = (
        int((word[0] + 0.1 * width - left) * across),
        int((word[1] + 0.25 * height - top) * down),
        int((word[2] - 0.1 * width - left) * across),
        int((word[3] - 0.25 * height - top) * down),
    )
    if middle[2] <= middle[0] or middle[3] <= middle[1]:
        return False
    greys = picture.crop(middle).tobytes()
    return max(greys) - min(greys) < _EVEN
