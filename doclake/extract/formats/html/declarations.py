"""Declarations of CSS that decide whether text is seen: which one holds, what its value means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

Side = TypeVar("Side")
Values = dict[str, tuple[bool, str]]
"""Of each property whether it is `!important`, and its value in small letters."""

_PROPERTIES = frozenset(
    {"display", "visibility", "content-visibility", "opacity", "mso-hide", "text-indent"}
    | {"font-size", "color", "background-color", "background-image"}
    | {"position", "float", "left", "top", "right", "bottom", "margin-left", "margin-top"}
    | {"height", "max-height", "min-height", "width", "max-width", "min-width", "overflow"}
    | {"padding-top", "padding-right", "padding-bottom", "padding-left", "flex", "flex-grow"}
    | {"clip", "clip-path", "transform"}
)
_SIDES = ("top", "right", "bottom", "left")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_IMPORTANT = re.compile(r"\s*!\s*important$")
_SIZE = re.compile(r"\+?(\d+(?:\.\d+)?|\.\d+)([a-z]+|%)?")
_FUNCTION = re.compile(r"(?:calc|clamp|min|max|var|env)\(")
_NAMED = frozenset(
    {"xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large", "initial"}
)
_PICTURE = re.compile(r"url\(|gradient\(|image-set\(|image\(|element\(|var\(")
_COLOUR = re.compile(r"#[\da-f]+|(?:rgb|hsl)a?\([^()]*\)|\b(?:white|transparent)\b")
_PLACES = frozenset(
    {"none", "repeat", "repeat-x", "repeat-y", "no-repeat", "scroll", "fixed", "local", "center"}
    | {"top", "left", "right", "bottom", "initial", "unset", "inherit"}
)
_KEEPS = frozenset({"inherit", "unset", "revert", "currentcolor"})
NORMAL = 16.0
"""Size of text in pixels where nothing is said."""
_NEAR_WHITE = 250


def declared(style: str) -> Values:
    """The declarations of a rule or an attribute: the last of a property holds, unless an important
    one stands before it. What browsers would not understand does not count."""
    values: Values = {}
    for part in _COMMENT.sub("", style.lower()).split(";"):
        name, _, value = part.partition(":")
        text = value.strip()
        plain = _IMPORTANT.sub("", text)
        for single, meant in _longhands(name.strip(), plain):
            if single in _PROPERTIES and meant:
                important = plain != text
                if important or not values.get(single, (False, ""))[0]:
                    values[single] = (important, meant)
    return values


def _longhands(name: str, value: str) -> list[tuple[str, str]]:
    if name == "font":
        sizes = (token for token in re.split(r"[\s/]+", value) if size(token, NORMAL) is not None)
        return [("font-size", next(sizes, ""))]
    if name == "font-size":
        return [(name, value if size(value, NORMAL) is not None else "")]
    if name in ("margin", "padding"):
        values = four_sides(value.split() or [""])
        return [(f"{name}-{side}", one) for side, one in zip(_SIDES, values, strict=True)]
    if name in ("overflow-x", "overflow-y"):
        return [("overflow", value)]
    if name != "background":
        return [(name, value)]
    if _PICTURE.search(value):
        return [("background-image", value)]
    colour = _COLOUR.search(value)
    rest = [token for token in value.split() if token not in _PLACES and not token[0].isdigit()]
    return [
        ("background-image", "none"),
        ("background-color", colour[0] if colour else rest[0] if rest else "transparent"),
    ]


def four_sides(values: Sequence[Side]) -> Sequence[Side]:
    """The values for top, right, bottom and left, of which a shorthand may give one to four."""
    return [*values, values[1]] if len(values) == 3 else (list(values) * 4)[:4]


def size(value: str, outer: float) -> float | None:
    """A `font-size` in pixels (a point counts as one) inside text of the size `outer`; None if it
    is none."""
    match = _SIZE.fullmatch(value)
    if match:
        number, unit = float(match[1]), match[2]
        if unit in ("em", "%", "ex", "ch"):
            return outer * number / (100 if unit == "%" else 1)
        if unit in ("px", "pt"):
            return number
        return NORMAL * min(number, 1) if unit or not number else None
    if value in _NAMED or _FUNCTION.match(value):
        return NORMAL
    return outer if value in ("smaller", "larger", *_KEEPS) else None


def text_colour(value: str, outer: str | None) -> str | None:
    """Why text of a colour is not seen on white, or None; `outer` is that of the text around it."""
    if value in _KEEPS:
        return outer
    colour = _read(value)
    if colour is None:
        return None
    return "transparent text" if not colour[1] else "white text" if colour[0] else None


def paints(value: str) -> bool | None:
    """Whether a ground of a colour is another than white; None if what lies behind it shows."""
    if value in _KEEPS or value in ("initial", "none"):
        return None
    colour = _read(value)
    if colour is None:
        return True
    white, opacity = colour
    return None if opacity == 0 or (white and opacity < 1) else not white


def _read(value: str) -> tuple[bool, float] | None:
    """Of a colour whether it is white or nearly so, and its opacity; None if only its name is
    known."""
    if value in ("white", "transparent"):
        return value == "white", float(value == "white")
    if value.startswith("#"):
        digits = value[1:]
        digits = "".join(digit * 2 for digit in digits) if len(digits) in (3, 4) else digits
        if not re.fullmatch(r"[\da-f]{6}(?:[\da-f]{2})?", digits):
            return None
        parts = [int(digits[place : place + 2], 16) for place in range(0, len(digits), 2)]
        return min(parts[:3]) >= _NEAR_WHITE, parts[3] / 255 if len(parts) == 4 else 1.0
    kind, _, inside = value.rstrip(")").partition("(")
    numbers = [_number(part) for part in re.split(r"[\s,/]+", inside.strip())]
    if kind.removesuffix("a") not in ("rgb", "hsl") or len(numbers) < 3 or None in numbers:
        return None
    channels = [number or 0 for number in numbers]
    opacity = channels[3] / (1 if inside.strip()[-1] != "%" else 255) if len(numbers) > 3 else 1.0
    bright = channels[2:3] if kind.startswith("hsl") else channels[:3]
    return min(bright) >= _NEAR_WHITE, opacity


def _number(text: str) -> float | None:
    """A number, or 255 times a percentage."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)(%|deg)?", text)
    if match is None:
        return None
    return float(match[1]) * (2.55 if match[2] == "%" else 1)
