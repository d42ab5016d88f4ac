"""XML of any vocabulary: articles (JATS, DocBook, patents, TEI) keep headings, lists and tables;
data keeps a line per value; feeds keep the HTML in their descriptions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.cells.cell import MAX_SPAN, Cell, is_empty, to_html, to_text
from doclake.extract.containers import safe_xml
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.html import html
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean
from doclake.extract.text.raised import lowered, raised

if TYPE_CHECKING:
    from lxml import etree

_TITLES = frozenset(
    {"title", "article-title", "heading", "head", "invention-title", "h1", "h2", "h3"}
)
_SECTIONS = frozenset(
    {"sec", "section", "chapter", "part", "div", "div1", "div2", "sect1", "sect2", "sect3"}
    | {"app", "abstract", "ack", "ref-list", "boxed-text", "subsection"}
)
_INLINE = frozenset(
    {"italic", "bold", "i", "b", "u", "em", "strong", "sub", "sup", "xref", "ext-link", "a", "span"}
    | {"emphasis", "ulink", "uri", "sc", "underline", "monospace", "figref", "claim-ref", "hi"}
    | {"ref", "code", "styled-content", "named-content", "email", "inline-formula", "tspan", "o"}
    | {
        "superscript",
        "subscript",
        "crossref",
        "link",
        "literal",
        "quote",
        "patcit",
        "nplcit",
        "br",
        "break",
        "tex-math",
    }
)
_PARAGRAPHS = frozenset({"p", "para", "simpara", "paragraph", "claim-text", "text", "ab", "l"})
_ITEMS = frozenset({"list-item", "listitem", "li", "item", "def-item"})
_TABLES = frozenset({"table", "tgroup", "informaltable", "tbl"})
_ROWS, _CELLS = frozenset({"tr", "row"}), frozenset({"td", "th", "entry"})
_CAPTIONS = frozenset({"caption", "label"})
_SKIPPED = frozenset({"script", "style", "mml:math", "object-id", "graphic"})
_PLACED = {"sup": raised, "superscript": raised, "sub": lowered, "subscript": lowered}
_MARKUP = re.compile(r"<(?:p|br|div|a|img|b|i|ul|li|h\d|span|table)\b[^>]*>", re.IGNORECASE)
_RECORD_SIZE = 2000
_ADDRESS = re.compile(r"(?:https?|ftp)://")


class Xml:
    """Elements by common names of tags; the text under an unknown name is kept."""

    def extract(self, file: Path, options: Options) -> Extraction:
        data = file.read_bytes()
        root, codec = _root(data)
        blocks = Blocks("lxml", options.limits)
        _Walk(blocks).visit(root, 0)
        if not blocks.elements:
            raise DocumentEmpty("The document has no text.")
        title = next((e.text for e in blocks.elements if e.type == "Title"), None)
        return Extraction(blocks.elements, title=title, metadata={"encoding": codec})


def _root(data: bytes) -> tuple[etree._Element, str]:
    """The root, and the encoding. Broken tags, and bytes in another encoding than declared, are
    repaired."""
    from doclake.errors import DocumentMalformed

    if not charset.is_windows_in_fact(data):  # the parser takes ISO-8859-1 at its word
        try:
            root = safe_xml.parse(data, "The document")
            return root, (root.getroottree().docinfo.encoding or "utf-8").lower()
        except DocumentMalformed:
            pass
    text, codec = charset.decode(data)
    text = re.sub(r"<\?xml[^>]*\?>", "", text, count=1)
    return safe_xml.parse(text.encode(), "The document", recover=True), codec


class _Walk:
    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks

    def visit(self, node: etree._Element, depth: int) -> None:
        """`depth` counts sections, not tags; the parser's own limit bounds the recursion."""
        name = local(node)
        if not name or name in _SKIPPED:
            return
        if name in _TABLES:
            self._table(node)
        elif name in _TITLES and _is_leaf(node):
            self._add("Title", node, level=max(depth, 1))
        elif name in _ITEMS and _is_leaf(node):
            self._add("ListItem", node, level=1)
        elif name in _CAPTIONS and _is_leaf(node):
            self._add("Caption", node)
        elif _is_leaf(node):
            self._leaf(node, name)
        elif _is_record(node):
            self._record(node)
        else:
            self._mixed(node, depth + (name in _SECTIONS))

    def _mixed(self, node: etree._Element, depth: int) -> None:
        """Text between block elements is an element of its own, with its inline markup."""
        loose = [node.text or ""]
        for child in node:
            if local(child) in _INLINE and _is_leaf(child):
                loose.append(_words(child))
            else:
                self._flush(loose)
                self.visit(child, depth)
            loose.append(child.tail or "")
        self._flush(loose)

    def _record(self, node: etree._Element) -> None:
        """A line `tag: value` for each value."""
        lines = []
        for inner in node.iter():
            text = " ".join((inner.text or "").split())
            if text:
                lines.append(f"{local(inner)}: {text}")
        self.blocks.add("NarrativeText", "\n".join(lines))

    def _flush(self, loose: list[str]) -> None:
        self.blocks.add("NarrativeText", " ".join("".join(loose).split()))
        loose.clear()

    def _leaf(self, node: etree._Element, name: str) -> None:
        text = _words(node)
        if len(node) == 0 and len(_MARKUP.findall(text)) > 0:
            html.read(text, self.blocks, boilerplate=False)  # HTML as escaped text: feeds
        elif name in _PARAGRAPHS or len(text) > 120 or len(node):
            self._add("NarrativeText", node)
        else:
            self.blocks.add("NarrativeText", text)

    def _add(self, kind: Any, node: etree._Element, **facts: Any) -> None:
        values = (value for inner in node.iter() for value in inner.attrib.values())
        links = tuple(dict.fromkeys(value for value in values if _ADDRESS.match(value)))
        self.blocks.add(kind, _words(node), links=links, **facts)

    def _table(self, node: etree._Element) -> None:
        rows = []
        for row in node.iter():
            if local(row) in _ROWS:
                head = any(local(parent) == "thead" for parent in row.iterancestors())
                cells = [_cell(cell, head) for cell in row if local(cell) in _CELLS]
                rows.append(cells)
        if is_empty(rows):
            self._mixed(node, 0)
        else:
            self.blocks.add("Table", to_text(rows), html=to_html(rows))


