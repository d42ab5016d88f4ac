"""A page of MuPDF's structured text as lines, rules, fills and pictures: one pass for all of them.

Vectors and pictures stand among the text in the order of painting, so a block's number shows what
lies over what.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pymupdf
from pymupdf import mupdf

from doclake.extract.formats.pdf import letter_spacing, powers, right_to_left, spaced_out
from doclake.extract.formats.pdf.powers import Power
from doclake.extract.layout.geometry import SLANT, VERTICAL, Box, Word
from doclake.extract.layout.page import Fill, Line, Page, Picture
from doclake.extract.text import symbol_fonts

_FLAGS = (
    pymupdf.TEXT_PRESERVE_WHITESPACE
    | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
    | pymupdf.TEXT_COLLECT_VECTORS
)
_RULE = 3.0  # points: a painted rectangle this thin is a ruling line
_TURNS = {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}
_EVERYWHERE = pymupdf.INFINITE_RECT()
_TOUCHING = 0.05  # text sizes
_SET_ASIDE = 9  # a type of block that MuPDF does not know


def read(source: Any, pictured: bool) -> tuple[Page, Callable[[], list[Word]]]:
    """The page, unrotated, and what gives its words. `pictured` looks for pictures too; none is
    decoded."""
    flags = _FLAGS | pymupdf.TEXT_PRESERVE_IMAGES if pictured else _FLAGS
    text = source.get_textpage(clip=_EVERYWHERE, flags=flags)
    bounds = source.rect
    page = Page(source.number + 1, bounds.width, bounds.height)
    with _pictures_aside(text, page.images) if pictured else contextlib.nullcontext():
        blocks = text.extractDICT()["blocks"]
        lines = [*_texts(blocks)]
        parts = [part for line in lines for part in line]
        leftwards = right_to_left.are_any(parts)
        spaced = letter_spacing.lacks_spaces(parts) or spaced_out.are_any(map("".join, lines))
        if spaced or leftwards:
            blocks = text.extractRAWDICT()["blocks"]
            letter_spacing.add_spaces(blocks)
            spaced_out.close(
                line for block in blocks if block["type"] == 0 for line in block["lines"]
            )
        if leftwards:
            right_to_left.put_in_order(blocks)
    found: list[Power] = []
    for block in blocks:
        if block["type"] == 0:
            for line in block["lines"]:
                _add_line(page.lines, line, block["number"] + 1, found)
        elif block["type"] == 3:
            page.drawings += 1
            _add_vector(page, block)
    page.lines = _joined(page.lines)
    words = partial(letter_spacing.words, blocks) if spaced or leftwards else partial(_words, text)
    return page, (lambda: powers.in_words(words(), found)) if found else words


def _texts(blocks: Sequence[dict[str, Any]]) -> Iterator[list[str]]:
    """The texts of the spans of each line."""
    for block in blocks:
        for line in block["lines"] if block["type"] == 0 else ():
            yield [span["text"] for span in line["spans"]]


def _words(text: Any) -> list[Word]:
    return [word[:5] for word in text.extractWORDS(delimiters="\u00a0")]


@contextlib.contextmanager
def _pictures_aside(text: Any, pictures: list[Picture]) -> Iterator[None]:
    """Note the pictures of a text page and hide them from `extractDICT`, which would copy and
    often re-encode each of them, at ten times the cost of everything else."""
    aside = []
    number = 1
    block = text.this.m_internal.first_block
    while block is not None:
        if block.type == mupdf.FZ_STEXT_BLOCK_IMAGE:
            image, box = mupdf.FzStextBlock(block).i_image(), block.bbox
            edges = box.x0, box.y0, box.x1, box.y1
            masked = image.mask().m_internal is not None
            pictures.append(Picture(edges, image.w() * image.h(), number, not masked))
            aside.append(block)
        block = block.next
        number += 1
    for block in aside:
        block.type = _SET_ASIDE
    try:
        yield
    finally:
        for block in aside:  # MuPDF needs the type to free the picture
            block.type = mupdf.FZ_STEXT_BLOCK_IMAGE


def _add_line(lines: list[Line], line: dict[str, Any], order: int, found: list[Power]) -> None:
    """Add one line, or one for each span where the paint of one may hide it, and its powers to
    those `found`. A line whose glyphs have no width has no span: MuPDF cannot say where it stands.
    """
    spans = line["spans"]
    if not spans:
        return
    for span in spans:
        if symbol_fonts.is_symbol_font(span["font"]):
            span["text"] = symbol_fonts.shown(span["text"], span["font"])
    span = spans[0]
    turn, before = 0, len(lines)
    if line["wmode"]:
        turn = VERTICAL
    elif line["dir"] != (1.0, 0.0):
        across, down = line["dir"]
        turn = _TURNS.get((round(across), round(down)), 0)
    if len(spans) == 1:
        text = span["text"]
        if not text or text.isspace():
            return
        flags = span["flags"]
        x0, y0, x1, y1 = line["bbox"]
        bold, mono = flags & 16 != 0, flags & 8 != 0
        size, font, colour, alpha = span["size"], span["font"], span["color"], span["alpha"]
        added = Line(
            text, x0, y0, x1, y1, size, font, bold, mono, False, turn, colour, alpha, order
        )
        lines.append(added)
    elif len({(one["alpha"], one["color"] >= 0xF0F0F0, one["size"] < 2) for one in spans}) == 1:
        _write_powers(spans, turn, found)
        _add_spans(lines, spans, line["bbox"], turn, order)
    else:
        for one in spans:
            _add_spans(lines, [one], one["bbox"], turn, order)
    if min(map(abs, line["dir"])) > SLANT:
        for added in lines[before:]:
            added.slanted = True


def _write_powers(spans: list[dict[str, Any]], turn: int, found: list[Power]) -> None:
    if turn == VERTICAL:
        return
    pieces = [(span["text"], span["size"], span["bbox"]) for span in spans]
    for span, text in zip(spans, powers.write_out(pieces, turn, found), strict=True):
        span["text"] = text


def _joined(lines: Sequence[Line]) -> list[Line]:
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1], line):
            joined[-1].text += line.text
            joined[-1].x1 = line.x1
        else:
            joined.append(line)
    return joined


def _goes_on(line: Line, after: Line) -> bool:
    """Does a line go on where the white at the end of another stops? MuPDF begins a new line there
    if the spaces, in another font, were painted before the words."""
    return (
        line.text.endswith(" ")
        and abs(after.x0 - line.x1) < _TOUCHING * line.size
        and abs(after.y1 - line.y1) < _TOUCHING * line.size
        and line.turn == after.turn == 0
        and not (line.slanted or after.slanted)
        and (line.size, line.colour, line.alpha, line.order, line.mono)
        == (after.size, after.colour, after.alpha, after.order, after.mono)
    )


def _add_spans(
    lines: list[Line], spans: list[dict[str, Any]], box: Box, turn: int, order: int
) -> None:
    """Add spans as one line, in the style of the longest."""
    texts = [span["text"] for span in spans]
    text = "".join(texts)
    if not text or text.isspace():
        return
    lengths = [len(part) for part in texts]
    main = spans[lengths.index(max(lengths))]
    heavy = sum([len(span["text"]) for span in spans if span["flags"] & 16])
    line = Line(text, *box, main["size"], main["font"], heavy * 2 > len(text))
    line.mono = main["flags"] & 8 != 0
    line.raised = len(spans) > 1 and spans[0]["flags"] & 1 != 0
    line.turn, line.colour, line.alpha, line.order = turn, main["color"], main["alpha"], order
    lines.append(line)


def _add_vector(page: Page, block: dict[str, Any]) -> None:
    box = x0, y0, x1, y1 = block["bbox"]
    if x1 - x0 <= _RULE or y1 - y0 <= _RULE:
        page.rules.append(box)
    elif not block["stroked"]:
        opaque = block["isrect"] and block["alpha"] == 255
        page.fills.append(Fill(box, block["color"], block["number"] + 1, opaque))
    elif block["isrect"]:
        page.rules += [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)]


def turned(box: Box, matrix: Any) -> Box:
    """A box under a rotation by quarter turns."""
    x0, y0, x1, y1 = box
    a, b, c, d, e, f = matrix
    left, right = sorted((a * x0 + c * y0 + e, a * x1 + c * y1 + e))
    top, bottom = sorted((b * x0 + d * y0 + f, b * x1 + d * y1 + f))
    return left, top, right, bottom


def rotate(page: Page, matrix: Any) -> None:
    """Turn a page from PyMuPDF's unrotated coordinates to those of the page as displayed."""
    matrix = tuple(matrix)
    quarter = _TURNS[round(matrix[0]), round(matrix[1])]
    for line in page.lines:
        line.x0, line.y0, line.x1, line.y1 = turned(line.box, matrix)
        if line.turn != VERTICAL:
            line.turn = (line.turn + quarter) % 4
    page.rules = [turned(rule, matrix) for rule in page.rules]
    for fill in page.fills:
        fill.box = turned(fill.box, matrix)
    for picture in page.images:
        picture.box = turned(picture.box, matrix)
