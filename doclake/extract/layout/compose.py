"""From pages as read to elements: order, paragraphs, types, parents."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from doclake.extract.layout import headings, order, page_table, paragraphs, regions
from doclake.extract.layout.blocks import Block, Placed
from doclake.extract.layout.classify import RTL, restored, typed, upright
from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page import Line, Page
from doclake.extract.layout.page_table import Table
from doclake.extract.layout.page_tables import find
from doclake.extract.model import ElementType


def blocks(
    page: Page,
    furniture: dict[Line, ElementType],
    typography: headings.Typography,
    tight_hangul: bool,
    pictures: Sequence[Box] = (),
) -> list[Block]:
    """Blocks of a page in reading order; text inside its tables is not repeated, and each of
    its `pictures` (boxes, from the top) stands before what is below it."""
    taken = find.taken(page.lines, page.tables) if page.tables else set()
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
    block = Block("Table", page_table.markdown(table), page.number, table.box)
    block.html = page_table.html(table)
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
        rtl = sum([len(RTL.findall(line.text)) for line in straight[:40]]) > 200
        for stretch in order.columns(boxes, _gap(straight), rtl):
            found += _run(page, stretch, typography, tight)
    for turn in sorted(turned):
        same = [line for line in lines if line.turn == turn]
        for run in order.columns(upright(same, turn, page), _gap(same)):
            found += [restored(block, turn, page) for block in _run(page, run, typography, tight)]
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
    for kind, held in regions.assign(page, lines):
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
        typed(page, paragraph, typography, tight) for paragraph in paragraphs.paragraphs(lines)
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
