"""The type of a block: heading, list item, caption, footnote, formula, code."""

from __future__ import annotations

import re

from doclake.extract.layout import headings, paragraphs, row_ends
from doclake.extract.layout.blocks import Block
from doclake.extract.layout.geometry import to_displayed, to_upright
from doclake.extract.layout.page import Line, Page, confidence
from doclake.extract.layout.paragraphs import Paragraph

_CAPTION = re.compile(
    r"(?:(?:figure|fig\.|table|chart|exhibit|scheme|plate|graph|box|listing|algorithm)\s*"
    r"(?:[A-Z]?\d(?:[\d.\-]*\d)?[A-Za-z]?|[IVX]+)|(?:표|그림|도표|사진)\s*\d(?:[\d.\-]*\d)?)"
    r"(?:\s*(?P<mark>[.:|–—\]>])|\s+(?=(?-i:[A-Z가-힣(]))|$)",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\s*(?:[*†‡§¶]{1,2}|\(?\d{1,3}[.)]?|[¹²³⁴-⁹]+|\d+\))\s*\S")
_FORMULA_FONT = re.compile(r"CM(?:MI|SY|EX)|MSBM|Math|Symbol", re.IGNORECASE)
_COLUMNS = re.compile(r"\S {3,}\S")
_WORD = re.compile(
    r"[(\[\"'“‘]?(?:[^\W\d_]+(?:[-'’/][^\W\d_]+)*|[\d.,:%-]+)[)\]\"'”’]?[.,;:!?]{0,2}"
)
_SENTENCE = re.compile(r"[.!?:]\W?$")
_WORDS = 5  # of a sentence, at least
_PLAIN = 0.9  # share of the words of prose that have no sign within
_LETTER = re.compile(r"[^\W\d_]")


def classify(
    page: Page, paragraph: Paragraph, typography: headings.Typography, tight: bool
) -> Block:
    """The block of a paragraph. Headings get a level from their style later, when all are known."""
    texts = [row.text for row in paragraph.rows]
    text = row_ends.join(texts, tight)
    box = (paragraph.x0, paragraph.y0, paragraph.x1, paragraph.y1)
    block = Block("NarrativeText", text, page.number, box, paragraph)
    if page.lines[0].confidence is not None:
        block.confidence = confidence(paragraph.lines)
    level = headings.bookmark_level(paragraph, text, page.number, typography)
    if level is not None:
        block.type, block.level = "Title", level
    elif paragraphs.is_contents_entry(texts[-1]):
        block.type, block.text = "ListItem", paragraphs.LEADER.sub(" … ", text)
    elif _is_caption(text):
        block.type = "Caption"
    elif paragraphs.BULLET.match(text):
        block.type = "ListItem"
        block.text = paragraphs.BULLET.sub("", text, count=1) or text
    elif headings.stands_out(paragraph, text, typography):
        block.type = "Title"
    elif _is_code(paragraph, text, typography):
        block.type, block.text = "Code", code(paragraph)
    elif paragraphs.NUMBERED.match(text):
        block.type = "ListItem"
    elif _is_footnote(page, paragraph, text, typography):
        block.type = "Footnote"
    elif _is_formula(paragraph, text):
        block.type = "Formula"
    return block


def _is_code(paragraph: Paragraph, text: str, typography: headings.Typography) -> bool:
    """Is it set in a font of fixed pitch, and other than prose: with signs of a programming
    language, columns, or rows without words? Where all is set so, a line that begins with a
    capital is as good as a sentence."""
    if not all(line.mono for line in paragraph.lines) or not _LETTER.search(text):
        return False
    rows = [row.text.strip() for row in paragraph.rows]
    if any(_COLUMNS.search(row) for row in rows):
        return True
    words = text.split()
    plain = sum([_WORD.fullmatch(word) is not None for word in words])
    if all(row.font == typography.font for row in paragraph.rows) and text[0].isupper():
        return plain < len(words)
    ends = _SENTENCE.search(text) is not None or any(map(paragraphs.runs_on, rows, rows[1:]))
    return not (ends and len(words) >= _WORDS and plain >= _PLAIN * len(words))


def goes_on(block: Block, after: Block) -> bool:
    """Join a block of code to the one right above it, from which its indent parted it. Returns
    whether it was."""
    above, below = block.paragraph, after.paragraph
    if not block.type == after.type == "Code" or above is None or below is None:
        return False
    if below.y0 - above.y1 > 0.5 * above.size:
        return False
    above.rows += below.rows
    above.x0, above.x1 = min(above.x0, below.x0), max(above.x1, below.x1)
    above.y1 = below.y1
    block.text, block.box = code(above), (above.x0, above.y0, above.x1, above.y1)
    return True


def code(paragraph: Paragraph) -> str:
    """Rows as lines, their indentation rebuilt from the left edge and the width of a character."""
    longest = max(paragraph.rows, key=lambda row: len(row.text))
    width = (longest.x1 - longest.x0) / max(len(longest.text), 1) or 1.0
    return "\n".join(
        " " * round((row.x0 - paragraph.x0) / width) + row.text.rstrip() for row in paragraph.rows
    )


def _is_caption(text: str) -> bool:
    """Is it a caption? Text without a mark such as a colon after its number may be a sentence
    (`Table 3 Smith and others ...`), so it must be shorter."""
    match = _CAPTION.match(text)
    return match is not None and len(text) < (600 if match["mark"] else 250)


def _is_footnote(
    page: Page, paragraph: Paragraph, text: str, typography: headings.Typography
) -> bool:
    if paragraph.y0 < page.height * 0.6 or paragraph.size > typography.body * 0.93:
        return False
    return paragraph.rows[0].lines[0].raised or bool(_FOOTNOTE.match(text))


def _is_formula(paragraph: Paragraph, text: str) -> bool:
    if len(text) > 200:
        return False
    mathematical = sum(
        [len(line.text) for line in paragraph.lines if _FORMULA_FONT.search(line.font)]
    )
    return mathematical * 2 > len(text)


def turn_upright(lines: list[Line], turn: int, page: Page) -> list[Line]:
    """Move turned lines to where they stand once the page is turned to read them."""
    for line in lines:
        line.x0, line.y0, line.x1, line.y1 = to_upright(line.box, turn, page.width, page.height)
    return lines


def turn_back(block: Block, turn: int, page: Page) -> Block:
    block.box = to_displayed(block.box, turn, page.width, page.height)
    return block
