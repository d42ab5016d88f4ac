"""Can a page's text layer be read? Decided page by page, with the reason."""

from __future__ import annotations

import re
from typing import Literal

from doclake.extract.layout.page import Page

Verdict = Literal["sound", "no text", "image only", "garbage encoding", "invisible text layer"]

_UNMAPPED = re.compile(r"[\ufffd\ue000-\uefff\x00-\x08\x0e-\x1f\x7f-\x9f]|\(cid:\d+\)")
_GARBAGE = 0.25  # share of characters that stand for no known letter
_IMAGE = 0.5  # share of the page that pictures cover on a scan


def judge(page: Page) -> Verdict:
    if not page.lines:
        return "image only" if page.images else "no text"
    text = "".join([line.text for line in page.lines])
    if _unmapped(text) > _GARBAGE * (len(text) - text.count(" ")):
        return "garbage encoding"
    if not any(line.alpha for line in page.lines) and is_scan(page):
        return "invisible text layer"
    return "sound"


def _unmapped(text: str) -> int:
    """Number of characters that stand for no known letter. Most pages have none, and the quick
    tests come first because they say so without a look at each character."""
    if text.isprintable() and "\ufffd" not in text and "(cid:" not in text:
        return 0
    return len(_UNMAPPED.findall(text))


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
