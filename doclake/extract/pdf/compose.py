"""From pages as read to elements: order, paragraphs, types, parents."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from doclake.extract.model import Element, ElementType
from doclake.extract.pdf import headings, layout, order, paragraphs, scan, tables
from doclake.extract.pdf.page import Box, Line, Page, spin, unspin
from doclake.extract.pdf.paragraphs import Paragraph
from doclake.extract.pdf.tables import cells
from doclake.extract.pdf.tables.cells import Table

_CAPTION = re.compile(
    r"(?:(?:figure|fig\.|table|chart|exhibit|scheme|plate|graph|box|listing|algorithm)\s*"
    r"(?:[A-Z]?\d(?:[\d.\-]*\d)?[A-Za-z]?|[IVX]+)|(?:표|그림|도표|사진)\s*\d(?:[\d.\-]*\d)?)"
    r"(?:\s*(?P<mark>[.:|–—\]>])|\s+(?=(?-i:[A-Z가-힣(]))|$)",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\s*(?:[*†‡§¶]{1,2}|\(?\d{1,3}[.)]?|[¹²³⁴-⁹]+|\d+\))\s*\S")
_FORMULA_FONT = re.compile(r"CM(?:MI|SY|EX)|MSBM|Math|Symbol", re.IGNORECASE)
_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True, eq=False)
class Block:
    """A paragraph, or a table, in reading order, before and after it got its type."""

    type: ElementType
    text: str
    page: int
    box: Box
    paragraph: Paragraph | None = None
    html: str | None = None
    level: int | None = None
    hidden: str | None = None
    confidence: float | None = None
    method: str = ""


@dataclass(slots=True, eq=False)
class Placed:
    """A table as the reading order sees it: a box that is not to be cut."""

    x0: float
    y0: float
    x1: float
    y1: float
    block: Block


def blocks(
    page: Page,
    furniture: dict[Line, ElementType],
    typography: headings.Typography,
    tight_hangul: bool,
    pictures: Sequence[Box] = (),
) -> list[Block]:
    """Blocks of a page in reading order; text inside its tables is not repeated, and each of
    its `pictures` (boxes, from the top) stands before what is below it."""
    taken = tables.taken(page.lines, page.tables) if page.tables else set()
    body, edge, hidden = [], [], []
    for line in page.lines:
        if id(line) in taken:
            continue
        if line.hidden:
            hidden.append(line)
        elif line in furniture:
            edge.append(line)
        else:
            body.append(line)
    found = _furniture(page, edge, furniture)
    heads = [block for block in found if block.type == "Header" or block.box[1] < page.height / 2]
    feet = [block for block in found if block not in heads]
    middle = _ordered(
        page, body, [_tabled(page, one) for one in page.tables], typography, tight_hangul
    )
    for box in pictures:
        middle.insert(_place(box, middle), Block("Image", "", page.number, box))
    unseen = [_concealed(page, line) for line in hidden]
    found = heads + middle + feet + unseen
    for block in found:
        block.method = page.method
    return found


def _place(box: Box, blocks: Sequence[Block]) -> int:
    """Where a picture stands among blocks in reading order."""
    after = len(blocks)
    for index, block in enumerate(blocks):
        if min(block.box[2], box[2]) <= max(block.box[0], box[0]):
            continue
        if block.box[1] >= box[1]:
            return index
        after = index + 1
    return after


def _furniture(page: Page, lines: list[Line], kinds: dict[Line, ElementType]) -> list[Block]:
    lines.sort(key=lambda line: (line.y0 + line.y1, line.x0))
    return [Block(kinds[line], line.text.strip(), page.number, line.box) for line in lines]


def _tabled(page: Page, table: Table) -> Block:
    block = Block("Table", cells.markdown(table), page.number, table.box)
    block.html = cells.html(table)
    block.confidence = table.confidence
    return block


def _concealed(page: Page, line: Line) -> Block:
    block = Block("Other", line.text.strip(), page.number, line.box)
    block.hidden = line.hidden
    return block


def _ordered(
    page: Page,
    lines: list[Line],
    tabled: Sequence[Block],
    typography: headings.Typography,
    tight: bool,
) -> list[Block]:
    found: list[Block] = []
    straight = [line for line in lines if line.turn == 0]
    turned = {line.turn for line in lines if line.turn}
    placed = [Placed(*table.box, table) for table in tabled]
    boxes: list[Line | Placed] = [*straight, *placed]
    if page.regions:
        found += _by_region(page, straight, tabled, typography, tight)
    elif boxes:
        rtl = sum([len(_RTL.findall(line.text)) for line in straight[:40]]) > 200
        for stretch in order.columns(boxes, _gap(straight), rtl):
            found += _run(page, stretch, typography, tight)
    for turn in sorted(turned):
        same = [line for line in lines if line.turn == turn]
        for run in order.columns(_upright(same, turn, page), _gap(same)):
            found += [_restored(block, turn, page) for block in _run(page, run, typography, tight)]
    return found


def _by_region(
    page: Page,
    lines: list[Line],
    tabled: Sequence[Block],
    typography: headings.Typography,
    tight: bool,
) -> list[Block]:
    """Blocks in the order of the layout model's regions, tables where they stand among them."""
    waiting = list(tabled)
    found: list[Block] = []
    for kind, held in layout.assign(page, lines):
        top = min([line.y0 for line in held])
        found += [table for table in waiting if table.box[1] < top]
        waiting = [table for table in waiting if table.box[1] >= top]
        for block in _texts(page, held, typography, tight):
            if kind is not None and block.level is None:
                block.type = kind
            found.append(block)
    return found + waiting


