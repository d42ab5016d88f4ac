"""Styles of OpenDocument, with what they inherit: whether they hide, paint or number text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doclake.extract.text import symbol_fonts
from doclake.extract.text.scripts import subscript, superscript

if TYPE_CHECKING:
    from lxml import etree

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT = f"{{{_OASIS}:text:1.0}}"
_TABLE = f"{{{_OASIS}:table:1.0}}"
_STYLE = f"{{{_OASIS}:style:1.0}}"
_PRESENTATION = f"{{{_OASIS}:presentation:1.0}}"
_SVG = f"{{{_OASIS}:svg-compatible:1.0}}"
_FO = f"{{{_OASIS}:xsl-fo-compatible:1.0}}"
_UNITS = {"cm": 72 / 2.54, "mm": 72 / 25.4, "in": 72.0, "pt": 1.0, "px": 0.75, "pc": 12.0}
_LENGTH = re.compile(r"(-?[\d.]+)(cm|mm|in|pt|px|pc)")
_MAX_CHAIN = 10
_TINY_POINTS = 1.0
WHITE = "white text"
HIDDEN_FIELD = "hidden field"
_NOT_DISPLAYED = "text:display=none"
_PRIVATE = re.compile("[\uf000-\uf0ff]+")
_SCRIPTS: dict[str, Callable[[str], str]] = {"super": superscript, "sub": subscript}


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
    font: str | None = None
    script: str | None = None


class Styles:
    """The styles that the documents `roots` define, by name."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._styles: dict[str, Style] = {}
        self._fonts: dict[str, str] = {}
        for root in roots:
            for node in root.iter(f"{_STYLE}font-face"):
                family = (node.get(f"{_SVG}font-family") or "").strip("'\"")
                self._fonts[node.get(f"{_STYLE}name") or ""] = family
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

    def glyphs(self, name: str | None, text: str) -> str:
        """The text with codes of the private area as the symbol font of a style shows them."""
        if not _PRIVATE.search(text):
            return text
        font = self._font(self.chain(name))
        return _PRIVATE.sub(lambda match: symbol_fonts.shown(match[0], font), text)

    def _font(self, chain: list[Style]) -> str | None:
        name = next((style.font for style in chain if style.font), None)
        return self._fonts.get(name, name) if name else None

    def as_set(self, name: str | None, text: str) -> str:
        """The text in the font of a style, raised or lowered by it."""
        chain = self.chain(name)
        font = self._font(chain)
        text = symbol_fonts.shown(text, font)
        set_as = _SCRIPTS.get(next((style.script for style in chain if style.script), ""))
        return set_as(text) if set_as else text

    def invisible(self, name: str | None) -> bool:
        return name in self._styles and self._styles[name].invisible


def hiding(node: etree._Element) -> str | None:
    """Why a section or a paragraph itself hides what it holds: a condition hides as it stood when
    the document was saved."""
    if node.tag == f"{_TEXT}section":
        display = node.get(f"{_TEXT}display")
        met = display == "condition" and node.get(f"{_TEXT}is-hidden") == "true"
        return _NOT_DISPLAYED if display == "none" or met else None
    if node.tag in (f"{_TEXT}p", f"{_TEXT}h"):
        fields = node.iter(f"{_TEXT}hidden-paragraph")
        return HIDDEN_FIELD if any(f.get(f"{_TEXT}is-hidden") == "true" for f in fields) else None
    return None


def _script(position: str | None) -> str:
    """`super 58%`, or by how much the text stands raised: `33% 58%`."""
    word = (position or "").split(" ")[0]
    if word in _SCRIPTS:
        return word
    amount = word.rstrip("%")
    if not amount.lstrip("-").isdecimal() or not int(amount):
        return ""
    return "super" if int(amount) > 0 else "sub"


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
        font = child.get(f"{_STYLE}font-name") or child.get(f"{_FO}font-family")
        style.font = font or style.font
        style.script = _script(child.get(f"{_STYLE}text-position")) or style.script
        background = (child.get(f"{_FO}background-color") or "").lower()
        style.painted |= background not in ("", "transparent", "#ffffff")
        if child.get(f"{_TEXT}display") == "none":
            style.hidden = _NOT_DISPLAYED
        elif size is not None and 0 <= size <= _TINY_POINTS:
            style.hidden = "tiny text"
        style.invisible |= child.get(f"{_TABLE}display") == "false"
        style.invisible |= child.get(f"{_PRESENTATION}visibility") == "hidden"
    if white and not style.hidden and not style.painted:
        style.hidden = WHITE
    return style
