"""Character, paragraph and table properties of a Word 97 file (sprms, [MS-DOC] 2.6)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from doclake.extract.cells.edge_spans import Edge

_SPRM_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}


@dataclass(slots=True, frozen=True)
class ParagraphProperties:
    """What decides the kind of a paragraph. `level` and `outline` count from 0."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    list_id: int = 0
    level: int = 0
    outline: int = 9
    shaded: bool = False
    edges: tuple[Edge, ...] = ()  # of a row, at its end
    left: int = 0
    header: bool = False


def unseen(raw: bytes) -> str | None:
    """Why text with these character properties is hidden, or None."""
    facts = {code: int.from_bytes(value, "little") for code, value in sprms(raw)}
    if facts.get(_DELETED) == 1:
        return DELETED
    if facts.get(_HIDDEN) == 1:
        return "hidden text"
    if facts.get(_SIZE, _TINY + 1) <= _TINY:
        return "tiny text"
    white = facts.get(_COLOR) == 0xFFFFFF or (_COLOR not in facts and facts.get(_COLOR_97) == 8)
    painted = any(facts.get(code) for code in _BACKGROUNDS)
    return WHITE if white and not painted else None


DELETED, WHITE = "deleted text", "white text"
# Property modifiers of characters (MS-DOC 2.6.1).
_DELETED, _HIDDEN, _SIZE, _COLOR, _COLOR_97 = 0x0800, 0x083C, 0x4A43, 0x6870, 0x2A42
_BACKGROUNDS = (0x2A0C, 0x4866, 0xCA71)  # highlight, shading
_TINY = 2  # half points
TABLE_DEFINITION, _CELL = 0xD608, 20  # its code, and the bytes for one cell in it


def paragraph_style(std: bytes, position: int) -> tuple[int, bytes]:
    """(style it is based on, properties) of a paragraph style (STD, MS-DOC 2.9.258); its
    properties begin at `position`, behind its name."""
    kind = int.from_bytes(std[2:4], "little")
    size = int.from_bytes(std[position : position + 2], "little")
    if kind & 0xF != 1:  # a style of characters, tables or lists
        return kind >> 4, b""
    return kind >> 4, std[position + 4 : position + 2 + size]  # its own number comes first


def cell_edges(operand: bytes) -> tuple[int, tuple[Edge, ...]]:
    """(left edge, cells) of a row from its definition (TDefTableOperand, MS-DOC 2.9.321)."""
    count = operand[2] if len(operand) > 2 else 0
    flags = 3 + (count + 1) * 2
    if count > 63 or flags > len(operand):
        return 0, ()
    left, *rights = struct.unpack_from(f"<{count + 1}h", operand, 3)
    edges = []
    for number, right in enumerate(rights):
        place = flags + number * _CELL
        merged = int.from_bytes(operand[place : place + 2], "little")
        across, down = merged & 3, merged >> 5 & 3
        edges.append(Edge(right, beside=across == 1, first=down == 3, below=down == 1))
    return left, tuple(edges)


PARAGRAPH_SPRMS = {
    0x2416: "in_table",
    0x2417: "row_end",
    0x244C: "inner_row_end",
    0x6649: "depth",
    0x460B: "list_id",
    0x260A: "level",
    0x2640: "outline",
    0xC64D: "shading",
    0x442D: "shading_97",
    0x3404: "header",
}


def sprms(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(code, operand) of each property modifier (MS-DOC 2.2.5.1)."""
    position = 0
    while position + 2 <= len(data):
        code = int.from_bytes(data[position : position + 2], "little")
        position += 2
        kind = code >> 13
        if kind == 6:
            if position >= len(data):
                return
            size = data[position] + 1
            if code == TABLE_DEFINITION:  # its size takes two bytes
                size = int.from_bytes(data[position : position + 2], "little") + 1
        else:
            size = _SPRM_SIZES[kind]
        yield code, data[position : position + size]
        position += size
