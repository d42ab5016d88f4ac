"""Headings, by bookmarks or by a size and weight that stand out from the body text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from doclake.extract.layout.page import Page
from doclake.extract.layout.page_source import Bookmark
from doclake.extract.layout.paragraphs import BULLET, Paragraph

_LARGER = 1.12  # times the body size
_LONGEST = 180  # characters
_ROWS = 4
_LETTERS = re.compile(r"[^\W\d_]{2,}|[가-힣一-鿿]")
_SECTION = re.compile(
    r"\s*(?:\d{1,2}(?:\.\d{1,3}){0,4}\.?\s+\S|[IVX]{1,5}\.\s+\S|제\s?\d+\s?[장절관]\b"
    r"|(?:chapter|section|part|appendix|annex|article)\s+[\dIVXA-Z])",
    re.IGNORECASE,
)
_SECTION_NUMBER = re.compile(r"\s*(\d{1,2}(?:\.\d{1,3}){0,4})\.?\s")
_SPACES = re.compile(r"\W+")


@dataclass(slots=True)
class Typography:
    """What the document's text looks like. `outline` maps a page number to its bookmarks (`key` of
    the title: level), `levels` maps (size, bold) of headings to a level."""

    body: float
    body_bold: bool
    font: str
    outline: dict[int, dict[str, int]] = field(default_factory=dict)
    levels: dict[tuple[float, bool], int] = field(default_factory=dict)


def measure(pages: Sequence[Page], bookmarks: Sequence[Bookmark]) -> Typography:
    """Size, weight and font of most characters, and the outline by page."""
    characters: defaultdict[tuple[float, bool, str], int] = defaultdict(int)
    for page in pages:
        for line in page.lines:
            if line.alpha and line.hidden is None:
                characters[line.size, line.bold, line.font] += len(line.text)
    fonts: Counter[str] = Counter()
    sizes: Counter[float] = Counter()
    bold_sizes: Counter[float] = Counter()
    for (size, bold, font), count in characters.items():
        fonts[font] += count
        rounded = round(size * 2) / 2
        sizes[rounded] += count
        bold_sizes[rounded] += count * bold
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    outline: dict[int, dict[str, int]] = defaultdict(dict)
    for mark in bookmarks:
        outline[mark.page].setdefault(key(mark.title), mark.level)
    usual = fonts.most_common(1)[0][0] if fonts else ""
    return Typography(body, bold_sizes[body] * 2 > sizes[body], usual, dict(outline))


def key(text: str) -> str:
    """A heading's text for comparison: only letters and digits, in lower case."""
    return _SPACES.sub("", text).casefold()


def bookmark_level(
    paragraph: Paragraph, text: str, page: int, typography: Typography
) -> int | None:
    """The level of the bookmark to this page that has the paragraph's text as its title."""
    titles = typography.outline.get(page)
    if not titles or len(paragraph.rows) > _ROWS or len(text) > _LONGEST:
        return None
    name = key(text)
    if name in titles:
        return titles[name]
    bare = name.lstrip("0123456789")
    return titles.get(bare) if bare else None


def stands_out(paragraph: Paragraph, text: str, typography: Typography) -> bool:
    """Does it look like a heading: short, larger or bolder than the body, not a sentence?"""
    if len(text) > _LONGEST or len(paragraph.rows) > _ROWS or not _LETTERS.search(text):
        return False
    if BULLET.match(text):
        return False
    size = paragraph.size
    if size >= typography.body * _LARGER:
        return len(text) < 120 or not text.endswith((".", ",", ";"))
    if size < typography.body * 0.92 or not paragraph.bold:
        return False
    if text.endswith((".", ",", ";", ":")) and not _SECTION.match(text):
        return False
    if typography.body_bold:
        return bool(_SECTION.match(text)) and len(paragraph.rows) == 1
    return len(paragraph.rows) <= 2


def differs_in_font(paragraph: Paragraph, text: str, typography: Typography) -> bool:
    """May its font alone make it a heading: one short line that is not a sentence? It is one if
    body text follows."""
    return (
        len(paragraph.rows) == 1
        and len(text) < 80
        and paragraph.rows[0].font != typography.font
        and paragraph.size > 0.95 * typography.body
        and text[:1].isupper()
        and not text.endswith((".", ",", ";", ":"))
        and len(_LETTERS.findall(text)) > 0
    )


def style(paragraph: Paragraph) -> tuple[float, bool]:
    return round(paragraph.size * 2) / 2, paragraph.bold


def rank(styles: Sequence[tuple[float, bool]]) -> dict[tuple[float, bool], int]:
    """Level of each heading style: larger before smaller, bold before regular of the same size."""
    ordered = sorted(set(styles), key=lambda style: (-style[0], not style[1]))
    return {style: min(level, 6) for level, style in enumerate(ordered, 1)}


def section_level(text: str) -> int | None:
    """Level of a section number: 3 for `2.3.1 Results`; None without a number."""
    match = _SECTION_NUMBER.match(text)
    return match[1].count(".") + 1 if match and "." in match[1] else None
