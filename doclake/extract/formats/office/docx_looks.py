"""Whether a reader sees a run of a DOCX: its colour and size, and the fill behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doclake.extract.formats.office.docx_styles import Look, Style, Styles, fill, near_white
from doclake.extract.formats.office.package import A, W

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_TINY_HALF_POINTS = 2
_DRAWINGS = frozenset({f"{W}drawing", f"{W}pict"})
_FILLS = frozenset({f"{A}solidFill", f"{A}gradFill", f"{A}blipFill", f"{A}pattFill"})
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_PAPER = frozenset({"bg1", "lt1"})
_VML_COLOR = re.compile(r"#([0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?)\b")
_VML_WHITE = ("white", "window")


def hides(run: etree._Element, around: list[Style], styles: Styles) -> str | None:
    """Why a reader does not see the text of a run; `around` is the style of its paragraph and those
    that it is based on."""
    properties = run.find(f"{W}rPr")
    own = [Look()] if properties is None else [Look.of(properties)]
    own += [style.look for style in styles.chain(named(properties, "rStyle"))]
    looks = [*own, *(style.look for style in around), styles.look]
    if next((look.hidden for look in looks if look.hidden is not None), False):
        return "w:vanish"
    color = next((look.color for look in looks if look.color), "")
    if near_white(color) and not painted(run, styles):
        return "white text"
    size = next((look.size for look in looks if look.size is not None), None)
    return "tiny text" if size is not None and size <= _TINY_HALF_POINTS else None


def named(properties: etree._Element | None, kind: str) -> str | None:
    """The style that properties name."""
    node = properties.find(f"{W}{kind}") if properties is not None else None
    return node.get(f"{W}val") if node is not None else None


def painted(node: etree._Element, styles: Styles) -> bool:
    """Whether the nearest fill behind a node has a colour that white text shows on."""
    for around in (node, *node.iterancestors()):
        for known in _fills(around, styles):
            if known is not None:
                return known
    return styles.page


def page(document: etree._Element) -> bool:
    """Whether the paper has a colour."""
    paper = document.find(f"{W}background")
    return paper is not None and not near_white(paper.get(f"{W}color") or "FFFFFF")


def _fills(node: etree._Element, styles: Styles) -> Iterator[bool | None]:
    if node.tag == f"{W}r":
        properties = node.find(f"{W}rPr")
        light = named(properties, "highlight") or "none"
        yield None if light == "none" else light != "white"
        yield _own(properties)
        yield styles.fill(named(properties, "rStyle"))
    elif node.tag == f"{W}p":
        properties = node.find(f"{W}pPr")
        yield _own(properties)
        yield styles.fill(named(properties, "pStyle") or styles.default)
    elif node.tag == f"{W}tc":
        yield _own(node.find(f"{W}tcPr"))
    elif node.tag == f"{W}tr":
        yield _own(node.find(f"{W}tblPrEx"))
    elif node.tag == f"{W}tbl":
        properties = node.find(f"{W}tblPr")
        yield _own(properties)
        yield styles.paints(named(properties, "tblStyle")) or None
    elif node.tag in _DRAWINGS:
        yield any(map(_paints, node.iter())) or None


def _own(properties: etree._Element | None) -> bool | None:
    return fill(properties.find(f"{W}shd")) if properties is not None else None


def _paints(shape: etree._Element) -> bool:
    """Whether a part of a drawing gives its shape a colour."""
    parent = shape.getparent()
    if shape.tag == _PICTURE:
        return True
    if shape.tag in _FILLS and parent is not None and str(parent.tag).endswith("}spPr"):
        return not all(map(_is_paper, shape)) or not len(shape)
    if shape.tag == f"{A}fillRef":
        around = parent.itersiblings(preceding=True) if parent is not None else ()
        plain = any(node.find(f"{A}noFill") is not None for node in around)
        return shape.get("idx") != "0" and not plain and not all(map(_is_paper, shape))
    color = shape.get("fillcolor")
    if color is None or shape.get("filled") in ("f", "false"):
        return False
    known = _VML_COLOR.match(color)
    if known is None:
        return not color.startswith(_VML_WHITE)
    return not near_white(known[1] if len(known[1]) == 6 else "".join(c * 2 for c in known[1]))


def _is_paper(color: etree._Element) -> bool:
    return color.get("val") in _PAPER or near_white(color.get("val") or "")
