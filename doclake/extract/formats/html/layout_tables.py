"""Which tables of a page hold data, and which only arrange the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doclake.extract.formats.html import data_tables

_FLOW = "p, div, h1, h2, h3, h4, ul, ol, form, table, center"
_LONG_CELL = 400


@dataclass(slots=True)
class _Inside:
    """What stands in one table. Sizes are characters of text, `inner` those in tables inside."""

    around: _Inside | None
    size: int = 0
    inner: int = 0
    has_tables: bool = False
    has_headings: bool = False


class Layouts:
    """Judges each table below `root` (selectolax). Linear in the page's size, however deep its
    tables nest: one pass counts what stands in them, from the inside out."""

    def __init__(self, root: Any) -> None:
        self._tables: dict[int, _Inside] = {}
        if root.css_first("table") is not None:
            self._count(root)

    def _count(self, root: Any) -> None:
        innermost: dict[int, _Inside] = {}  # of the elements inside tables, by `mem_id`
        for node in root.traverse(include_text=True):
            tag, parent = node.tag, node.parent
            around = innermost.get(parent.mem_id) if parent is not None else None
            if tag == "table":
                self._tables[node.mem_id] = innermost[node.mem_id] = _Inside(around)
            elif around is None:
                continue
            elif tag == "-text":
                around.size += len((node.text_content or "").strip())
            else:
                innermost[node.mem_id] = around
                around.has_headings |= tag in ("th", "caption")
        for table in reversed(self._tables.values()):
            if table.around is not None:
                table.around.size += table.size
                table.around.inner += table.size
                table.around.has_tables = True
                table.around.has_headings |= table.has_headings

    def is_layout(self, node: Any) -> bool:
        """Whether a table only arranges the page: its cells are then read as flowing text.

        The signs are those of WAI's advice to screen readers: no headings, a single row or column,
        tables inside, cells full of paragraphs.
        """
        if (node.attributes.get("role") or "") in ("presentation", "none"):
            return True
        inside = self._tables[node.mem_id]
        # A data table may hold small tables in its cells; a frame of the page holds everything.
        if inside.has_tables and (not inside.has_headings or inside.inner * 2 >= inside.size):
            return True
        rows = [cells for cells in map(data_tables.cells, data_tables.rows(node)) if cells]
        if inside.has_headings:
            return len(rows) == 1 and len(rows[0]) == 1
        # From here on the table holds no other, so nothing below is visited twice.
        if max((len(cells) for cells in rows), default=0) < 2:
            return len(rows) < 2 or any(
                cell.css_first(_FLOW) is not None for cells in rows for cell in cells
            )
        heavy = sum(1 for cells in rows for c in cells if len(c.text()) > _LONG_CELL)
        return heavy > 0 and heavy * 4 >= sum(len(cells) for cells in rows)
