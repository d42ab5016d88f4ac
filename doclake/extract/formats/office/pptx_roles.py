"""What the shapes and paragraphs of a slide are: titles, lists, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office.package import A, P
from doclake.extract.model import ElementType
from doclake.extract.text.list_numbering import spell

if TYPE_CHECKING:
    from lxml import etree


TITLES = ("title", "ctrTitle")
_MARGINS: dict[str, ElementType] = {
    "ftr": "Footer",
    "dt": "Footer",
    "hdr": "Header",
    "sldNum": "PageNumber",
}
_NUMBERS = {
    "arabic": ("decimal", "{}"),
    "alphaLc": ("lowerLetter", "{}"),
    "alphaUc": ("upperLetter", "{}"),
    "romanLc": ("lowerRoman", "{}"),
    "romanUc": ("upperRoman", "{}"),
    "circleNum": ("decimalEnclosedCircle", "{}"),
}


def shape_role(shape: etree._Element) -> str | None:
    """Type of the placeholder a shape fills; None for a shape of its own."""
    holder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
    return (holder.get("type") or "obj") if holder is not None else None


def paragraph_kind(
    role: str | None,
    properties: etree._Element | None,
    body: etree._Element,
    level: int,
    counters: dict[int, int],
    shown: bool,
) -> tuple[ElementType, str]:
    """(type, number shown) of a paragraph: by its own bullet, its shape's or its placeholder's."""
    if role in TITLES:
        return "Title", ""
    if role in _MARGINS:
        return _MARGINS[role], ""
    style = body.find(f"{A}lstStyle/{A}lvl{level + 1}pPr")
    for source in (properties, style):
        for node in source if source is not None else ():
            name = local(node)
            if name == "buNone":
                return "NarrativeText", ""
            if name == "buAutoNum":
                return "ListItem", _auto_number(node, level, counters) if shown else ""
            if name in ("buChar", "buBlip"):
                return "ListItem", ""
    return ("ListItem" if role in ("body", "obj") else "NarrativeText"), ""


def _auto_number(node: etree._Element, level: int, counters: dict[int, int]) -> str:
    start = node.get("startAt") or "1"
    counters[level] = counters.get(level, int(start) - 1 if start.isdecimal() else 0) + 1
    for deeper in [place for place in counters if place > level]:
        del counters[deeper]
    form = node.get("type") or "arabicPeriod"
    number = next((f for prefix, (f, _) in _NUMBERS.items() if form.startswith(prefix)), "decimal")
    text = spell(counters[level], number)
    if form.endswith("ParenBoth"):
        return f"({text})"
    return f"{text})" if form.endswith("ParenR") else f"{text}."