def _cell(node: etree._Element, head: bool) -> Cell:
    height, width = _span(node.get("rowspan")), _span(node.get("colspan"))
    more = node.get("morerows") or ""
    if more.isdecimal():
        height = min(int(more) + 1, MAX_SPAN)
    first, last = node.get("namest") or "", node.get("nameend") or ""
    numbers = [re.search(r"\d+$", name) for name in (first, last)]
    if numbers[0] and numbers[1]:
        width = min(max(int(numbers[1][0]) - int(numbers[0][0]) + 1, 1), MAX_SPAN)
    return Cell(_words(node), height, width, head or local(node) == "th")


def _span(value: str | None) -> int:
    return min(max(int(value), 1), MAX_SPAN) if value and value.isdecimal() else 1


def _is_leaf(node: etree._Element) -> bool:
    """Holds only text and inline markup."""
    return all(local(inner) in _INLINE for inner in node.iterdescendants())


def _is_record(node: etree._Element) -> bool:
    """Data, not prose: short values under tags of their own, but not a list of such records."""
    groups = [local(child) for child in node if len(child)]
    if len(groups) > len(set(groups)) and len(groups) > len(node) // 2:
        return False
    size = 0
    for inner in node.iter():
        text = (inner.text or "").strip()
        size += len(text)
        prose = local(inner) in _TITLES | _PARAGRAPHS | _ITEMS | _TABLES | _INLINE
        if prose or len(text) > 120 or size > _RECORD_SIZE or (inner.tail or "").strip():
            return False
        if _MARKUP.search(text):
            return False
    return True


def _words(node: etree._Element) -> str:
    pieces: list[str] = []
    stack: list[etree._Element | str] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            pieces.append(part)
        elif (place := _PLACED.get(local(part))) and part is not node:
            pieces.append(place("".join(pieces[-8:]), "".join(part.itertext())))
        else:
            inner: list[etree._Element | str] = [part.text or ""] if local(part) else []
            for child in part if local(part) else ():
                inner += [child, child.tail or ""]
            stack.extend(reversed(inner))
    return clean("".join(pieces), lines=False)
