"""The number that OpenDocument shows before an item of a list or a heading.

The file holds no numbers: styles say how to write each level, and the program that shows the text
counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doclake.extract.text.list_numbering import spell

if TYPE_CHECKING:
    from lxml import etree

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT = f"{{{_OASIS}:text:1.0}}"
_STYLE = f"{{{_OASIS}:style:1.0}}"
_PATTERN = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}num-list-format"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LEVELS = f"{_TEXT}list-level-style-number", f"{_TEXT}outline-level-style"
_FORMATS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "01": "decimalZero",
    "①": "decimalEnclosedCircle",
    "가": "ganada",
    "ㄱ": "chosung",
    "일": "koreanDigital",
    "一": "ideographDigital",
}


@dataclass(slots=True, frozen=True)
class _Level:
    format: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    pattern: str = ""


@dataclass(slots=True)
class Counter:
    """One list: how its levels are written, how far each has counted."""

    levels: dict[int, _Level] = field(default_factory=dict)
    values: dict[int, int] = field(default_factory=dict)

    def label(self, level: int, start: int | None = None) -> str:
        """The number of the next item of a level (from 1); empty for bullets."""
        own = self.levels.get(level, _Level())
        follows = self.values.get(level, own.start - 1) + 1
        self.values[level] = follows if start is None else start
        for deeper in [place for place in self.values if place > level]:
            del self.values[deeper]
        if not own.format:
            return ""
        if own.pattern:
            return re.sub(r"%(\d\d?)%", lambda match: self._spelled(int(match[1])), own.pattern)
        parts = map(self._spelled, range(max(level - own.shown + 1, 1), level + 1))
        return f"{own.prefix}{'.'.join(filter(None, parts))}{own.suffix}"

    def _spelled(self, level: int) -> str:
        own = self.levels.get(level, _Level())
        return spell(self.values.get(level, own.start), own.format) if own.format else ""


class Lists:
    """The list styles of a document and the lists met so far. `roots` define styles."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._styles: dict[str, dict[int, _Level]] = {}
        self.outline = Counter()
        for root in roots:
            for node in root.iter(f"{_TEXT}list-style"):
                self._styles[node.get(f"{_STYLE}name") or ""] = _levels(node)
            for node in root.iter(f"{_TEXT}outline-style"):
                self.outline = Counter(_levels(node))
        self._met: dict[str, Counter] = {}
        self._last: dict[str, Counter] = {}

    def open(self, node: etree._Element, around: Counter | None) -> Counter:
        """The counter of a list: its own, or that of the list it continues or stands in."""
        name = node.get(f"{_TEXT}style-name") or ""
        if around is not None:
            return Counter(self._styles[name], around.values) if name in self._styles else around
        counter = self._met.get(node.get(f"{_TEXT}continue-list") or "")
        if counter is None and node.get(f"{_TEXT}continue-numbering") == "true":
            counter = self._last.get(name)
        counter = Counter(self._styles.get(name, {}), counter.values if counter else {})
        self._last[name] = counter
        if node.get(_ID):
            self._met[node.get(_ID) or ""] = counter
        return counter


def start_value(item: etree._Element) -> int | None:
    """The number with which an item restarts its list."""
    return _whole(item.get(f"{_TEXT}start-value"))


def _levels(style: etree._Element) -> dict[int, _Level]:
    """The numbered levels of a list style; those with bullets or pictures are left out."""
    levels = {}
    for node in style.iterchildren(*_LEVELS):
        level = _whole(node.get(f"{_TEXT}level"))
        number = (node.get(f"{_STYLE}num-format") or "").split(",")[0].strip()
        if level and number in _FORMATS:
            start, shown = (
                _whole(node.get(f"{_TEXT}{n}")) for n in ("start-value", "display-levels")
            )
            levels[level] = _Level(
                _FORMATS[number],
                node.get(f"{_STYLE}num-prefix") or "",
                node.get(f"{_STYLE}num-suffix") or "",
                1 if start is None else start,
                shown or 1,
                node.get(_PATTERN) or "",
            )
    return levels


def _whole(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() and len(value) < 9 else None


def has_paragraph(item: etree._Element) -> bool:
    return item.find(f"{_TEXT}p") is not None or item.find(f"{_TEXT}h") is not None


def outline_level(node: etree._Element) -> int:
    value = node.get(f"{_TEXT}outline-level") or "1"
    return int(value) if value.isdecimal() and len(value) < 3 else 1
