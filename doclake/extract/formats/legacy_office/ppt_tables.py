"""Tables of PPT: a group of rectangles, marked as a table, whose places make the grid."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Sequence

from doclake.extract.cells import by_place
from doclake.extract.cells.cell import Cell

_TABLE_PROPERTY = 0x039F
Anchored = tuple[int, int, int, int, str]
"""Left, top, right, bottom in the group's own units, and the text."""


def is_table(options: bytes) -> bool:
    """Whether a shape's tertiary options (OfficeArtTertiaryFOPT) mark a table."""
    for position in range(0, len(options) - 5, 6):
        code, value = struct.unpack_from("<HI", options, position)
        if code & 0x3FFF == _TABLE_PROPERTY:
            return bool(value & 1)
    return False


def rows(cells: Sequence[Anchored]) -> list[list[Cell]]:
    """Cells by the lines their edges stand on; a cell across several lines spans them."""
    lefts = sorted({left for left, _, _, _, _ in cells})
    tops = sorted({top for _, top, _, _, _ in cells})
    placed = []
    for left, top, right, bottom, text in cells:
        row, column = bisect_left(tops, top), bisect_left(lefts, left)
        height = max(bisect_left(tops, bottom) - row, 1)
        width = max(bisect_left(lefts, right) - column, 1)
        placed.append((row, column, Cell(text, height, width)))
    return by_place.rows(placed)