def _gap(lines: Sequence[Line]) -> float:
    return max(5.0, 0.6 * statistics.median([line.size for line in lines])) if lines else 8.0


def _run(
    page: Page, run: Sequence[Line | Placed], typography: headings.Typography, tight: bool
) -> list[Block]:
    """Blocks of one column: its tables cut it into stretches of lines."""
    placed = sorted([one for one in run if isinstance(one, Placed)], key=lambda one: one.y0)
    lines = [one for one in run if isinstance(one, Line)]
    found: list[Block] = []
    for table in placed:
        middle = (table.y0 + table.y1) / 2
        above = [line for line in lines if (line.y0 + line.y1) / 2 < middle]
        lines = [line for line in lines if (line.y0 + line.y1) / 2 >= middle]
        found += _texts(page, above, typography, tight)
        found.append(table.block)
    return found + _texts(page, lines, typography, tight)


def _texts(
    page: Page, lines: list[Line], typography: headings.Typography, tight: bool
) -> list[Block]:
    found = [
        _typed(page, paragraph, typography, tight) for paragraph in paragraphs.paragraphs(lines)
    ]
    for block, after in pairwise(found):
        if (
            block.type == after.type == "NarrativeText"
            and block.paragraph is not None
            and after.paragraph is not None
            and len(after.text) > 80
            and after.paragraph.rows[0].font == typography.font
            and headings.runs_in(block.paragraph, block.text, typography)
        ):
            block.type = "Title"
    return found


def _typed(page: Page, paragraph: Paragraph, typography: headings.Typography, tight: bool) -> Block:
    """A paragraph with its type. Heading styles get their depth when all of them are known."""
    texts = [row.text for row in paragraph.rows]
    text = paragraphs.join(texts, tight)
    box = (paragraph.x0, paragraph.y0, paragraph.x1, paragraph.y1)
    block = Block("NarrativeText", text, page.number, box, paragraph)
    if page.lines[0].confidence is not None:
        block.confidence = scan.confidence(paragraph.lines)
    level = headings.outlined(paragraph, text, page.number, typography)
    if level is not None:
        block.type, block.level = "Title", level
    elif paragraphs.is_entry(texts[-1]):
        block.type, block.text = "ListItem", paragraphs.LEADER.sub(" … ", text)
    elif _is_caption(text):
        block.type = "Caption"
    elif paragraphs.BULLET.match(text):
        block.type = "ListItem"
        block.text = paragraphs.BULLET.sub("", text, count=1) or text
    elif headings.stands_out(paragraph, text, typography):
        block.type = "Title"
    elif all(line.mono for line in paragraph.lines) and _LETTER.search(text):
        block.type, block.text = "Code", code(paragraph)
    elif paragraphs.NUMBERED.match(text):
        block.type = "ListItem"
    elif _is_footnote(page, paragraph, text, typography):
        block.type = "Footnote"
    elif _is_formula(paragraph, text):
        block.type = "Formula"
    return block


def code(paragraph: Paragraph) -> str:
    """Rows kept, indentation rebuilt from the left edge and the width of a character."""
    longest = max(paragraph.rows, key=lambda row: len(row.text))
    width = (longest.x1 - longest.x0) / max(len(longest.text), 1) or 1.0
    return "\n".join(
        " " * round((row.x0 - paragraph.x0) / width) + row.text.strip() for row in paragraph.rows
    )


def _is_caption(text: str) -> bool:
    """Without a mark after its number it may be a sentence: `Table 3 Smith and others ...`."""
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


def _upright(lines: list[Line], turn: int, page: Page) -> list[Line]:
    """Turned lines as if the page had been turned to read them; restored by `_restored`."""
    for line in lines:
        line.x0, line.y0, line.x1, line.y1 = spin(line.box, turn, page.width, page.height)
    return lines


def _restored(block: Block, turn: int, page: Page) -> Block:
    block.box = unspin(block.box, turn, page.width, page.height)
    return block


def element(block: Block) -> Element:
    return Element(
        block.type,
        block.text,
        block.method,
        html=block.html,
        page=block.page,
        bbox=block.box,
        level=block.level,
        hidden=block.hidden,
        confidence=block.confidence,
    )
