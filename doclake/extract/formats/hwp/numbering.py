"""The numbers before paragraphs of HWP 5 and HWPX: the files only say how to write them."""

from __future__ import annotations

import struct

from doclake.extract.text.list_numbering import Level, Numbering

# In the order of HWP 5 (table 43 of the specification), with the names of OWPML.
_FORMATS = {
    "DIGIT": "decimal",
    "CIRCLED_DIGIT": "decimalEnclosedCircle",
    "ROMAN_CAPITAL": "upperRoman",
    "ROMAN_SMALL": "lowerRoman",
    "LATIN_CAPITAL": "upperLetter",
    "LATIN_SMALL": "lowerLetter",
    "CIRCLED_LATIN_CAPITAL": "decimal",
    "CIRCLED_LATIN_SMALL": "decimal",
    "HANGUL_SYLLABLE": "ganada",
    "CIRCLED_HANGUL_SYLLABLE": "ganada",
    "HANGUL_JAMO": "chosung",
    "CIRCLED_HANGUL_JAMO": "chosung",
    "HANGUL_PHONETIC": "koreanDigital",
    "IDEOGRAPH": "ideographDigital",
    "CIRCLED_IDEOGRAPH": "ideographDigital",
}
_BY_NUMBER = list(_FORMATS.values())
_LEVELS, _EXTENDED = 7, 3
_HEAD = 12  # flags, width, distance, look of the characters


class Numbers:
    """The lists of a document by their identity. `outline` is the one that numbers headings."""

    def __init__(self) -> None:
        self._lists = Numbering(implied=True)
        self.outline = ""

    def add(self, identity: str, levels: dict[int, Level]) -> None:
        """Add a list; its levels count from 0."""
        self._lists.abstract[identity] = identity
        self._lists.levels[identity] = levels

    def label(self, head: str | None, identity: str, level: int) -> str:
        """The number of the next paragraph with a head `number` or `outline`; `level` from 1."""
        identity = self.outline if head == "outline" else identity
        if head not in ("number", "outline") or identity not in self._lists.levels:
            return ""
        return self._lists.label(identity, level - 1)


def level(text: str, form: str, start: int) -> Level:
    """A level as OWPML writes it: `^1` in the text stands for the number of level 1."""
    return Level(_FORMATS.get(form, "decimal"), text.replace("^", "%"), start)


def read_record(data: bytes) -> dict[int, Level]:
    """The levels in a numbering record of HWP 5: seven, the numbers they start with, and in newer
    files three more. A record cut short gives those it holds."""
    levels: dict[int, Level] = {}
    position = _read_levels(data, 0, range(_LEVELS), levels)
    position = _read_starts(data, position + 2, range(_LEVELS), levels)
    more = range(_LEVELS, _LEVELS + _EXTENDED)
    _read_starts(data, _read_levels(data, position, more, levels), more, levels)
    return levels


def _read_levels(data: bytes, position: int, places: range, levels: dict[int, Level]) -> int:
    for place in places:
        if position + _HEAD + 2 > len(data):
            break
        flags, size = struct.unpack_from("<I8xH", data, position)
        position += _HEAD + 2
        text = data[position : position + size * 2].decode("utf-16-le", "replace")
        position += size * 2
        form = flags >> 5 & 15
        name = _BY_NUMBER[form] if form < len(_BY_NUMBER) else "decimal"
        levels[place] = Level(name, text.replace("^", "%"))
    return position


def _read_starts(data: bytes, position: int, places: range, levels: dict[int, Level]) -> int:
    for place in places:
        if place in levels and position + 4 <= len(data):
            levels[place].start = int.from_bytes(data[position : position + 4], "little")
        position += 4
    return position
