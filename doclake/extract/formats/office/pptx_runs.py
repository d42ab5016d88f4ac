"""Text of a DrawingML run as its properties show it: in symbol fonts, raised, lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.formats.office.package import A
from doclake.extract.text import symbol_fonts
from doclake.extract.text.scripts import subscript, superscript

if TYPE_CHECKING:
    from lxml import etree


def run_text(text: str, properties: etree._Element | None) -> str:
    if properties is None:
        return text
    for name in ("sym", "latin"):
        font = properties.find(f"{A}{name}")
        if font is not None and symbol_fonts.is_symbol_font(font.get("typeface")):
            text = symbol_fonts.shown(text, font.get("typeface"))
            break
    baseline = (properties.get("baseline") or "").rstrip("%")
    if baseline.lstrip("-").isdecimal() and int(baseline):
        return superscript(text) if int(baseline) > 0 else subscript(text)
    return text


def paragraph_text(paragraph: etree._Element) -> str:
    """All words of a paragraph, without its breaks."""
    return "".join(
        run_text(node.text or "", node.getparent().find(f"{A}rPr"))
        for node in paragraph.iter(f"{A}t")
    )
