"""Styles and numbering of a DOCX: what a paragraph is, and the number Word shows before it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doclake.extract.formats.office.package import W, is_on
from doclake.extract.text.list_numbering import Level, Numbering

if TYPE_CHECKING:
    from lxml import etree

_HEADING = re.compile(
    r"(?:heading|제목|überschrift|titre|título|見出し|标题)\s*([1-9])", re.IGNORECASE
)
_MAX_CHAIN = 20
_NEAR = 24  # of 255: as in the layout of pages, colours closer than this look the same
_PATTERNS = ("clear", "nil")


@dataclass(slots=True)
class Look:
    """What properties say of text; None or empty where they say nothing."""

    hidden: bool | None = None
    color: str = ""
    size: int | None = None  # half points

    @classmethod
    def of(cls, properties: etree._Element) -> Look:
        vanish, color = properties.find(f"{W}vanish"), properties.find(f"{W}color")
        return cls(
            is_on(vanish) if vanish is not None else None,
            (color.get(f"{W}val") or "") if color is not None else "",
            number(properties.find(f"{W}sz")),
        )


@dataclass(slots=True)
class Style:
    """One paragraph or character style; None where it inherits."""

    name: str = ""
    base: str | None = None
    outline: int | None = None
    numbering: tuple[str | None, int | None] | None = None
    look: Look = field(default_factory=Look)
    fill: bool | None = None
    script: str | None = None


class Styles:
    """The styles of a document; each inherits from its chain of base styles. `look` is that of text
    without any, `page` whether the paper has a colour."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, Style] = {}
        self.default: str | None = None
        self.page = False
        base = root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr") if root is not None else None
        self.look = Look.of(base) if base is not None else Look()
        for node in root.iterfind(f"{W}style") if root is not None else ():
            identity = node.get(f"{W}styleId") or ""
            self._styles[identity] = _style(node)
            if node.get(f"{W}type") == "paragraph" and node.get(f"{W}default") in ("1", "true"):
                self.default = identity

    def chain(self, identity: str | None) -> list[Style]:
        chain: list[Style] = []
        while identity in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[identity])
            identity = chain[-1].base
        return chain

    def name(self, identity: str | None) -> str:
        return self._styles[identity].name if identity in self._styles else ""

    def heading_level(self, identity: str | None) -> int | None:
        """Level from 1 if it is a heading style; `Title` is 1."""
        for style in self.chain(identity):
            match = _HEADING.match(style.name)
            if match:
                return int(match[1])
            if style.name.lower() in ("title", "제목"):
                return 1
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else None
        return None

    def numbering(self, identity: str | None) -> tuple[str | None, int | None] | None:
        return next((s.numbering for s in self.chain(identity) if s.numbering), None)

    def script(self, identity: str | None) -> str:
        """`superscript`, `subscript`, or empty."""
        return next((s.script for s in self.chain(identity) if s.script is not None), "")

    def fill(self, identity: str | None) -> bool | None:
        """What `fill` says of the nearest style that says anything."""
        return next((s.fill for s in self.chain(identity) if s.fill is not None), None)

    def paints(self, identity: str | None) -> bool:
        """Whether a style of tables gives any of their cells a colour."""
        return any(style.fill for style in self.chain(identity))


def _style(node: etree._Element) -> Style:
    style = Style()
    name, base = node.find(f"{W}name"), node.find(f"{W}basedOn")
    style.name = (name.get(f"{W}val") or "") if name is not None else ""
    style.base = base.get(f"{W}val") if base is not None else None
    outline = node.find(f"{W}pPr/{W}outlineLvl")
    style.outline = number(outline)
    style.numbering = numbering_of(node.find(f"{W}pPr"))
    properties = node.find(f"{W}rPr")
    style.look = Look.of(properties) if properties is not None else Look()
    script = node.find(f"{W}rPr/{W}vertAlign")
    style.script = script.get(f"{W}val") if script is not None else None
    fills = [known for shade in node.iter(f"{W}shd") if (known := fill(shade)) is not None]
    style.fill = any(fills) if fills else None
    return style


def fill(shade: etree._Element | None) -> bool | None:
    """Whether a shading has a colour that white text shows on; None where it lets through what lies
    behind it."""
    if shade is None or shade.get(f"{W}val") == "nil":
        return None
    if (shade.get(f"{W}val") or "clear") not in _PATTERNS:  # its foreground, of itself black
        return not near_white(shade.get(f"{W}color") or "auto")
    color, theme = shade.get(f"{W}fill") or "auto", shade.get(f"{W}themeFill")
    if color == "auto":
        return None if theme is None else theme not in ("background1", "light1")
    return not near_white(color)


def near_white(color: str) -> bool:
    """Whether a colour (RRGGBB) cannot be told from white."""
    if not re.fullmatch("[0-9A-Fa-f]{6}", color):
        return False
    return all(255 - value < _NEAR for value in bytes.fromhex(color))


def number(node: etree._Element | None) -> int | None:
    """`w:val` as a whole number, or None."""
    value = node.get(f"{W}val") if node is not None else None
    return int(value) if value and re.fullmatch(r"-?\d{1,9}", value) else None


def numbering_of(properties: etree._Element | None) -> tuple[str | None, int | None] | None:
    """(numId, level) of paragraph properties; either may be left to the style."""
    node = properties.find(f"{W}numPr") if properties is not None else None
    if node is None:
        return None
    identity = node.find(f"{W}numId")
    return identity.get(f"{W}val") if identity is not None else None, number(node.find(f"{W}ilvl"))


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists of `word/numbering.xml`."""
    numbering = Numbering()
    for node in root.iterfind(f"{W}abstractNum") if root is not None else ():
        levels = {number_of_level(n): _level(n) for n in node.iterfind(f"{W}lvl")}
        numbering.levels[node.get(f"{W}abstractNumId") or ""] = levels
    for node in root.iterfind(f"{W}num") if root is not None else ():
        identity = node.get(f"{W}numId") or ""
        abstract = node.find(f"{W}abstractNumId")
        abstract_id = abstract.get(f"{W}val") if abstract is not None else None
        numbering.abstract[identity] = abstract_id or ""
        starts = {}
        for override in node.iterfind(f"{W}lvlOverride"):
            start = number(override.find(f"{W}startOverride"))
            if start is not None:
                starts[number_of_level(override)] = start
        numbering.starts[identity] = starts
    return numbering


def number_of_level(node: etree._Element) -> int:
    value = node.get(f"{W}ilvl") or "0"
    return int(value) if value.isdecimal() else 0


def _level(node: etree._Element) -> Level:
    form, text = node.find(f"{W}numFmt"), node.find(f"{W}lvlText")
    start = number(node.find(f"{W}start"))
    return Level(
        (form.get(f"{W}val") or "decimal") if form is not None else "decimal",
        (text.get(f"{W}val") or "") if text is not None else "",
        1 if start is None else start,
    )
