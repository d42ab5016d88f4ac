"""Boxes that show nothing of what is in them: without room, clipped away, moved off the page.

Pages give screen readers text of their own in such boxes; no eye sees it, so it counts as hidden,
whoever it is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from doclake.extract.formats.html.declarations import four_sides
from doclake.extract.formats.html.vocabulary import BLOCKS

_LENGTH = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))([a-z]+|%)?")
_PIXELS = {"px": 1, "pt": 1.33, "in": 96, "cm": 38, "em": 16, "rem": 16, "ex": 8, "ch": 8}
_THIN = 1.0  # pixels; screen readers are given boxes of one
_FAR = -999.0
_SIDES = ("left", "top", "right", "bottom", "text-indent")
_MARGINS = ("left", "top")
_TABLE_PARTS = frozenset({"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"})
_GROWS = ("padding-top", "padding-bottom", "min-height", "flex", "flex-grow")
_WIDENS = ("padding-left", "padding-right", "min-width", "flex", "flex-grow")
_EXTENTS = (("height", _GROWS), ("max-height", _GROWS), ("width", _WIDENS), ("max-width", _WIDENS))
_STRETCHES = re.compile("[1-9]|auto")
_NOTHING = re.compile(r"scale(?:x|y|3d)?\(\s*0*(?:\.0*)?\s*[,)]|translate\w*\(\s*-\d{4,}")
_INSIDE = re.compile(r"(rect|inset|circle|polygon)\(([^()]*)\)")


def concealment(tag: str, own: Mapping[str, str]) -> str | None:
    """Why the box of an element shows nothing, by the declarations that hold for it, or None."""
    moves = [_pixels(own.get(side, "")) for side in _SIDES]
    for side in _MARGINS:  # a padding as wide only stretches the ground to the edge of the page
        inner = _pixels(own.get(f"padding-{side}", "")) or 0
        moves.append((_pixels(own.get(f"margin-{side}", "")) or 0) + inner)
    if min(move or 0 for move in moves) <= _FAR:
        return "off the page"
    if _NOTHING.search(own.get("transform", "")):
        return "transformed away"
    if any(_is_clipped(own.get(name, "")) for name in ("clip", "clip-path")):
        return "clipped away"
    return "no room" if _has_no_room(tag, own) else None


def _pixels(value: str) -> float | None:
    """A length; None for a share of something else and for what is none."""
    match = _LENGTH.fullmatch(value)
    if match is None or match[2] == "%":
        return None
    return float(match[1]) * _PIXELS.get(match[2] or "px", 1)


def _has_no_room(tag: str, own: Mapping[str, str]) -> bool:
    """Heights and widths bind neither words within a line nor parts of tables, which grow."""
    if not {"hidden", "clip"}.intersection(own.get("overflow", "").split()):
        return False
    display = own.get("display", "block" if tag in BLOCKS - _TABLE_PARTS else "inline")
    floats = own.get("position") in ("absolute", "fixed") or own.get("float") in ("left", "right")
    if not floats and (display.startswith("table") or display in ("inline", "contents")):
        return False
    return any(
        (size := _pixels(own.get(extent, ""))) is not None
        and size <= _THIN
        and not any(_STRETCHES.search(own.get(name, "")) for name in stretching)
        for extent, stretching in _EXTENTS
    )


def _is_clipped(value: str) -> bool:
    match = _INSIDE.search(value)
    if match is None:
        return False
    shape, inside = match[1], match[2].partition(" round ")[0]
    numbers = [_LENGTH.fullmatch(part) for part in re.split(r"[\s,]+", inside.strip())]
    sizes = [float(number[1]) for number in numbers if number]
    if not sizes or len(sizes) < len(numbers):
        return shape == "circle" and sizes[:1] == [0]
    if shape == "rect":
        top, right, bottom, left = (*sizes, 1, 0, 0, 0)[:4]
        return right - left <= _THIN and bottom - top <= _THIN
    if shape == "inset":
        shares = [float(number[1]) if number[2] == "%" else 0.0 for number in numbers if number]
        top, right, bottom, left = four_sides(shares)
        return top + bottom >= 100 or left + right >= 100
    pairs = set(zip(sizes[::2], sizes[1::2], strict=False))
    return sizes[0] == 0 if shape == "circle" else len(pairs) == 1
