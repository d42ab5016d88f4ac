"""Blocks of all pages to one list of elements: heading depths, parents, links, marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from doclake.extract.layout import headings
from doclake.extract.layout.blocks import Block, element
from doclake.extract.layout.page import Mark, Page
from doclake.extract.model import Element


def heading_levels(blocks: Sequence[Block], typography: headings.Typography) -> None:
    """Give every heading its depth: the bookmark's, the section number's, or its style's rank."""
    open_ended = [
        block
        for block in blocks
        if block.type == "Title" and block.level is None and block.paragraph is not None
    ]
    styles = [headings.style(block.paragraph) for block in open_ended if block.paragraph]
    typography.levels = headings.rank(styles)
    known = defaultdict(list)
    for block in blocks:
        if block.type == "Title" and block.level is not None and block.paragraph:
            known[headings.style(block.paragraph)].append(block.level)
    for block, style in zip(open_ended, styles, strict=True):
        if style in known:
            block.level = min(known[style])
        else:
            block.level = headings.numbered_depth(block.text) or typography.levels[style]


def list_levels(blocks: Sequence[Block]) -> None:
    """Nesting of list items by their indent within an unbroken list."""
    indents: list[float] = []
    for block in blocks:
        if block.type != "ListItem":
            if block.type not in ("Header", "Footer", "PageNumber"):
                indents = []
            continue
        left = block.box[0]
        while indents and left < indents[-1] - 4:
            indents.pop()
        if not indents or left > indents[-1] + 4:
            indents.append(left)
        block.level = len(indents)


def elements(blocks: Sequence[Block]) -> list[Element]:
    """Elements with the index of the heading that stands above each as its parent."""
    made: list[Element] = []
    above: list[tuple[int, int]] = []
    for block in blocks:
        one = element(block)
        if block.type == "Title" and not block.hidden:
            level = one.level or 1
            while above and above[-1][0] >= level:
                above.pop()
            one.parent = above[-1][1] if above else None
            above.append((level, len(made)))
        elif above:
            one.parent = above[-1][1]
        made.append(one)
    return made


def add_links(made: Sequence[Element], pages: Sequence[Page]) -> None:
    """Targets of the links whose box meets an element."""
    linked = {page.number: page.links for page in pages if page.links}
    if not linked:
        return
    for one in made:
        marks = linked.get(one.page or 0)
        if marks and one.bbox:
            targets = [mark.text for mark in marks if _meets(mark, one.bbox)]
            one.links = tuple(dict.fromkeys(targets))


def _meets(mark: Mark, box: tuple[float, float, float, float]) -> bool:
    x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def marks(page: Page) -> list[Element]:
    """Form fields and annotations of a page, in the order of the file."""
    fields = [
        Element("FormField", mark.text, page.method, page=page.number, bbox=mark.box)
        for mark in page.fields
        if mark.text.strip()
    ]
    notes = [
        Element("Annotation", mark.text, page.method, page=page.number, bbox=mark.box)
        for mark in page.annotations
    ]
    return fields + notes
