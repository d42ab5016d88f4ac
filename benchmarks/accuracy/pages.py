"""The main content of web pages, and whether the rest is marked as boilerplate.

`benchmarks/pages` holds pages of the kinds people put into a lake, written for this project in the
markup of common templates. What a reader would call the content stands between the comments
`<!--[-->` and `<!--]-->`; comments are nothing to a parser. Titles count as content; navigation,
banners, bylines, share lines, reader comments, related links and small print do not.

`--only pages` also scores trafilatura, where it is installed, on the same pages.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path

from benchmarks.accuracy.measures import (
    APART,
    MARGINS,
    Row,
    Rows,
    extract,
    normal,
    overlap,
    visible_text,
)
from doclake.extract.builder import Blocks
from doclake.extract.formats.html.html import read as read_html
from doclake.settings import Limits

PAGES = Path(__file__).parents[1] / "pages"
_LABELLED = re.compile(r"<!--\[-->(.*?)<!--\]-->", re.DOTALL)
_TOKEN = re.compile(
    r"[\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]"
    r"|[^\s\u0e00-\u0e7f\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]+"
)


def score_pages(rows: Rows) -> None:
    """F1 and recall of tokens that are not marked as boilerplate, by language."""
    for file in sorted(PAGES.glob("*.html")):
        language = {"en": "English", "ko": "Korean"}[file.stem[:2]]
        truth = tokens(content(file.read_text("utf-8")))
        found = tokens(visible_text(extract(file).elements, (*APART, *MARGINS)))
        row = rows.setdefault(f"html main content, {language}", Row("labelled", ("F1", 0.9)))
        row.add(**overlap(found, truth))
        if importlib.util.find_spec("trafilatura"):
            other = rows.setdefault(f"html main content, {language}: trafilatura", Row("labelled"))
            other.add(**overlap(tokens(trafilatura_text(file)), truth))


def labelled(page: str) -> str:
    """The labelled parts of a page as HTML."""
    return "\n".join(f"<div>{part}</div>" for part in _LABELLED.findall(page))


def content(page: str) -> str:
    """The labelled parts of a page as text."""
    blocks = Blocks("truth", Limits())
    for part in _LABELLED.findall(page):
        read_html(part, blocks, boilerplate=False)
    return visible_text(blocks.elements)


def tokens(text: str) -> Counter[str]:
    """Words; ideographs, kana, Thai and Burmese letters one by one: no space separates them."""
    return Counter(_TOKEN.findall(normal(text)))


def trafilatura_text(file: Path) -> str:
    """The content of a page by trafilatura."""
    import trafilatura

    return trafilatura.extract(file.read_bytes(), include_comments=False) or ""
