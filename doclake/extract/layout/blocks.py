"""Blocks of a page: lines that belong together, with their type."""

from __future__ import annotations

from dataclasses import dataclass

from doclake.extract.layout.geometry import Box
from doclake.extract.layout.page_table import Table
from doclake.extract.layout.paragraphs import Paragraph
from doclake.extract.model import Element, ElementType


@dataclass(slots=True, eq=False)
class Block:
    """A paragraph, a table or a picture; an element once its level and parent are known."""

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
    table: Table | None = None


@dataclass(slots=True, eq=False)
class TableBox:
    """A page table as the reading order sees it: a box that must not be cut."""

    x0: float
    y0: float
    x1: float
    y1: float
    block: Block


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
