"""What a reader does not see in HTML: hidden by attribute, inline style or a plain style rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from doclake.extract.formats.html.boxes import concealment
from doclake.extract.formats.html.declarations import (
    NORMAL,
    Values,
    declared,
    paints,
    size,
    text_colour,
)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->|<!\[CDATA\[|\]\]>", re.DOTALL)
_RULE = re.compile(r"(?<![^{}])([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[\w-]*[.#][\w-]+")
_NARROWED = re.compile(r":[\w-]+(?:\([^()]*\))?|\[[^\[\]]*\]")
_OTHER_STATE = re.compile(r"::|:(?:before|after|first-l|hover|focus|active|visited|target)")
_FOR_SCREENS = re.compile(r"@(?:media|supports|layer)\b(?!.*(?:\bprint\b|dark))", re.DOTALL)
_ZERO = re.compile(r"0*(?:\.0\d*)?|0*[0-4](?:\.\d*)?%")
_TINY = 2.0
_GROUNDS = {"background-image": "background-color"}
DELETED = "del"
"""The element of tracked changes. `s` and `strike` only cross out: their text stays."""
_FOR_SCREEN_READERS = {"sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden"}


@dataclass(slots=True, frozen=True)
class Look:
    """How text looks inside an element. `gone` hides all that is inside. The rest is inherited, and
    what stands inside may show again by a value of its own."""

    gone: str | None = None
    visible: bool = True
    size: float = NORMAL
    colour: str | None = None
    painted: bool = False

    @property
    def hidden(self) -> str | None:
        """Why text is not seen, or None."""
        if self.gone or not self.visible:
            return self.gone or "visibility:hidden"
        if self.size < _TINY:
            return "tiny text" if self.size else "font-size:0"
        return None if self.colour == "white text" and self.painted else self.colour

    @property
    def shows_pictures(self) -> bool:
        """Pictures have neither size nor colour of text."""
        return self.visible and not self.gone


PLAIN = Look()
"""The look of text where nothing is said of it."""


class Styles:
    """Follows looks down a page. Knows inline styles and rules of one class or id
    (`.x {display:none}`) outside `@media`, not the whole cascade: of other rules it knows what they
    may show, by the last part of their selectors. None stands for a sheet that is not at hand."""

    def __init__(self, sheets: Sequence[str | None]) -> None:
        self._known: dict[str, Values] = {}
        self._shown: dict[str, frozenset[str]] = {}
        self._styled = any(sheet is None or "background" in sheet for sheet in sheets)
        for known, shown in map(_rules, filter(None, sheets)):
            for name, values in known.items():
                _merge(self._known.setdefault(name, {}), values)
            for name, properties in shown.items():
                self._shown[name] = self._shown.get(name, frozenset()) | properties
        self._order = {name: place for place, name in enumerate(self._known)}

    def inside(self, tag: str, attributes: dict[str, str | None], outer: Look) -> Look:
        """The look of what stands inside an element; `outer` that of what stands around it."""
        if outer.gone or not (attributes or tag == DELETED or self._shown):
            return outer
        names = _names(tag, attributes)
        shown: frozenset[str] = frozenset().union(
            *(self._shown[name] for name in ("*", *names) if name in self._shown)
        )
        if not attributes and tag != DELETED and not shown:
            return outer
        own = self._own(names, attributes)
        if reason := _gone(tag, attributes, own):
            return replace(outer, gone=reason)
        return Look(
            None,
            _visible(own, shown, outer),
            _size(own, shown, outer, _attribute(tag, attributes, "size")),
            _colour(own, shown, outer, tag, attributes),
            self._painted(own, shown, outer, attributes),
        )

    def _own(self, names: list[str], attributes: dict[str, str | None]) -> dict[str, str]:
        values: Values = {}
        known = [name for name in names if name in self._known]
        for name in sorted(known, key=self._strength):
            _merge(values, self._known[name])
        if style := attributes.get("style"):
            _merge(values, declared(style))
        return {name: value for name, (_, value) in values.items()}

    def _strength(self, selector: str) -> tuple[bool, bool, int]:
        return "#" in selector, selector[0] not in ".#", self._order[selector]

    def _painted(
        self,
        own: dict[str, str],
        shown: frozenset[str],
        outer: Look,
        attributes: dict[str, str | None],
    ) -> bool:
        """Whether the ground may have a colour from here on, so that white text may show."""
        if own.get("background-image", "none") != "none" or attributes.get("background"):
            return True
        ground = paints(own["background-color"]) if "background-color" in own else None
        if ground is not None:
            inline = "background" in (attributes.get("style") or "").lower()
            return ground or ("background-color" in shown and not inline)
        if "background-color" in shown:
            return True
        if self._styled and (attributes.get("class") or attributes.get("id")):
            return True
        if attributes.get("bgcolor"):
            ground = paints(_legacy(attributes["bgcolor"] or ""))
        return outer.painted if ground is None else ground


def is_gone(style: str) -> bool:
    """Whether an inline style takes an element off the page."""
    return declared(style).get("display", (False, ""))[1] == "none"


def _gone(tag: str, attributes: dict[str, str | None], own: dict[str, str]) -> str | None:
    if tag == DELETED:
        return "deleted text"
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return "hidden attribute"
    if own.get("display") == "none":
        return "display:none"
    if own.get("content-visibility") == "hidden":
        return "content-visibility:hidden"
    if _ZERO.fullmatch(own.get("opacity", "1")):
        return "opacity:0"
    if own.get("mso-hide") == "all":
        return "mso-hide:all"
    classes = (attributes.get("class") or "").lower().split()
    if _FOR_SCREEN_READERS.intersection(classes):
        return "for screen readers"
    return concealment(tag, own)


def _visible(own: dict[str, str], shown: frozenset[str], outer: Look) -> bool:
    value = own.get("visibility", "")
    if value in ("hidden", "collapse", "visible", "initial"):
        return value in ("visible", "initial")
    return outer.visible or "visibility" in shown


def _size(own: dict[str, str], shown: frozenset[str], outer: Look, attribute: str | None) -> float:
    if "font-size" in own:
        inner = size(own["font-size"], outer.size)
        return outer.size if inner is None else inner
    return NORMAL if attribute or "font-size" in shown else outer.size


def _colour(
    own: dict[str, str],
    shown: frozenset[str],
    outer: Look,
    tag: str,
    attributes: dict[str, str | None],
) -> str | None:
    if "color" in own:
        return text_colour(own["color"], outer.colour)
    named = _attribute(tag, attributes, "color")
    if named:
        return text_colour(_legacy(named), outer.colour)
    is_link = tag == "a" and bool(attributes.get("href"))  # links have a colour of their own
    return None if is_link or "color" in shown else outer.colour


def _attribute(tag: str, attributes: dict[str, str | None], name: str) -> str | None:
    if tag == "font":
        return attributes.get(name)
    return attributes.get("text") if tag == "body" and name == "color" else None


def _legacy(colour: str) -> str:
    """A colour of an attribute: there the sign before its digits may be missing."""
    text = colour.strip().lower()
    return f"#{text}" if re.fullmatch(r"[\da-f]{6}", text) else text


def _names(tag: str, attributes: dict[str, str | None]) -> list[str]:
    """Selectors of one part that match an element."""
    classes = (attributes.get("class") or "").lower().split()
    names = [tag, *(f".{name}" for name in classes), *(f"{tag}.{name}" for name in classes)]
    if attributes.get("id"):
        names += [f"#{attributes['id']}".lower(), f"{tag}#{attributes['id']}".lower()]
    return names


def _merge(values: Values, stronger: Values) -> None:
    for name, (important, value) in stronger.items():
        if important or not values.get(name, (False, ""))[0]:
            values[name] = (important, value)


@lru_cache(maxsize=16)
def _rules(sheet: str) -> tuple[dict[str, Values], dict[str, frozenset[str]]]:
    """What a style sheet says of one class or id, and what all its other rules may show by the last
    part of their selectors. Cached: the chapters of a book share their sheets."""
    known: dict[str, Values] = {}
    shown: dict[str, frozenset[str]] = {}
    plain, in_media = _parted(_COMMENT.sub(" ", sheet))
    for text, is_plain in ((plain, True), (in_media, False)):
        for selectors, declarations in _RULE.findall(text):
            values = declared(declarations)
            for selector in selectors.lower().split(",") if values else ():
                name = selector.strip()
                if is_plain and _SIMPLE.fullmatch(name):
                    _merge(known.setdefault(name, {}), values)
                elif last := _last_part(name):
                    shown[last] = shown.get(last, frozenset()) | _showing(values)
    return known, {name: properties for name, properties in shown.items() if properties}


def _last_part(selector: str) -> str:
    """The tag, class or id that a selector ends with; empty if that cannot be told."""
    if _OTHER_STATE.search(selector):
        return ""
    last = re.split(r"[\s>+~]+", _NARROWED.sub("", selector.replace(":root", "html")))[-1]
    parts = re.findall(r"[.#]?[\w-]+|\*", last)
    return parts[-1] if parts else ""


def _showing(values: Values) -> frozenset[str]:
    """The properties among these that show what is hidden outside."""
    found = {_GROUNDS.get(name, name) for name, (_, value) in values.items() if _shows(name, value)}
    return frozenset(found)


def _shows(name: str, value: str) -> bool:
    if name == "font-size":
        return (size(value, 0) or 0) >= _TINY
    if name == "color":
        return text_colour(value, "outer") is None
    if name == "background-color":
        return bool(paints(value))
    return value == "visible" if name == "visibility" else name in _GROUNDS and value != "none"


def _parted(sheet: str) -> tuple[str, str]:
    """The rules outside `@media {...}` and the like, and those inside one that is not for paper or
    for dark screens: they hide only from some readers."""
    kept: list[str] = []
    inside: list[str] = []
    position = 0
    while True:
        start = sheet.find("@", position)
        if start < 0:
            return "".join([*kept, sheet[position:]]), "".join(inside)
        kept.append(sheet[position:start])
        position = _end_of_at_rule(sheet, start)
        head, brace, body = sheet[start:position].partition("{")
        if brace and _FOR_SCREENS.match(head):
            inside.append(body)


def _end_of_at_rule(sheet: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"[{};]").finditer(sheet, start):
        mark = match[0]
        if mark == ";" and depth == 0:
            return match.end()
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if mark == "}" and depth <= 0:
            return match.end()
    return len(sheet)
