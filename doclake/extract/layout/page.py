"""A page as read: lines, rules, fills and pictures, the same for every PDF engine and for OCR.

Coordinates are points from the top left of the page as displayed. Page rotation is applied, so the
layout code never asks for the engine or the rotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doclake.extract.layout.geometry import Box
from doclake.extract.model import ElementType

if TYPE_CHECKING:
    from doclake.extract.layout.page_table import Table


@dataclass(slots=True, eq=False)
class Line:
    """A run of text on one baseline, never wider than one column or cell.

    `turn` is the writing direction in quarter turns clockwise (0 is left to right, 1 downwards),
    or VERTICAL for upright glyphs set in columns; a `slanted` line runs in none of them. `alpha` 0
    means painted invisibly (render mode 3). `colour` is 0xRRGGBB. `order` numbers lines, fills and
    pictures together in the order of painting, from 1; 0 is not known. `hidden` says why a reader
    does not see the line. `raised`: it begins with a superscript. A line is never blank.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    font: str = ""
    bold: bool = False
    mono: bool = False
    raised: bool = False
    turn: int = 0
    colour: int = 0
    alpha: int = 255
    order: int = 0
    hidden: str | None = None
    confidence: float | None = None
    slanted: bool = False

    @property
    def box(self) -> Box:
        return self.x0, self.y0, self.x1, self.y1


@dataclass(slots=True)
class Fill:
    """A painted area by its bounds. `opaque`: it is a rectangle and covers all under it."""

    box: Box
    colour: int
    order: int = 0
    opaque: bool = False


@dataclass(slots=True)
class Picture:
    """A raster image as placed on the page, with the number of its own pixels. One with a mask is
    not `opaque`."""

    box: Box
    pixels: int
    order: int = 0
    opaque: bool = True


FREE_TEXT = "freetext"
"""The kind of an annotation that is words written on the page."""


@dataclass(slots=True)
class PageMark:
    """A link, a form field or an annotation of a page."""

    box: Box
    text: str
    kind: str = ""


def field_text(label: str, value: str) -> str:
    """A form field as it is read: its label, which may end with a colon of its own, and what it
    holds."""
    label = label.rstrip(" :：\u00a0")
    return f"{label}: {value}" if value else label


@dataclass(slots=True)
class OcrWord:
    """A word that OCR read; `confidence` 0 to 1."""

    text: str
    box: Box
    confidence: float


@dataclass(slots=True)
class Page:
    """One page as read, its `number` from 1. `rules` are thin level or upright strokes, `regions`
    those of a layout model, `words` those that OCR read."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    images: list[Picture] = field(default_factory=list)
    links: list[PageMark] = field(default_factory=list)
    fields: list[PageMark] = field(default_factory=list)
    annotations: list[PageMark] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    regions: list[tuple[Box, ElementType | None]] = field(default_factory=list)
    drawings: int = 0
    method: str = ""
    words: list[OcrWord] = field(default_factory=list)


def confidence(lines: Sequence[Line]) -> float | None:
    """Mean confidence of a character, None if no line has one."""
    known = [(line.confidence, len(line.text)) for line in lines if line.confidence is not None]
    weight = sum(length for _, length in known)
    if not weight:
        return None
    return round(sum(value * length for value, length in known) / weight, 3)
