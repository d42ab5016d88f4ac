"""Tables of OpenDocument texts and slides: rows and cells, which may stand for several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from doclake.extract.cells.cell import MAX_SPAN, Cell
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.opendocument.namespaces import TABLE

if TYPE_CHECKING:
    from lxml import etree

_GROUPS = ("table-header-rows", "table-rows", "table-row-group")
_ROOM = 1_000_000  # characters that repeated cells may add to a table
_FEW = 50  # empty cells in a row: more become one that spans their columns


def rows(table: etree._Element, text_of: Callable[[etree._Element], str]) -> list[list[Cell]]:
    """Rows of a table, not of the tables in its cells. `text_of` reads a cell."""
    room = _ROOM
    all_rows: list[list[Cell]] = []
    for node in _row_nodes(table):
        head = local(node.getparent()) == "table-header-rows"
        row: list[Cell] = []
        for cell_node in node:
            if local(cell_node) == "table-cell":
                spans = _span(cell_node, "rows"), _span(cell_node, "columns")
                cell = Cell(text_of(cell_node), *spans, header=head)
                count = _count(cell_node, "columns", room // (len(cell.text) + 1))
                room -= (count - 1) * (len(cell.text) + 1)
                row += _repeated(cell, count)
        size = sum(len(cell.text) for cell in row)
        count = _count(node, "rows", room // size) if size else 1
        room -= (count - 1) * size
        all_rows += [row] * count
    return all_rows


def _row_nodes(table: etree._Element) -> list[etree._Element]:
    nodes = []
    for child in table:
        if local(child) == "table-row":
            nodes.append(child)
        elif local(child) in _GROUPS:
            nodes.extend(_row_nodes(child))
    return nodes


def _repeated(cell: Cell, count: int) -> list[Cell]:
    if cell.text or count <= _FEW:
        return [cell] * count
    return [replace(cell, colspan=count)]


def _count(node: etree._Element, what: str, most: int) -> int:
    """For how many rows or cells a node stands."""
    return max(min(_number(node.get(f"{TABLE}number-{what}-repeated")), most), 1)


def _span(cell: etree._Element, what: str) -> int:
    return max(_number(cell.get(f"{TABLE}number-{what}-spanned")), 1)


def _number(value: str | None) -> int:
    return min(int(value), MAX_SPAN) if value and value.isdecimal() and len(value) < 10 else 0
