"""Headers, footers and page numbers: lines that repeat near the edges of pages; and the watermarks
and line numbers of all."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from doclake.extract.layout import line_numbers, watermarks
from doclake.extract.layout.page import Line, Page
from doclake.extract.model import ElementType

_EDGE = 0.14  # share of the page's height at top and bottom where furniture stands
_DEEPEST = 0.22  # the same for the outermost lines of pages with wide margins
_SLOT = 12.0  # points: heights this near are the same
_LINES = 12  # lines looked at on each edge
_HEADING = 1.3  # times the body size
_WHITE = 5.0  # points of white, at least, between furniture and body
_NUMBER = r"(?:\d{1,4}|[ivxlcdm]{1,7})"
_PAGE_NUMBER = re.compile(
    rf"\W{{0,3}}(?:(?:page|p\.?|seite|página|стр\.?|쪽|페이지|第)\s*)?{_NUMBER}"
    rf"(?:\s*(?:of|/|von|de|из|중)\s*{_NUMBER})?(?:\s*(?:쪽|페이지|頁|页|ページ))?\W{{0,3}}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")


def find(pages: Sequence[Page], body: float) -> dict[Line, ElementType]:
    """The lines that are furniture, with their type. `body` is the size of most of the text.

    A line is furniture if its text, digits aside, stands in the same size at about the same
    height on at least two pages and a quarter of them all (left and right pages differ). A number
    alone at an edge is a page number, even on a single page. White separates furniture from the
    body. A title that the running header repeats stands elsewhere, or is larger; what is larger
    than the body and not on most pages is a heading. Line numbers are told as page numbers,
    watermarks as headers.

    The rule gives way where it would leave a page, or most of the document, without text.
    """
    places: dict[tuple[str, int, int], list[tuple[Line, bool]]] = defaultdict(list)
    pages_with: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    furniture: dict[Line, ElementType] = {}
    for page in pages:
        for line, top in _edges(page):
            text = line.text.strip()
            if len(text) < 24 and _PAGE_NUMBER.fullmatch(text):
                furniture[line] = "PageNumber"
                continue
            text, size = _words(line), round(line.size)
            height = round((line.y0 if top else page.height - line.y1) / _SLOT)
            places[text, size, height].append((line, top))
            for near in (height - 1, height, height + 1):
                pages_with[text, size, near].add(page.number)
    need = max(2, len(pages) // 4)
    for place, lines in places.items():
        pages_there = len(pages_with[place])
        heading = place[1] >= _HEADING * body and 2 * pages_there <= len(pages)
        if pages_there >= need and not heading:
            for line, top in lines:
                furniture[line] = "Header" if top else "Footer"
    _give_way(pages, furniture)
    furniture |= dict.fromkeys(watermarks.find(pages, body), "Header")
    for page in pages:
        furniture |= dict.fromkeys(line_numbers.find(page), "PageNumber")
    return furniture


def _give_way(pages: Sequence[Page], furniture: dict[Line, ElementType]) -> None:
    """Take lines out of the furniture that are all the text of their page, or most of the text of
    the document. What stands above or below a body elsewhere is left out of a blank page too."""
    bodies: dict[int, int] = {}
    letters = 0
    beside_body: set[str] = set()
    for page in pages:
        seen = [line for line in page.lines if line.hidden is None]
        letters += sum([len(line.text) for line in seen])
        bodies[page.number] = sum([len(line.text) for line in seen if line not in furniture])
        if bodies[page.number]:
            beside_body |= {_words(line) for line in seen if line in furniture}
    no_text = letters and not sum(bodies.values())
    for page in pages:
        if 2 * sum(bodies.values()) < letters or not bodies[page.number]:
            for line in page.lines:
                kind = furniture.get(line)
                often = bodies[page.number] or _words(line) not in beside_body
                if kind is not None and (no_text or (kind != "PageNumber" and often)):
                    del furniture[line]


def _words(line: Line) -> str:
    return _DIGITS.sub("#", line.text.strip()).lower()


def _edges(page: Page) -> list[tuple[Line, bool]]:
    """The lines at the top and the bottom of a page that white separates from the body."""
    reach, depth = page.height * _DEEPEST, page.height * (1 - _DEEPEST)
    lines = [line for line in page.lines if line.hidden is None]
    above = sorted([line for line in lines if line.y0 < reach], key=lambda line: line.y0)
    below = sorted([line for line in lines if line.y1 > depth], key=lambda line: -line.y1)
    head = _outermost([(line.y0, line.y1, line) for line in above], page.height)
    foot = _outermost(
        [(page.height - line.y1, page.height - line.y0, line) for line in below], page.height
    )
    return [(line, True) for line in head] + [(line, False) for line in foot]


def _outermost(lines: list[tuple[float, float, Line]], height: float) -> list[Line]:
    """Lines by their distance from the edge, up to the last white gap within its reach."""
    count = 0
    reach = 0.0
    for index, (near, far, line) in enumerate(lines):
        if index and near > reach + max(_WHITE, 0.5 * line.size):
            count = index
        if far > height * (_EDGE if count else _DEEPEST) or index >= _LINES:
            break
        reach = max(reach, far)
    else:
        count = len(lines)  # no body follows: the whole half of the page is furniture
    return [line for _, _, line in lines[:count]]
