"""Data tables: rows of cells with spans, as HTML that keeps the spans and as plain text.

The text of a table is one line per row, with tabs between the cells. A cell with a span stands
once, so no word is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from doclake.extract.text.cleaning import clean

MAX_SPAN = 1000
"""The HTML standard's own limit on `colspan`. It also bounds the cost of a hostile span."""


@dataclass(slots=True)
class Cell:
    """One cell. It covers `rowspan` x `colspan` places of the grid, at least one."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    header: bool = False


Row = Sequence[Cell]


def rows_from_text(rows: Iterable[Sequence[str]], *, header: bool = False) -> list[list[Cell]]:
    """Rows of cells without spans; `header` marks the first row's cells as headings."""
    return [
        [Cell(text, header=header and number == 0) for text in row]
        for number, row in enumerate(rows)
    ]


def to_html(rows: Sequence[Row], caption: str = "") -> str:
    """`<table>` with `th`/`td`, `rowspan` and `colspan`; cell text is escaped."""
    parts = ["<table>"]
    if caption:
        parts.append(f"<caption>{escape(caption, quote=False)}</caption>")
    for row in rows:
        parts.append("<tr>")
        parts.extend(_cell_html(cell) for cell in row)
        parts.append("</tr>")
    parts.append("</table>")
    return "".join(parts)


def _cell_html(cell: Cell) -> str:
    tag = "th" if cell.header else "td"
    spans = "".join(
        f' {name}="{min(span, MAX_SPAN)}"'
        for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan))
        if span > 1
    )
    text = escape(clean(cell.text), quote=False).replace("\n", "<br>")
    return f"<{tag}{spans}>{text}</{tag}>"


def to_text(rows: Sequence[Row]) -> str:
    """One line per row, with tabs between the cells and without empty rows."""
    lines = ("\t".join(clean(cell.text, lines=False) for cell in row) for row in rows)
    return "\n".join(line.rstrip("\t ") for line in lines if line.strip("\t "))


def is_empty(rows: Sequence[Row]) -> bool:
    return not any(cell.text.strip() for row in rows for cell in row)
