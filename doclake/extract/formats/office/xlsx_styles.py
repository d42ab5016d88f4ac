"""How the cells of a workbook look: their number formats, and what hides their text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from doclake.extract.formats.office.package import S
from doclake.extract.spreadsheet.format_codes import BUILTIN
from doclake.extract.spreadsheet.grid import CONCEALED
from doclake.extract.spreadsheet.number_format import conceals

if TYPE_CHECKING:
    from lxml import etree

WHITE, TINY = "white text", "tiny text"
_WHITE_INDEXES = ("1", "9", "65")  # of the standard palette, and the background of the system
_BACKGROUND = "0"  # of the colours of a theme: the background of sheets
_TINY_POINTS = 1.0


class Look(NamedTuple):
    """The code of a number format, why the text of a cell is hidden, or None, and its font."""

    code: str = "General"
    hidden: str | None = None
    font: str | None = None


PLAIN = Look()


def read(root: etree._Element | None) -> list[Look]:
    """The looks in `xl/styles.xml` by the style of a cell; empty without that part."""
    looks: list[Look] = []
    if root is None:
        return looks
    own = {
        whole(node.get("numFmtId")): node.get("formatCode") or "General"
        for node in root.iterfind(f"{S}numFmts/{S}numFmt")
    }
    nodes = root.findall(f"{S}fonts/{S}font")
    fonts, names = [_font(node) for node in nodes], [_font_name(node) for node in nodes]
    fills = [_paints(node) for node in root.iterfind(f"{S}fills/{S}fill")]
    for node in root.iterfind(f"{S}cellXfs/{S}xf"):
        number = whole(node.get("numFmtId"))
        code = own.get(number) or BUILTIN.get(number, "General")
        font, fill = whole(node.get("fontId")), whole(node.get("fillId"))
        reason = fonts[font] if font < len(fonts) else None
        painted = fill < len(fills) and fills[fill]
        reason = None if painted and reason == WHITE else reason
        name = names[font] if font < len(names) else None
        looks.append(Look(hidden=CONCEALED) if conceals(code) else Look(code, reason, name))
    return looks


def _font(node: etree._Element) -> str | None:
    size, color = node.find(f"{S}sz"), node.find(f"{S}color")
    try:
        if size is not None and 0 < float(size.get("val") or 0) <= _TINY_POINTS:
            return TINY
    except ValueError:
        pass
    return WHITE if color is not None and _is_white(color) else None


def _font_name(node: etree._Element) -> str | None:
    name = node.find(f"{S}name")
    return name.get("val") if name is not None else None


def _paints(fill: etree._Element) -> bool:
    """Whether a fill shows anything but white behind the text."""
    pattern = fill.find(f"{S}patternFill")
    if pattern is None:
        return len(fill) > 0  # a gradient
    kind = pattern.get("patternType") or "none"
    front = pattern.find(f"{S}fgColor")
    return kind != "none" and not (kind == "solid" and front is not None and _is_white(front))


def _is_white(color: etree._Element) -> bool:
    if (color.get("tint") or "0").strip("0.-"):
        return False
    if color.get("theme") is not None:
        return color.get("theme") == _BACKGROUND
    rgb = (color.get("rgb") or "").upper()
    return rgb.endswith("FFFFFF") or color.get("indexed") in _WHITE_INDEXES


def whole(value: str | None) -> int:
    """A whole number at least 0; 0 for anything else."""
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0
