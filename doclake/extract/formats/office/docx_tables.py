"""Tables of a DOCX: which cells stand in which row, and what they span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doclake.extract.cells.cell import MAX_SPAN
from doclake.extract.formats.office.docx_styles import number
from doclake.extract.formats.office.package import W, is_on

if TYPE_CHECKING:
    from lxml import etree

CONTAINERS = frozenset(
    {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")}
    | {f"{W}subDoc"}
)
_FIRST_ROW = 0x0020  # of the older form of `w:tblLook`


@dataclass(slots=True)
class Place:
    """A cell of the grid. Without a node, it is one that its row leaves out."""

    node: etree._Element | None
    colspan: int = 1
    rowspan: int = 1
    header: bool = False


def rows(table: etree._Element) -> list[list[Place]]:
    """Cells of each row; those of a vertical or horizontal merge become one."""
    first_row = _marks_first_row(table.find(f"{W}tblPr/{W}tblLook"))
    all_rows: list[list[Place]] = []
    above: dict[int, Place] = {}
    for row in children(table, "tr"):
        properties = row.find(f"{W}trPr")
        marked = properties is not None and is_on(properties.find(f"{W}tblHeader"))
        header = marked or (first_row and not all_rows)
        before, after = (_left_out(properties, name, header) for name in ("Before", "After"))
        all_rows.append(
            [*before, *_row(row, header, sum(p.colspan for p in before), above), *after]
        )
    return all_rows


def _row(row: etree._Element, header: bool, column: int, above: dict[int, Place]) -> list[Place]:
    """Cells of a row from a column on; `above` holds those merged downwards, by column."""
    places: list[Place] = []
    for cell in children(row, "tc"):
        properties = cell.find(f"{W}tcPr")
        span, down, across = (
            properties.find(f"{W}{name}") if properties is not None else None
            for name in ("gridSpan", "vMerge", "hMerge")
        )
        width = min(max(number(span) or 1, 1), MAX_SPAN)
        if across is not None and across.get(f"{W}val") != "restart" and places:
            places[-1].colspan += width
        elif down is not None and down.get(f"{W}val") != "restart" and column in above:
            above[column].rowspan += 1
        else:
            places.append(Place(cell, width, header=header))
            above.pop(column, None)
            if down is not None:
                above[column] = places[-1]
        column += width
    return places


def _left_out(properties: etree._Element | None, side: str, header: bool) -> list[Place]:
    """What a row leaves out before its first cell or after its last."""
    width = number(properties.find(f"{W}grid{side}")) if properties is not None else None
    return [Place(None, min(width, MAX_SPAN), header=header)] if width and width > 0 else []


def _marks_first_row(look: etree._Element | None) -> bool:
    if look is None:
        return False
    if look.get(f"{W}firstRow") is not None:
        return look.get(f"{W}firstRow") in ("1", "true", "on")
    try:
        return bool(int(look.get(f"{W}val") or "0", 16) & _FIRST_ROW)
    except ValueError:
        return False


def children(node: etree._Element, name: str) -> list[etree._Element]:
    """Rows of a table or cells of a row, through content controls and tracked insertions."""
    found = []
    for child in node:
        if child.tag == f"{W}{name}":
            found.append(child)
        elif child.tag in CONTAINERS:
            found.extend(children(child, name))
    return found
