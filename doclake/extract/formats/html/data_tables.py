"""Data tables of a page: their cells with spans."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from doclake.extract.cells.cell import MAX_SPAN, Cell, is_empty, to_html, to_text
from doclake.extract.formats.html import inline
from doclake.extract.formats.html.visibility import Look, Styles
from doclake.extract.text.cleaning import clean

_SECTIONS = {"thead": -1, "tbody": 0, "tfoot": 1}
"""Parts of a table, and where a browser draws them, however they are written."""
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


def read(node: Any, styles: Styles, look: Look) -> Table:
    """Cells, spans, links and hidden text of a data table; `look` is that inside it."""
    table = Table()
    links: dict[str, None] = {}
    filled_rows: list[list[Cell]] = []
    own_rows = rows(node)
    left = Counter(row.parent.mem_id for row in own_rows)
    for row in own_rows:
        section = row.parent
        head = section.tag == "thead"
        inner = look if section.tag == "table" else _inside(section, styles, look)
        inner = _inside(row, styles, inner)
        read_cells = [
            _cell(
                cell,
                head,
                left[section.mem_id],
                styles,
                links,
                table.hidden,
                _inside(cell, styles, inner),
            )
            for cell in cells(row)
        ]
        left[section.mem_id] -= 1
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


def _inside(node: Any, styles: Styles, outer: Look) -> Look:
    return styles.inside(node.tag, node.attributes, outer)


def rows(node: Any) -> list[Any]:
    """Rows of this table, not of the tables in its cells: those of `thead` first, those of `tfoot`
    last."""
    placed: list[tuple[int, Any]] = []
    for child in node.iter():
        if child.tag == "tr":
            placed.append((0, child))
        elif child.tag in _SECTIONS:
            place = _SECTIONS[child.tag]
            placed.extend((place, row) for row in child.iter() if row.tag == "tr")
    return [row for _, row in sorted(placed, key=lambda pair: pair[0])]


def cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter() if cell.tag in ("td", "th")]


def _cell(
    node: Any,
    head: bool,
    rows_left: int,
    styles: Styles,
    links: dict[str, None],
    hidden: list[tuple[str, str]],
    look: Look,
) -> Cell:
    attributes = node.attributes
    text = _flat(node, styles, links, hidden, look)
    header = head or node.tag == "th"
    height = _span(attributes, "rowspan")
    if (attributes.get("rowspan") or "").strip() == "0":
        height = min(rows_left, MAX_SPAN)
    return Cell(text, height, _span(attributes, "colspan"), header)


def _span(attributes: dict[str, Any], name: str) -> int:
    value = (attributes.get(name) or "").strip()
    return min(max(int(value), 1), MAX_SPAN) if value.isdecimal() and len(value) < 9 else 1


def _flat(
    root: Any,
    styles: Styles,
    links: dict[str, None],
    hidden: list[tuple[str, str]],
    look: Look,
) -> str:
    """Text of a cell, its blocks on lines of their own; what is hidden goes to `hidden`."""
    words = _Words()
    stack: list[tuple[Any, Look]] = [(root, look)]
    while stack:
        node, look = stack.pop()
        tag = node if isinstance(node, str) else node.tag
        if isinstance(node, str):
            words.under(look).append(node)
        elif tag == "-text":
            words.under(look).append(_SPACE.sub(" ", node.text_content or ""))
        elif tag is not None and not tag.startswith(("-", "!")) and tag not in _SKIPPED:
            inner = look if node is root else _inside(node, styles, look)
            stack.extend(_entered(node, inner, words, links))
    hidden.extend((reason, text) for reason, parts in words.unseen if (text := _joined(parts)))
    return _joined(words.seen)


class _Words:
    """The pieces of a cell that are seen, and runs of those that are not, each with its reason."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.unseen: list[tuple[str, list[str]]] = []
        self._before: str | None = None

    def under(self, look: Look) -> list[str]:
        """Where the next piece goes."""
        before, self._before = self._before, look.hidden
        if self._before is None:
            return self.seen
        if before != self._before:
            self.unseen.append((self._before, []))
        return self.unseen[-1][1]


def _entered(
    node: Any, look: Look, words: _Words, links: dict[str, None]
) -> list[tuple[Any, Look]]:
    """What stands in an element inside a cell, the last first; nothing if it was taken whole."""
    tag, attributes = node.tag, node.attributes
    if tag == "a" and attributes.get("href") and not look.hidden:
        links[attributes["href"]] = None
    if tag == "img" and len(attributes.get("alt") or "") > 1 and look.shows_pictures:
        words.seen.append(f" {attributes['alt']} ")
    written = inline.read(node, "".join(words.under(look)[-8:]))
    if written is not None:
        links.update(dict.fromkeys(inline.links(node)) if not look.hidden else {})
        words.under(look).append(written)
        return []
    if tag == "svg":
        shown = words.seen if look.shows_pictures else words.under(look)
        shown.append(f" {inline.drawn_text(node)} ")
        return []
    mark = "\n" if tag in _BREAKS else " " if tag in ("td", "th") else ""
    inner = [(child, look) for child in reversed(list(node.iter(include_text=True)))]
    return [(mark, look), *inner, (mark, look)] if mark else inner


def _joined(pieces: list[str]) -> str:
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
