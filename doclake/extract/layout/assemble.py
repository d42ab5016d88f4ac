"""From the blocks of all pages to one list of elements: heading levels, parents, links, marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from doclake.extract.layout import headings
from doclake.extract.layout.blocks import Block, element
from doclake.extract.layout.page import FREE_TEXT, Page, PageMark
from doclake.extract.model import Element


def heading_levels(blocks: Sequence[Block], typography: headings.Typography) -> None:
    """Give every heading its level: the bookmark's, the section number's, or its style's rank."""
    unranked = [
        block
        for block in blocks
        if block.type == "Title" and block.level is None and block.paragraph is not None
    ]
    styles = [headings.style(block.paragraph) for block in unranked if block.paragraph]
    typography.levels = headings.rank(styles)
    by_bookmark = defaultdict(list)
    for block in blocks:
        if block.type == "Title" and block.level is not None and block.paragraph:
            by_bookmark[headings.style(block.paragraph)].append(block.level)
    for block, style in zip(unranked, styles, strict=True):
        if style in by_bookmark:
            block.level = min(by_bookmark[style])
        else:
            block.level = headings.section_level(block.text) or typography.levels[style]


def list_levels(blocks: Sequence[Block]) -> None:
    """Give list items their level by their indent within an unbroken list."""
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
    """Elements. The parent of each is the index of the heading above it; that of a table which
    continues another is the index of the other."""
    all_elements: list[Element] = []
    tables: dict[int, int] = {}  # by `id`
    headings_above: list[tuple[int, int]] = []  # level, index
    for block in blocks:
        new = element(block)
        if block.type == "Title" and not block.hidden:
            level = new.level or 1
            while headings_above and headings_above[-1][0] >= level:
                headings_above.pop()
            new.parent = headings_above[-1][1] if headings_above else None
            headings_above.append((level, len(all_elements)))
        elif headings_above:
            new.parent = headings_above[-1][1]
        if block.table is not None:
            tables[id(block.table)] = len(all_elements)
            new.parent = tables.get(id(block.table.continues), new.parent)
        all_elements.append(new)
    return all_elements


def add_links(elements: Sequence[Element], pages: Sequence[Page]) -> None:
    """Give each element the targets of the links whose middle lies in its box."""
    linked = {page.number: page.links for page in pages if page.links}
    if not linked:
        return
    for linked_element in elements:
        links = linked.get(linked_element.page or 0)
        if links and linked_element.bbox:
            targets = [link.text for link in links if _is_inside(link, linked_element.bbox)]
            linked_element.links = tuple(dict.fromkeys(targets))


def _is_inside(mark: PageMark, box: tuple[float, float, float, float]) -> bool:
    x, y = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1


def _is_read_already(mark: PageMark, page: Page) -> bool:
    """Do words written on the page stand among its lines, as most readers show them?"""
    if mark.kind != FREE_TEXT:
        return False
    said = "".join("".join(line.text.split()) for line in page.lines)
    words = "".join(mark.text.split())
    unsigned = words.partition(":")[2] or words
    return words in said or unsigned in said


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
        if not _is_read_already(mark, page)
    ]
    return fields + notes
