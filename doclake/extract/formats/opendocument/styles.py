"""Styles of OpenDocument, with what they inherit: whether they hide, paint or number text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT = f"{{{_OASIS}:text:1.0}}"
_TABLE = f"{{{_OASIS}:table:1.0}}"
_STYLE = f"{{{_OASIS}:style:1.0}}"
_PRESENTATION = f"{{{_OASIS}:presentation:1.0}}"
_FO = f"{{{_OASIS}:xsl-fo-compatible:1.0}}"
_UNITS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "px": 0.75, "pc": 12.0}
_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|px|pc)")
_MAX_CHAIN = 10
_TINY_POINTS = 1.0
WHITE = "white text"


def points(length: str | None) -> float | None:
    """`2.5cm` as points; None for anything but a length."""
    match = _LENGTH.fullmatch(length or "")
    try:
        return float(match[1]) * _UNITS[match[2]] if match else None
    except ValueError:
        return None


@dataclass(slots=True)
class Style:
    """What a style itself says; the rest comes from `parent`. `painted`: a colour other than white
    lies behind the text."""

    name: str
    parent: str
    hidden: str | None = None
    painted: bool = False
    invisible: bool = False
    unnumbered: bool = False


class Styles:
    """The styles that the documents `roots` define, by name."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._styles: dict[str, Style] = {}
        for root in roots:
            for node in root.iter(f"{_STYLE}style"):
                self._styles[node.get(f"{_STYLE}name") or ""] = _style(node)

    def chain(self, name: str | None) -> list[Style]:
        """A style and those it is based on."""
        chain: list[Style] = []
        while name in self._styles and len(chain) < _MAX_CHAIN:
            chain.append(self._styles[name])
            name = chain[-1].parent
        return chain

    def parent(self, name: str) -> str | None:
        """The style that a style is based on; empty for none, None for an unknown style."""
        return self._styles[name].parent if name in self._styles else None

    def paints(self, name: str | None) -> bool:
        return any(style.painted for style in self.chain(name))

    def invisible(self, name: str | None) -> bool:
        return name in self._styles and self._styles[name].invisible


def _style(node: etree._Element) -> Style:
    style = Style(
        node.get(f"{_STYLE}name") or "",
        node.get(f"{_STYLE}parent-style-name") or "",
        unnumbered=node.get(f"{_STYLE}list-style-name") == "",
    )
    white = False
    for child in node:
        size = points(child.get(f"{_FO}font-size"))
        white |= (child.get(f"{_FO}color") or "").lower() == "#ffffff"
        background = (child.get(f"{_FO}background-color") or "").lower()
        style.painted |= background not in ("", "transparent", "#ffffff")
        if child.get(f"{_TEXT}display") == "none":
            style.hidden = "text:display=none"
        elif size is not None and 0 <= size <= _TINY_POINTS:
            style.hidden = "tiny text"
        style.invisible |= child.get(f"{_TABLE}display") == "false"
        style.invisible |= child.get(f"{_PRESENTATION}visibility") == "hidden"
    if white and not style.hidden and not style.painted:
        style.hidden = WHITE
    return style
