"""Data tables of a page: their cells with spans."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from doclake.extract.cells.cell import MAX_SPAN, Cell, is_empty, to_html, to_text
from doclake.extract.formats.html import inline
from doclake.extract.formats.html.visibility import DELETED, Styles
from doclake.extract.text.cleaning import clean

_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
_SKIPPED = frozenset({"script", "style", "noscript", "template", "rp", "button"})
_BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "dt"}
    | {"dd", "blockquote", "table"}
)
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Table:
    """What a table holds; `hidden` pairs a reason with the text it hides."""

    text: str = ""
    html: str = ""
    links: tuple[str, ...] = ()
    hidden: list[tuple[str, str]] = field(default_factory=list)


def read(node: Any, styles: Styles) -> Table:
    """Cells, spans, links and hidden text of a data table."""
    table = Table()
    links: dict[str, None] = {}
    filled_rows: list[list[Cell]] = []
    for row in rows(node):
        head = row.parent is not None and row.parent.tag == "thead"
        read_cells = [
            _cell(cell, head, styles, links, table.hidden, _hiding(cell, row, styles))
            for cell in cells(row)
        ]
        if read_cells:
            filled_rows.append(read_cells)
    caption = next((child for child in node.iter() if child.tag == "caption"), None)
    title = clean(caption.text(), lines=False) if caption is not None else ""
    if not is_empty(filled_rows):
        text = to_text(filled_rows)
        table.text = f"{title}\n{text}" if title else text
        table.html = to_html(filled_rows, title)
    table.links = tuple(links)
    return table


def _hiding(cell: Any, row: Any, styles: Styles) -> str | None:
    for node in (cell, row):
        reason = styles.reason(node.tag, node.attributes) if node.attributes else None
        if reason:
            return reason
    return None


def rows(node: Any) -> list[Any]:
    """Rows of this table, not of the tables in its cells."""
    own_rows = []
    for child in node.iter():
        if child.tag == "tr":
            own_rows.append(child)
        elif child.tag in _SECTIONS:
            own_rows.extend(row for row in child.iter() if row.tag == "tr")
    return own_rows


def cells(row: Any) -> list[Any]:
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
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() and len(value) < 9 else 1


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
        elif tag is not None and not tag.startswith(("-", "!")) and tag not in _SKIPPED:
            attributes = node.attributes
            marked = (attributes or tag == DELETED) and node is not root
            reason = styles.reason(tag, attributes) if marked else None
            if reason:
                hidden.append((reason, clean(node.text())))
                continue
            if tag == "a" and attributes.get("href"):
                links[attributes["href"]] = None
            if tag == "img" and len(attributes.get("alt") or "") > 1:
                pieces.append(f" {attributes['alt']} ")
            written = inline.read(node, "".join(pieces[-8:]))
            if written is not None:
                links.update(dict.fromkeys(inline.links(node)))
                pieces.append(written)
                continue
            if tag == "svg":
                pieces.append(f" {inline.drawn_text(node)} ")
                continue
            mark = "\n" if tag in _BREAKS else " " if tag in ("td", "th") else ""
            children = list(node.iter(include_text=True))
            stack.extend([mark, *reversed(children), mark] if mark else reversed(children))
    return clean("".join(pieces))


def raw_text(node: Any) -> str:
    """Text of a `pre`, with its white space."""
    pieces = []
    for child in node.traverse(include_text=True):
        if child.tag == "-text":
            pieces.append(child.text_content or "")
        elif child.tag == "br":
            pieces.append("\n")
    return "".join(pieces)
