"""The lists of a binary Word document: PlfLst and PlfLfo (MS-DOC 2.9.131 to 2.9.150)."""

from __future__ import annotations

import struct

from doclake.extract.text.list_numbering import Level, Numbering

_LIST, _LEVEL, _OVERRIDE = 28, 28, 16  # bytes of LSTF, LVLF and LFO
_MAX_LISTS = 4096
_FORMATS = {
    0: "decimal",
    1: "upperRoman",
    2: "lowerRoman",
    3: "upperLetter",
    4: "lowerLetter",
    10: "ideographDigital",
    18: "decimalEnclosedCircle",
    22: "decimalZero",
    23: "bullet",
    24: "ganada",
    25: "chosung",
    41: "koreanDigital",
    42: "koreanCounting",
    255: "none",
}


def read(table: bytes, lists: int, overrides: int) -> Numbering:
    """The numbering by list number (a string). `lists` and `overrides`: where the two structures
    begin in the table stream; what is cut off or damaged there is left out."""
    numbering = Numbering()
    try:
        _lists(table, lists, numbering)
        _overrides(table, overrides, numbering)
    except (struct.error, IndexError):
        pass
    return numbering


def _lists(table: bytes, position: int, numbering: Numbering) -> None:
    (count,) = struct.unpack_from("<H", table, position)
    count = min(count, _MAX_LISTS)
    position += 2
    after = position + count * _LIST
    for number in range(count):
        (identity,) = struct.unpack_from("<i", table, position + number * _LIST)
        simple = table[position + number * _LIST + 26] & 1
        levels: dict[int, Level] = {}
        for level in range(1 if simple else 9):
            levels[level], after = _level(table, after)
        numbering.levels[str(identity)] = levels


def _level(table: bytes, position: int) -> tuple[Level, int]:
    """A level and where the next begins. In its text the numbers of levels are characters."""
    start, form = struct.unpack_from("<iB", table, position)
    position += _LEVEL + table[position + 24] + table[position + 25]
    (length,) = struct.unpack_from("<H", table, position)
    end = position + 2 + length * 2
    raw = table[position + 2 : end].decode("utf-16-le", "replace")
    text = "".join(f"%{ord(char) + 1}" if char < "\x09" else char for char in raw)
    return Level(_FORMATS.get(form, "decimal"), text, start), end


def _overrides(table: bytes, position: int, numbering: Numbering) -> None:
    (count,) = struct.unpack_from("<I", table, position)
    count = min(count, _MAX_LISTS)
    position += 4
    after = position + count * _OVERRIDE
    for number in range(1, count + 1):
        (abstract,) = struct.unpack_from("<i", table, position)
        numbering.abstract[str(number)] = str(abstract)
        levels, position, after = table[position + 12], position + _OVERRIDE, after + 4
        for _ in range(levels):
            start, flags = struct.unpack_from("<iI", table, after)
            after += 8
            if flags & 0x20:  # a level of its own
                own, after = _level(table, after)
                start = own.start
            if flags & 0x30:
                numbering.starts.setdefault(str(number), {})[flags & 0xF] = start
