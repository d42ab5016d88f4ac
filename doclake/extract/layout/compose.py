"""From a page as read to its blocks: reading order, paragraphs, types."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.layout import headings, order, page_table, paragraphs, regions
from doclake.extract.layout.blocks import Block, TableBox
from doclake.extract.layout.classify import classify, goes_on, turn_back, turn_upright
from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Line, Page
from doclake.extract.layout.page_table import Table
from doclake.extract.layout.page_tables import finder
from doclake.extract.model import ElementType
from doclake.extract.text import bidi

_PAGE_NUMBERS = 4


def blocks(
    page: Page,
    furniture: dict[Line, ElementType],
    typography: headings.Typography,
    tight_hangul: bool,
    pictures: Sequence[Box] = (),
) -> list[Block]:
    """Blocks of a page in reading order. Text inside its tables is not repeated. Each of its
    `pictures` (boxes, from the top) stands before the blocks below it."""
    in_tables = finder.lines_in_tables(page.lines, page.tables) if page.tables else set()
    body, edge, hidden = [], [], []
    for line in page.lines:
        if id(line) in in_tables:
            continue
        if line.hidden:
            hidden.append(line)
        elif line in furniture:
            edge.append(line)
        else:
            body.append(line)
    at_edges = _furniture(page, edge, furniture)
    heads = [
        block for block in at_edges if block.type == "Header" or block.box[1] < page.height / 2
    ]
    feet = [block for block in at_edges if block not in heads]
    tables = [_table_block(page, table) for table in page.tables]
    middle = _ordered(page, body, tables, typography, tight_hangul)
    for box in pictures:
        middle.insert(_picture_index(box, middle), Block("Image", "", page.number, box))
    in_order = heads + middle + feet + [_hidden_block(page, line) for line in hidden]
    for block in in_order:
        block.method = page.method
    return in_order


def _picture_index(box: Box, blocks: Sequence[Block]) -> int:
    """Index of a picture among blocks in reading order."""
    after = len(blocks)
    for index, block in enumerate(blocks):
        if min(block.box[2], box[2]) <= max(block.box[0], box[0]):
            continue
        if block.box[1] >= box[1]:
            return index
        after = index + 1
    return after


def _furniture(page: Page, lines: list[Line], kinds: dict[Line, ElementType]) -> list[Block]:
    """One block for each line, and one for all of more numbers than a page has of its own."""
    lines.sort(key=lambda line: (line.y0 + line.y1, line.x0))
    numbers = [line for line in lines if kinds[line] == "PageNumber"]
    if len(numbers) <= _PAGE_NUMBERS:
        numbers = []
    in_order = [
        Block(kinds[line], line.text.strip(), page.number, line.box)
        for line in lines
        if line not in numbers
    ]
    if numbers:
        text = " ".join([line.text.strip() for line in numbers])
        x0, x1 = min([line.x0 for line in numbers]), max([line.x1 for line in numbers])
        box = x0, numbers[0].y0, x1, numbers[-1].y1
        in_order.append(Block("PageNumber", text, page.number, box))
    return in_order


def _table_block(page: Page, table: Table) -> Block:
    block = Block("Table", page_table.markdown(table), page.number, table.box)
    block.html = page_table.html(table)
    block.confidence = table.confidence
    block.table = table
    return block


def _hidden_block(page: Page, line: Line) -> Block:
    block = Block("Other", line.text.strip(), page.number, line.box)
    block.hidden = line.hidden
    return block


def _ordered(
    page: Page,
    lines: list[Line],
    tables: Sequence[Block],
    typography: headings.Typography,
    tight: bool,
) -> list[Block]:
    in_order: list[Block] = []
    straight = [line for line in lines if line.turn == 0]
    turns = {line.turn for line in lines if line.turn}
    boxes: list[Line | TableBox] = [*straight, *(TableBox(*table.box, table) for table in tables)]
    if page.regions:
        in_order += _by_region(page, straight, tables, typography, tight)
    elif boxes:
        rtl = sum([len(bidi.RTL.findall(line.text)) for line in straight[:40]]) > 200
        for column in order.columns(boxes, _gap(straight), rtl):
            in_order += _column_blocks(page, column, typography, tight)
    for turn in sorted(turns):
        turned = [line for line in lines if line.turn == turn]
        for run in order.columns(turn_upright(turned, turn, page), _gap(turned)):
            blocks = _column_blocks(page, run, typography, tight)
            in_order += [turn_back(block, turn, page) for block in blocks]
    return in_order


def _by_region(
    page: Page,
    lines: list[Line],
    tables: Sequence[Block],
    typography: headings.Typography,
    tight: bool,
) -> list[Block]:
    """Blocks in the order of the layout model's regions; a table stands before the first region
    below its top."""
    waiting = list(tables)
    in_order: list[Block] = []
    for kind, inside in regions.assign(page, lines):
        top = min([line.y0 for line in inside])
        in_order += [table for table in waiting if table.box[1] < top]
        waiting = [table for table in waiting if table.box[1] >= top]
        for block in _text_blocks(page, inside, typography, tight):
            if kind is not None and block.level is None:
                block.type = kind
            in_order.append(block)
    return in_order + waiting


def _gap(lines: Sequence[Line]) -> float:
    return max(5.0, 0.6 * statistics.median([line.size for line in lines])) if lines else 8.0


def _column_blocks(
    page: Page, column: Sequence[Line | TableBox], typography: headings.Typography, tight: bool
) -> list[Block]:
    """Blocks of one column: its tables cut it into stretches of lines."""
    tables = sorted([box for box in column if isinstance(box, TableBox)], key=lambda box: box.y0)
    lines = [box for box in column if isinstance(box, Line)]
    in_order: list[Block] = []
    for table in tables:
        middle = (table.y0 + table.y1) / 2
        above = [line for line in lines if (line.y0 + line.y1) / 2 < middle]
        lines = [line for line in lines if (line.y0 + line.y1) / 2 >= middle]
        in_order += _text_blocks(page, above, typography, tight)
        in_order.append(table.block)
    return in_order + _text_blocks(page, lines, typography, tight)


def _text_blocks(
    page: Page, lines: list[Line], typography: headings.Typography, tight: bool
) -> list[Block]:
    in_order: list[Block] = []
    for paragraph in paragraphs.group(lines):
        block = classify(page, paragraph, typography, tight)
        if not (in_order and goes_on(in_order[-1], block)):
            in_order.append(block)
    for block, after in pairwise(in_order):
        if (
            block.type == after.type == "NarrativeText"
            and block.paragraph is not None
            and after.paragraph is not None
            and len(after.text) > 80
            and after.paragraph.rows[0].font == typography.font
            and headings.differs_in_font(block.paragraph, block.text, typography)
        ):
            block.type = "Title"
    return in_order
