"""Headers, footers and page numbers: what repeats near the edges of pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from doclake.extract.model import ElementType
from doclake.extract.pdf.page import Line, Page

_EDGE = 0.14  # share of the page's height at top and bottom where furniture stands
_LINES = 5  # at most this many lines at each edge
_NUMBER = r"(?:\d{1,4}|[ivxlcdm]{1,7})"
_PAGE_NUMBER = re.compile(
    rf"\W{{0,3}}(?:(?:page|p\.?|seite|página|стр\.?|쪽|페이지|第)\s*)?{_NUMBER}"
    rf"(?:\s*(?:of|/|von|de|из|중)\s*{_NUMBER})?(?:\s*(?:쪽|페이지|頁|页|ページ))?\W{{0,3}}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def find(pages: Sequence[Page]) -> dict[Line, ElementType]:
    """The lines that are furniture, with their type.

    A line is furniture if its text, digits aside, stands at about the same height on at least
    two pages and a quarter of them all (left and right pages differ); a lone number at an edge is
    a page number if it stands apart, whatever the number of pages.
    """
    places: dict[tuple[str, int], list[tuple[Line, bool, float]]] = defaultdict(list)
    seen: dict[str, set[int]] = defaultdict(set)
    found: dict[Line, ElementType] = {}
    for page in pages:
        for line, top in _edges(page):
            text = line.text.strip()
            if not text:
                continue
            if len(text) < 24 and _PAGE_NUMBER.fullmatch(text) and _apart(page, line, top):
                found[line] = "PageNumber"
                continue
            key = _DIGITS.sub("#", text).lower()
            places[key, round(line.y0 / 12)].append((line, top, page.height))
            seen[key].add(page.number)
    need = max(2, len(pages) // 4)
    for (key, _), lines in places.items():
        if len(seen[key]) >= need:
            for line, top, _height in lines:
                found[line] = "Header" if top else "Footer"
    return found


def _edges(page: Page) -> list[tuple[Line, bool]]:
    """The outermost lines of a page that lie in its edges, told top from bottom."""
    top, bottom = page.height * _EDGE, page.height * (1 - _EDGE)
    above = [line for line in page.lines if line.y1 < top]
    below = [line for line in page.lines if line.y0 > bottom]
    if len(above) > _LINES:
        above = sorted(above, key=lambda line: line.y0)[:_LINES]
    if len(below) > _LINES:
        below = sorted(below, key=lambda line: -line.y1)[:_LINES]
    return [(line, True) for line in above] + [(line, False) for line in below]


def _apart(page: Page, line: Line, top: bool) -> bool:
    """Does nothing else stand further out, on the same row close by, or right beside it?"""
    for other in page.lines:
        if other is line or not other.text.strip():
            continue
        outside = other.y1 < line.y0 - 2 if top else other.y0 > line.y1 + 2
        level = other.y0 < line.y1 and other.y1 > line.y0
        near = level and other.x0 < line.x1 + 12 and other.x1 > line.x0 - 12
        stacked = (
            not level
            and other.x0 < line.x1 + 20
            and other.x1 > line.x0 - 20
            and abs(other.y0 + other.y1 - line.y0 - line.y1) / 2 < 1.1 * (line.y1 - line.y0)
        )
        if (outside and level) or near or (stacked and _PAGE_NUMBER.fullmatch(other.text.strip())):
            return False
    return True
