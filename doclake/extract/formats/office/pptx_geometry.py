"""Where the shapes of a slide stand: EMU to points, groups inside groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.formats.office.package import A, P
from doclake.extract.model import BoundingBox

if TYPE_CHECKING:
    from lxml import etree


_EMU_PER_POINT = 12_700
Transform = tuple[float, float, float, float]
"""Scale x, scale y, shift x, shift y from the coordinates of a group to those of the slide."""


def points(emu: str | None) -> float:
    """English metric units as points; 0 for anything but a number."""
    try:
        return int(emu or 0) / _EMU_PER_POINT
    except ValueError:
        return 0.0


def whole(value: str | None) -> int:
    """A whole number at least 0; 0 for anything else."""
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0


def shape_box(shape: etree._Element, transform: Transform) -> BoundingBox | None:
    node = shape.find(f"{P}spPr/{A}xfrm")
    return _box(node if node is not None else shape.find(f"{P}xfrm"), transform)


def group_box(group: etree._Element, transform: Transform) -> BoundingBox | None:
    return _box(group.find(f"{P}grpSpPr/{A}xfrm"), transform)


def _box(node: etree._Element | None, transform: Transform) -> BoundingBox | None:
    offset, extent = (
        (node.find(f"{A}off"), node.find(f"{A}ext")) if node is not None else (None,) * 2
    )
    if offset is None or extent is None:
        return None
    scale_x, scale_y, shift_x, shift_y = transform
    x, y = points(offset.get("x")) * scale_x + shift_x, points(offset.get("y")) * scale_y + shift_y
    width, height = points(extent.get("cx")) * scale_x, points(extent.get("cy")) * scale_y
    return (x, y, x + width, y + height)


def inside(group: etree._Element, outer: Transform) -> Transform:
    """The transform for the shapes in a group."""
    node = group.find(f"{P}grpSpPr/{A}xfrm")
    if node is None:
        return outer
    parts = [node.find(f"{A}{name}") for name in ("off", "ext", "chOff", "chExt")]
    if any(part is None for part in parts):
        return outer
    off, ext, child_off, child_ext = parts
    scale_x = points(ext.get("cx")) / (points(child_ext.get("cx")) or 1)
    scale_y = points(ext.get("cy")) / (points(child_ext.get("cy")) or 1)
    shift_x = points(off.get("x")) - points(child_off.get("x")) * scale_x
    shift_y = points(off.get("y")) - points(child_off.get("y")) * scale_y
    ox, oy, sx, sy = outer
    return (ox * scale_x, oy * scale_y, ox * shift_x + sx, oy * shift_y + sy)
