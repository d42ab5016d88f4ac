"""Paragraphs, lists, tables and frames of OpenDocument."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doclake.extract.builder import Blocks
from doclake.extract.cells.cell import is_empty, to_html, to_text
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.opendocument import forms, lists, objects, roles, tables
from doclake.extract.formats.opendocument.inline import Inline
from doclake.extract.formats.opendocument.namespaces import CONTROL, HREF, SVG, TABLE, TEXT
from doclake.extract.formats.opendocument.styles import HIDDEN_FIELD, WHITE, Styles, hiding
from doclake.extract.model import ElementType
from doclake.extract.text.cleaning import clean

if TYPE_CHECKING:
    from lxml import etree

_SKIPPED = frozenset(
    {"tracked-changes", "sequence-decls", "variable-decls", "forms", "soft-page-break"}
    | {"user-field-decls", "bookmark", "bookmark-start", "bookmark-end", "change", "change-start"}
    | {"change-end", "annotation-end", "desc", "title", "toc-mark", "alphabetical-index-mark"}
)
_MAX_DEPTH = 60
_ROLES: dict[str, ElementType] = {
    "title": "Title",
    "footer": "Footer",
    "date-time": "Footer",
    "header": "Header",
    "page-number": "PageNumber",
}


class TextReader:
    """Adds text to `blocks`. `roots` are the documents that define styles."""

    def __init__(self, blocks: Blocks, roots: list[etree._Element]) -> None:
        self.blocks = blocks
        self.painted = False  # white text shows on what lies behind it
        self.objects: dict[str, etree._Element] = {}
        self.controls: dict[str, str] = {}
        self.styles = Styles(roots)
        self._lists = lists.Lists(roots)
        self._label = ""

    def flow(
        self,
        node: etree._Element,
        level: int = 0,
        depth: int = 0,
        counter: lists.Counter | None = None,
        **facts: Any,
    ) -> None:
        """Add everything below `node` in order. `level` counts the lists around it, `counter`
        numbers their items."""
        for child in node:
            with self.blocks.lost.part(page=facts.get("page")):
                self._block(child, level, depth, counter, facts)

    def _block(
        self,
        node: etree._Element,
        level: int,
        depth: int,
        counter: lists.Counter | None,
        facts: dict[str, Any],
    ) -> None:
        name = local(node)
        if depth > _MAX_DEPTH:
            self.blocks.add("NarrativeText", " ".join(node.itertext()), **facts)
        elif name == "h":
            if counter is None:
                self._label = self._outline_number(node)
            self._paragraph(node, "Title", lists.outline_level(node), facts)
        elif name == "p":
            style = node.get(f"{TEXT}style-name") or ""
            self._paragraph(node, *roles.kind(self.styles, style, level), facts)
        elif name == "list":
            inner = self._lists.open(node, counter)
            self.flow(node, level + 1, depth + 1, inner, **facts)
        elif name in ("list-item", "list-header"):
            # An item without a paragraph of its own only holds an inner list.
            counts = name == "list-item" and lists.has_paragraph(node)
            if counts and counter is not None:
                self._label = counter.label(level, lists.start_value(node))
            self.flow(node, level, depth + 1, counter, **facts)
        elif not self._embedded(node, facts) and name not in _SKIPPED:
            reason = hiding(node)
            facts = facts | {"hidden": reason} if reason else facts
            self.flow(node, level, depth + 1, counter, **facts)

    def _embedded(self, node: etree._Element, facts: dict[str, Any]) -> bool:
        """Add a table, an object or the control of a form; whether the node is one."""
        name = local(node)
        if name == "table":
            self._table(node, facts)
        elif name == "control":
            self.blocks.add("FormField", self.control(node), **facts)
        elif name == "object" and objects.target(node) in self.objects:
            self._object(self.objects[objects.target(node)], facts)
        else:
            return name == "annotation"
        return True

    def control(self, node: etree._Element) -> str:
        """What the control of a form shows."""
        return self.controls.get(node.get(CONTROL) or "", "")

    def _outline_number(self, heading: etree._Element) -> str:
        """The number of a heading, if the document numbers it."""
        chain = self.styles.chain(heading.get(f"{TEXT}style-name"))
        unnumbered = any(style.unnumbered for style in chain)
        unnumbered = unnumbered or heading.get(f"{TEXT}is-list-header") == "true"
        return "" if unnumbered else self._lists.outline.label(lists.outline_level(heading))

    def shape(self, node: etree._Element, role: str, facts: dict[str, Any]) -> None:
        """Add a shape of a slide in its role (`title`, `outline`, `footer` ...)."""
        kind = _ROLES.get(role)
        if kind:
            level = 1 if kind == "Title" else None
            self.blocks.add(kind, self.flat(node), level=level, **facts)
        else:
            self.flow(node, **facts)
        for title in node.iter(f"{SVG}title", f"{SVG}desc"):
            self.blocks.add("Image", title.text or "", **facts)

    def _paragraph(
        self, node: etree._Element, kind: ElementType, level: int | None, facts: dict[str, Any]
    ) -> None:
        inline, text = self._read(node)
        index = self.blocks.add(kind, text, level=level, links=tuple(inline.links), **facts)
        self._hidden(inline, facts)
        painted, self.painted = self.painted, self.painted or bool(inline.frames)
        for frame in inline.frames:
            self.flow(frame, depth=20, **facts)
        self.painted = painted
        self._attached(inline, index, facts)

    def _read(self, node: etree._Element) -> tuple[Inline, str]:
        """What a paragraph holds, and its text after the number of its item or heading."""
        label, self._label = self._label.strip(), ""  # taken first: notes in it are paragraphs too
        inline = Inline()
        painted = self.painted
        self.painted = painted or self.styles.paints(node.get(f"{TEXT}style-name"))
        self._inline(node, inline, hiding(node) or self.hides(node), 0)
        self.painted = painted
        text = self.styles.glyphs(node.get(f"{TEXT}style-name"), "".join(inline.pieces))
        return inline, f"{label} {text.lstrip()}" if label and text.strip() else text

    def _hidden(self, inline: Inline, facts: dict[str, Any]) -> None:
        for reason, hidden in inline.hidden:
            self.blocks.add("Other", hidden, **facts | {"hidden": reason})

    def _attached(self, inline: Inline, index: int | None, facts: dict[str, Any]) -> None:
        for note_kind, note in inline.notes:
            self.blocks.add(note_kind, note, parent=index, **facts)
        for alt in inline.images:
            self.blocks.add("Image", alt, **facts)

    def hides(self, node: etree._Element, attribute: str = f"{TEXT}style-name") -> str | None:
        """Why the style that `attribute` names hides the text of a node."""
        chain = self.styles.chain(node.get(attribute))
        painted = self.painted or any(style.painted for style in chain)
        reasons = (style.hidden for style in chain if not (painted and style.hidden == WHITE))
        return next(filter(None, reasons), None)

    def _inline(self, node: etree._Element, inline: Inline, hidden: str | None, depth: int) -> None:
        inline.say(node.text or "", hidden)
        for child in node:
            name = local(child)
            if name == "note":
                inline.notes.append(("Footnote", self._note(child)))
            elif name == "annotation":
                inline.notes.append(("Annotation", self.note_text(child)))
            elif name in ("s", "tab", "line-break"):
                inline.say({"s": " ", "tab": "\t", "line-break": "\n"}[name], hidden)
            elif name in ("frame", "custom-shape", "rect", "text-box", "g", "ellipse"):
                inline.frames.append(child)
                inline.images.extend(t.text or "" for t in child.iter(f"{SVG}title", f"{SVG}desc"))
            elif name in ("fieldmark", "control"):
                inline.say(forms.field_mark(child) or self.control(child), hidden)
            elif name == "hidden-text":
                shown = child.get(f"{TEXT}is-hidden") == "false"
                reason = hidden if shown else HIDDEN_FIELD
                inline.say(child.get(f"{TEXT}string-value") or "", reason)
            elif name == "ruby":
                parts = ["".join(part.itertext()) for part in child]
                inline.say(f"{parts[0]}({parts[1]})" if len(parts) > 1 else "".join(parts), hidden)
            elif name and name not in _SKIPPED and depth < _MAX_DEPTH:
                if child.get(HREF) and name == "a":
                    inline.links[child.get(HREF)] = None
                before = len(inline.pieces)
                self._inline(child, inline, self.hides(child) or hidden, depth + 1)
                inline.pieces[before:] = self._as_set(child, inline.pieces[before:])
            inline.say(child.tail or "", hidden)

    def _as_set(self, node: etree._Element, pieces: list[str]) -> list[str]:
        """The pieces of a span in its font, raised or lowered."""
        style = node.get(f"{TEXT}style-name")
        return [self.styles.as_set(style, "".join(pieces))] if style and pieces else pieces

    def _note(self, node: etree._Element) -> str:
        body = node.find(f"{TEXT}note-body")
        return self.flat(body) if body is not None else ""

    def note_text(self, node: etree._Element) -> str:
        """A comment with its author, without its date."""
        author = next((c.text or "" for c in node if local(c) == "creator"), "")
        text = self.flat(node)
        return f"{author}: {text}" if author and text else text

    def flat(self, node: etree._Element, pending: Inline | None = None) -> str:
        """Visible text below a node with inner tables, one line for each paragraph. `pending`
        collects their hidden text, links, images and notes."""
        lines: list[str] = []
        self._flatten(node, lines, pending or Inline(), None, 0)
        return clean("\n".join(filter(str.strip, lines)))

    def _flatten(
        self,
        node: etree._Element,
        lines: list[str],
        pending: Inline,
        counter: lists.Counter | None,
        level: int,
        depth: int = 0,
    ) -> None:
        for child in node:
            name = local(child)
            if name in ("p", "h"):
                self._flat_paragraph(child, lines, pending, depth)
            elif depth > _MAX_DEPTH:
                lines.append(" ".join(child.itertext()))
            elif name == "list":
                inner = self._lists.open(child, counter)
                self._flatten(child, lines, pending, inner, level + 1, depth + 1)
            elif name in ("list-item", "list-header"):
                if name == "list-item" and counter is not None and lists.has_paragraph(child):
                    self._label = counter.label(level, lists.start_value(child))
                self._flatten(child, lines, pending, counter, level, depth + 1)
            elif reason := hiding(child):
                pending.hidden.append((reason, self.flat(child, pending)))
            elif name == "object" and objects.target(child) in self.objects:
                lines.append(objects.text(self.objects[objects.target(child)]))
            elif name == "control":
                lines.append(self.control(child))
            elif name not in _SKIPPED and name not in ("annotation", "creator", "date"):
                self._flatten(child, lines, pending, counter, level, depth + 1)

    def _flat_paragraph(
        self, node: etree._Element, lines: list[str], pending: Inline, depth: int
    ) -> None:
        inline, text = self._read(node)
        lines.append(text)
        for frame in inline.frames:
            self._flatten(frame, lines, pending, None, 0, depth + 1)
        pending.take(inline)

    def _object(self, root: etree._Element, facts: dict[str, Any]) -> None:
        """Add a chart, a formula, or the text of another object."""
        title, rows = objects.chart(root)
        if local(root) == "math":
            self.blocks.add("Formula", objects.formula(root), **facts)
        elif not any(local(node) == "chart" for node in root.iter()):
            self.flow(root, depth=20, **facts)
        elif is_empty(rows):
            self.blocks.add("Caption", title, **facts)
        else:
            text, html = objects.text(root), to_html(rows, title)
            self.blocks.add("Table", text, html=html, **facts)

    def _cell(self, cell: etree._Element, pending: Inline) -> str:
        painted = self.painted
        parts = (cell, *cell.iterancestors(f"{TABLE}table-row", f"{TABLE}table"))
        self.painted = painted or any(
            self.styles.paints(p.get(f"{TABLE}style-name")) for p in parts
        )
        text = self.flat(cell, pending)
        self.painted = painted
        return text

    def _table(self, node: etree._Element, facts: dict[str, Any]) -> None:
        pending = Inline()
        rows = tables.rows(node, lambda cell: self._cell(cell, pending))
        index = None
        if not is_empty(rows):
            html = to_html(rows)
            links = tuple(pending.links)
            index = self.blocks.add("Table", to_text(rows), html=html, links=links, **facts)
        self._hidden(pending, facts)
        self._attached(pending, index, facts)
