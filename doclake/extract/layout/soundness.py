"""Can a page's text layer be read? Decided page by page, with the reason."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Literal

from doclake.extract.layout.letter_statistics import make_no_words
from doclake.extract.layout.page import Page

Verdict = Literal[
    "sound",
    "no text",
    "image only",
    "garbage encoding",
    "invisible text layer",
    "hidden text layer",
]
"""A layer is `invisible` where it is painted so, as OCR programs leave it; it is `hidden` where the
reader does not see it for other reasons, as `hidden.mark` finds."""

_UNMAPPED = re.compile(r"[\ufffd\ue000-\uefff\x00-\x08\x0e-\x1f\x7f-\x9f]|\(cid:\d+\)")
_GARBAGE = 0.25  # share of characters that stand for no known letter
_STAMPS, _EDGE = 6, 0.1  # lines, and share of the page's height that they stand in
_WHOLE = 0.8  # share of the page that its picture covers
_IMAGE = 0.5  # share of the page that pictures cover on a scan


def judge(page: Page) -> Verdict:
    if not page.lines:
        return "image only" if page.images else "no text"
    text = "".join([line.text for line in page.lines])
    if _unmapped(text) > _GARBAGE * (len(text) - text.count(" ")) or _has_broken_fonts(page, text):
        return "garbage encoding"
    if _is_stamped(page):
        return "image only"
    if not any(line.alpha for line in page.lines) and is_scan(page):
        return "invisible text layer"
    return "sound"


def _has_broken_fonts(page: Page, text: str) -> bool:
    """Do fonts that set much of the text map its glyphs to letters that make no words?"""
    by_font: defaultdict[str, list[str]] = defaultdict(list)
    for line in page.lines:
        by_font[line.font].append(line.text)
    texts = ["\n".join(lines) for lines in by_font.values()]
    return sum([len(one) for one in texts if make_no_words(one)]) > _GARBAGE * len(text)


def _is_stamped(page: Page) -> bool:
    """Is the only visible text of a scan what was stamped on its edges?"""
    if not page.images or len(page.lines) > _STAMPS or not _is_picture_of_page(page):
        return False
    top, bottom = _EDGE * page.height, (1 - _EDGE) * page.height
    return all(line.alpha and (line.y1 < top or line.y0 > bottom) for line in page.lines)


def _is_picture_of_page(page: Page) -> bool:
    return _covered(page) >= _WHOLE and len(page.images) == 1


def _unmapped(text: str) -> int:
    """Number of characters that stand for no known letter. Most pages have none, and the quick
    tests come first because they say so without a look at each character."""
    if text.isprintable() and "\ufffd" not in text and "(cid:" not in text:
        return 0
    return len(_UNMAPPED.findall(text))


def is_hidden_layer(page: Page) -> bool:
    """Does a reader see nothing of the page but its picture?"""
    return is_scan(page) and all(line.hidden for line in page.lines)


def is_scan(page: Page) -> bool:
    """Do pictures cover most of the page?"""
    return bool(page.images) and _covered(page) >= _IMAGE


def _covered(page: Page) -> float:
    """Share of the page under pictures. Overlaps count twice, which is good enough here."""
    area = 0.0
    for picture in page.images:
        x0, y0, x1, y1 = picture.box
        width = min(x1, page.width) - max(x0, 0)
        height = min(y1, page.height) - max(y0, 0)
        area += max(width, 0) * max(height, 0)
    return area / max(page.width * page.height, 1.0)
