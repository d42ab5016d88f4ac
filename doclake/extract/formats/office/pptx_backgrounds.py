"""What lies behind the text of a slide: white text is hidden on white, visible on all else.

Whatever is uncertain (gradients, pictures, groups, shapes without a known place) counts as painted,
so that visible text never counts as hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office.package import A, OfficePackage, P
from doclake.extract.model import BoundingBox

if TYPE_CHECKING:
    from lxml import etree

_EMU_PER_POINT = 12_700
_WHITE = "FFFFFF"
_FILLS = frozenset({"solidFill", "gradFill", "blipFill", "pattFill", "grpFill"})
_PLAIN_BACKGROUNDS = ("0", "1000", "1001")  # none, and the first of a theme: a solid colour
_LIGHT = ("BG1", "LT1", "BG2", "LT2", _WHITE, "WINDOW")
_FRAME = frozenset({"nvGrpSpPr", "grpSpPr", "extLst", "contentPart"})


class Ground:
    """The background of one slide and what is painted on it, layout and master included."""

    def __init__(self, package: OfficePackage, part: str) -> None:
        roots = []
        for kind in ("", "slideLayout", "slideMaster", "theme"):
            part = next(iter(package.related(part, kind)), "") if kind else part
            read = package.shared_xml if kind else package.optional_xml
            roots.append(read(part) if part else None)
        self._theme = roots.pop()
        self._colors = _color_map(roots[-1])
        remapped = roots[0] is not None and roots[0].find(f".//{A}overrideClrMapping") is not None
        slides = [root for root in roots if root is not None]
        self._white = not remapped and self._is_plain(slides)
        self._painted = [box for root in slides for box in self._boxes(root)]

    def is_white(self, box: BoundingBox | None) -> bool:
        """Whether everything behind a box is white."""
        if box is None or not self._white:
            return False
        return not any(painted is None or _overlap(box, painted) for painted in self._painted)

    def whitens(self, properties: etree._Element | None) -> bool:
        """Whether the properties of a run make its text white."""
        fill = properties.find(f"{A}solidFill") if properties is not None else None
        return fill is not None and self._color(fill) == _WHITE

    def _color(self, fill: etree._Element) -> str | None:
        """The colour in a fill or a reference; None for one that is computed."""
        for node in fill:
            name, value = local(node), (node.get("lastClr") or node.get("val") or "")
            if len(node):
                return None
            if name == "schemeClr":
                return self._of_theme(self._colors.get(value, value))
            return value.upper() if name in ("srgbClr", "sysClr") else None
        return None

    def _of_theme(self, name: str) -> str | None:
        color = self._theme.find(f".//{A}clrScheme/{A}{name}") if self._theme is not None else None
        return self._color(color) if color is not None else None

    def _is_plain(self, slides: list[etree._Element]) -> bool:
        for root in slides:
            background = root.find(f"{P}cSld/{P}bg")
            if background is None:
                continue
            fill = background.find(f"{P}bgPr/{A}solidFill")
            reference = background.find(f"{P}bgRef")
            if reference is not None and reference.get("idx") in _PLAIN_BACKGROUNDS:
                fill = reference
            return fill is not None and self._color(fill) == _WHITE
        return True

    def _boxes(self, root: etree._Element) -> Iterator[BoundingBox | None]:
        """Boxes of what is painted; None for what may be anywhere."""
        tree = root.find(f"{P}cSld/{P}spTree")
        for shape in tree if tree is not None else ():
            if local(shape) not in _FRAME and (local(shape) != "sp" or self._fills(shape)):
                yield _box(shape)

    def _fills(self, shape: etree._Element) -> bool:
        for node in shape.iterfind(f"{P}spPr/*"):
            if local(node) == "noFill":
                return False
            if local(node) in _FILLS:
                return local(node) != "solidFill" or self._color(node) != _WHITE
        reference = shape.find(f"{P}style/{A}fillRef")
        return reference is not None and reference.get("idx") != "0"


def may_be_white(properties: etree._Element | None) -> bool:
    """Whether the properties of a run name a light colour: a cheap check for every run."""
    fill = properties.find(f"{A}solidFill") if properties is not None else None
    return fill is not None and any((n.get("val") or "").upper() in _LIGHT for n in fill)


def _color_map(master: etree._Element | None) -> dict[str, str]:
    """The theme's names of the colours on slides: `bg1` is mostly `lt1`."""
    node = master.find(f"{P}clrMap") if master is not None else None
    return {str(key): str(value) for key, value in node.items()} if node is not None else {}


def _box(shape: etree._Element) -> BoundingBox | None:
    place = next(shape.iter(f"{A}xfrm", f"{P}xfrm"), None)
    offset, extent = (
        (place.find(f"{A}off"), place.find(f"{A}ext")) if place is not None else (None, None)
    )
    if offset is None or extent is None:
        return None
    try:
        x, y = int(offset.get("x") or 0), int(offset.get("y") or 0)
        width, height = int(extent.get("cx") or 0), int(extent.get("cy") or 0)
    except ValueError:
        return None
    edges = (x, y, x + width, y + height)
    return tuple(edge / _EMU_PER_POINT for edge in edges)  # type: ignore[return-value]


def _overlap(one: BoundingBox, other: BoundingBox) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]
