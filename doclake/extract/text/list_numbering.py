"""Numbers of list items: counted as Word does, written in the format of their level.

The names of formats are those of OOXML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(slots=True)
class Level:
    """How the numbers of one level are written. `%2` in `text` stands for the number of level 2."""

    format: str = "decimal"
    text: str = "%1."
    start: int = 1


class Numbering:
    """Counts the items of abstract lists. A level restarts when a level above it counts on. The
    reader of a format fills `levels` (by abstract list, then by level from 0), `abstract` (by list)
    and `starts` (by list, then by level). With `implied`, a level that the text skips counts as if
    its first item were there, as Hangul does."""

    def __init__(self, *, implied: bool = False) -> None:
        self.implied = implied
        self.levels: dict[str, dict[int, Level]] = {}
        self.abstract: dict[str, str] = {}
        self.starts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, dict[int, int]] = {}

    def label(self, identity: str, level: int) -> str:
        """The number before the next paragraph of this list; empty for bullets."""
        abstract = self.abstract.get(identity, "")
        levels = self.levels.get(abstract, {})
        key = f"own {identity}" if self.starts.get(identity) else abstract
        values = self._counters.setdefault(key, {})
        own = levels.get(level, Level())
        start = self.starts.get(identity, {}).get(level, own.start)
        values[level] = values.get(level, start - 1) + 1
        for place in range(level if self.implied else 0):
            values.setdefault(place, levels.get(place, Level()).start)
        for deeper in [place for place in values if place > level]:
            del values[deeper]
        if own.format in ("bullet", "none"):
            return ""

        def shown(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            part = levels.get(place, Level())
            return spell(values.get(place, part.start), part.format)

        return re.sub(r"%([1-9])", shown, own.text).strip()


_KOREAN = {
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "koreanCounting": "일이삼사오육칠팔구십",
    "koreanDigital": "일이삼사오육칠팔구십",
    "ideographDigital": "一二三四五六七八九十",
    "chineseCounting": "一二三四五六七八九十",
}


def spell(value: int, form: str) -> str:
    """A counter as its numbering format writes it."""
    if form in ("lowerLetter", "upperLetter") and value > 0:
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 10)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < value < 4000:
        text = _roman(value)
        return text if form == "upperRoman" else text.lower()
    signs = _KOREAN.get(form, "")
    if 0 < value <= len(signs):
        return signs[value - 1]
    return f"{value:02d}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    parts = (
        *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
        *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
    )
    text = ""
    for size, sign in parts:
        text += sign * (value // size)
        value %= size
    return text
