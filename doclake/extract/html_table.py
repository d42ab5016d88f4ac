"""Tables of a page: which ones hold data, and their cells with spans."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from doclake.extract import tables
from doclake.extract.blocks import clean
from doclake.extract.html_style import Styles
from doclake.extract.tables import Cell

_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
_SKIPPED = frozenset({"script", "style", "noscript", "template", "svg", "rp", "button"})
_BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "dt"}
    | {"dd", "blockquote", "table"}
)
_FLOW = "p, div, h1, h2, h3, h4, ul, ol, form, table, center"
_LONG_CELL = 400
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Table:
    """What a table holds; `hidden` pairs a reason with the text it hides."""

    text: str = ""
    html: str = ""
    links: tuple[str, ...] = ()
    hidden: list[tuple[str, str]] = field(default_factory=list)


def is_layout(node: Any) -> bool:
    """A table that only places things: its cells are read as flowing text.

    The signs are those of WAI's advice to screen readers: no headings, a single row or column,
    tables inside, cells full of paragraphs.
    """
    attributes = node.attributes
    if (attributes.get("role") or "") in ("presentation", "none"):
        return True
    inner = [table for table in node.css("table") if table.mem_id != node.mem_id]
    if inner and not _are_small(inner, node):
        return True
    rows = [cells for cells in map(_cells, _rows(node)) if cells]
    if node.css_first("th, caption") is not None:
        return len(rows) == 1 and len(rows[0]) == 1
    if max((len(cells) for cells in rows), default=0) < 2:
        return any(cell.css_first(_FLOW) is not None for cells in rows for cell in cells) or (
            len(rows) < 2
        )
    heavy = sum(1 for cells in rows for c in cells if len(c.text()) > _LONG_CELL)
    return heavy > 0 and heavy * 4 >= sum(len(cells) for cells in rows)


def _are_small(inner: list[Any], node: Any) -> bool:
    """A data table may hold small tables in its cells; a frame of the page holds everything."""
    size = sum(len(table.text()) for table in inner)
    return node.css_first("th") is not None and size * 2 < len(node.text())


def read(node: Any, styles: Styles) -> Table:
    """Cells, spans, links and hidden text of a data table."""
    found = Table()
    links: dict[str, None] = {}
    rows: list[list[Cell]] = []
    for row in _rows(node):
        head = row.parent is not None and row.parent.tag == "thead"
        cells = [
            _cell(cell, head, styles, links, found.hidden, _hiding(cell, row, styles))
            for cell in _cells(row)
        ]
        if cells:
            rows.append(cells)
    caption = node.css_first("caption")
    title = clean(caption.text(), lines=False) if caption is not None else ""
    if not tables.is_empty(rows):
        text = tables.to_text(rows)
        found.text = f"{title}\n{text}" if title else text
        found.html = tables.to_html(rows, title)
    found.links = tuple(links)
    return found


def _hiding(cell: Any, row: Any, styles: Styles) -> str | None:
    for node in (cell, row):
        reason = styles.reason(node.tag, node.attributes) if node.attributes else None
        if reason:
            return reason
    return None


def _rows(node: Any) -> list[Any]:
    rows = []
    for child in node.iter():
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in _SECTIONS:
            rows.extend(row for row in child.iter() if row.tag == "tr")
    return rows


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _cell(
    node: Any,
    head: bool,
    styles: Styles,
    links: dict[str, None],
    hidden: list[tuple[str, str]],
    reason: str | None,
) -> Cell:
    attributes = node.attributes
    text = _flat(node, styles, links, hidden)
    if reason and text:
        hidden.append((reason, text))
        text = ""
    header = head or node.tag == "th"
    return Cell(text, _span(attributes, "rowspan"), _span(attributes, "colspan"), header)


def _span(attributes: dict[str, Any], name: str) -> int:
    value = (attributes.get(name) or "").strip()
    return min(max(int(value), 1), tables.MAX_SPAN) if value.isdecimal() and len(value) < 9 else 1


def _flat(root: Any, styles: Styles, links: dict[str, None], hidden: list[tuple[str, str]]) -> str:
    """Text of a cell, its blocks on lines of their own; what is hidden goes to `hidden`."""
    pieces: list[str] = []
    stack = [root]
    while stack:
        node = stack.pop()
        tag = node if isinstance(node, str) else node.tag
        if isinstance(node, str):
            pieces.append(node)
        elif tag == "-text":
            pieces.append(_SPACE.sub(" ", node.text_content or ""))
        elif not tag.startswith(("-", "!")) and tag not in _SKIPPED:
            attributes = node.attributes
            reason = styles.reason(tag, attributes) if attributes and node is not root else None
            if reason:
                hidden.append((reason, clean(node.text())))
                continue
            if tag == "a" and attributes.get("href"):
                links[attributes["href"]] = None
            if tag == "img" and len(attributes.get("alt") or "") > 1:
                pieces.append(f" {attributes['alt']} ")
            if tag == "math":
                pieces.append(f" {math_text(node)} ")
                continue
            mark = "\n" if tag in _BREAKS else " " if tag in ("td", "th") else ""
            children = list(node.iter(include_text=True))
            stack.extend([mark, *reversed(children), mark] if mark else reversed(children))
    return clean("".join(pieces))


def raw_text(node: Any) -> str:
    """Text of a `pre`, white space kept."""
    pieces = []
    for child in node.traverse(include_text=True):
        if child.tag == "-text":
            pieces.append(child.text_content or "")
        elif child.tag == "br":
            pieces.append("\n")
    return "".join(pieces)


def math_text(node: Any) -> str:
    """A formula: its TeX if the page carries it, else its signs in a row."""
    annotation = node.css_first("annotation[encoding='application/x-tex']")
    if annotation is not None:
        return annotation.text().strip()
    return " ".join(node.text(separator=" ").split())
