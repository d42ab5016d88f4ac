"""DOCX (Transitional and Strict), read from its XML, with what python-docx leaves out: text boxes,
notes, comments, content controls, tracked changes, formulas, charts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.cells.cell import Cell, is_empty, to_html, to_text
from doclake.extract.formats.office import docx_chunks, docx_looks, docx_revisions, docx_tables
from doclake.extract.formats.office.docx_runs import Paragraph, RunReader
from doclake.extract.formats.office.docx_styles import Styles, number, numbering_of, read_numbering
from doclake.extract.formats.office.docx_tables import CONTAINERS
from doclake.extract.formats.office.package import MC, A, OfficePackage, R, W, alternate
from doclake.extract.model import Child, ElementType, Extraction, Options
from doclake.extract.text.cleaning import clean
from doclake.settings import Limits

if TYPE_CHECKING:
    from lxml import etree

_CODE = (
    "html preformatted",
    "code",
    "source code",
    "preformatted text",
    "plain text",
    "macro text",
)
_MAX_TABLE_DEPTH = 12
_MAX_IMPORTS = 4
_NOTES: dict[str, tuple[str, ElementType]] = {
    "footnote": ("footnotes", "Footnote"),
    "endnote": ("endnotes", "Footnote"),
    "comment": ("comments", "Annotation"),
}


class Docx:
    """Word documents. Headers and footers stand first and last, notes where they are called."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("ooxml", options.limits)
        with OfficePackage(file, options.limits, blocks.lost) as package:
            document = _Document(package, blocks, options.limits)
            document.read()
            properties = package.properties()
            children = [
                *document.children,
                *package.embedded(pictures=not blocks.elements),
            ]
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The document has no text.")
        title = properties.pop("title", None)
        return blocks.extraction(
            children,
            title=title,
            metadata=properties,
        )


class _Document:
    def __init__(
        self, package: OfficePackage, blocks: Blocks, limits: Limits, depth: int = 0
    ) -> None:
        self.package = package
        self.limits = limits
        self.depth = depth
        self.children: list[Child] = []
        self.blocks = blocks
        self.part = package.main_part("word/document.xml")
        self.relations = package.relations(self.part)
        self.styles = Styles(self._related_xml("styles"))
        self.numbering = read_numbering(self._related_xml("numbering"))
        self.reader = RunReader(self.styles, self.relations)
        self._note_parts: dict[str, dict[str, etree._Element]] = {}
        self._table_depth = 0

    def _related_xml(self, kind: str) -> etree._Element | None:
        part = next(iter(self.package.related(self.part, kind)), None)
        return self.package.optional_xml(part)

    def read(self) -> None:
        root = self._story(self.part)
        self.styles.page = docx_looks.page(root)
        self._margins("header", "Header")
        body = root.find(f"{W}body")
        self.flow(body if body is not None else root)
        self._margins("footer", "Footer")

    def _story(self, part: str) -> etree._Element:
        return docx_revisions.settle(self.package.xml(part))

    def _margins(self, kind: str, element: ElementType) -> None:
        """Add headers or footers; a text that sections repeat is added once."""
        seen: set[str] = set()
        for part in sorted(self.package.related(self.part, kind)):
            with self.blocks.lost.part(part):
                root = self._story(part)
                text = self.flat(root, RunReader(self.styles, self.package.relations(part)))
                if text and text not in seen:
                    seen.add(text)
                    self.blocks.add(element, text)

    def flow(self, node: etree._Element) -> None:
        """Add paragraphs and tables in order, through the containers around them."""
        for child in node:
            with self.blocks.lost.part():
                self._block(child)

    def _block(self, node: etree._Element) -> None:
        if node.tag == f"{W}p":
            self.paragraph(node)
        elif node.tag == f"{W}tbl":
            self.table(node)
        elif node.tag == f"{W}altChunk":
            self._import(node, self.blocks)
        elif node.tag in CONTAINERS:
            self.flow(node)
        elif node.tag == f"{MC}AlternateContent":
            branch = alternate(node)
            if branch is not None:
                self.flow(branch)

    def _import(self, node: etree._Element, blocks: Blocks) -> None:
        """Add the elements of a document that Word imports here."""
        relation = self.relations.get(node.get(f"{R}id") or "")
        if relation is None or relation.external or not self.package.has(relation.target):
            return
        data = self.package.read(relation.target)

        def nested(file: Path) -> None:
            if self.depth >= _MAX_IMPORTS:
                raise LimitExceeded(f"Imports nest more than {_MAX_IMPORTS} deep.", limit="depth")
            with OfficePackage(file, self.limits, blocks.lost) as package:
                document = _Document(package, blocks, self.limits, self.depth + 1)
                document.read()
                self.children += [*document.children, *package.embedded()]

        self.children += docx_chunks.add(relation.target, data, blocks, nested)

    def paragraph(self, node: etree._Element) -> None:
        paragraph = self.reader.read(node)
        kind, level, label = self._classify(node, paragraph)
        text = paragraph.text
        if label and text.strip():
            text = f"{label} {text.lstrip()}"
        index = self.blocks.add(kind, text, level=level, links=tuple(paragraph.links))
        for reason, hidden in paragraph.hidden:
            self.blocks.add("Other", hidden, hidden=reason)
        self._attached(paragraph, index)

    def _attached(self, paragraph: Paragraph, index: int | None) -> None:
        """Add what belongs to a paragraph: text boxes, pictures, charts, diagrams, notes."""
        for box in paragraph.boxes:
            self._box(box)
        for alt in paragraph.images:
            self.blocks.add("Image", alt)
        for part in paragraph.charts:
            self.chart(part)
        for part in paragraph.diagrams:
            root = self.package.optional_xml(part)
            for node in root.iter(f"{A}p") if root is not None else ():
                self.blocks.add("Other", "".join(t.text or "" for t in node.iter(f"{A}t")))
        for kind, identity in paragraph.notes:
            self._note(kind, identity, index)

    def _box(self, box: etree._Element) -> None:
        if box.tag == f"{A}txBody":
            for paragraph in box.iter(f"{A}p"):
                text = "".join(t.text or "" for t in paragraph.iter(f"{A}t"))
                self.blocks.add("NarrativeText", text)
        else:
            self.flow(box)

    def chart(self, part: str) -> None:
        title, rows = self.package.chart(part)
        if rows:
            text = "\n".join(filter(None, [title, to_text(rows)]))
            self.blocks.add("Table", text, html=to_html(rows, title))
        else:
            self.blocks.add("Caption", title)

    def _note(self, kind: str, identity: str, parent: int | None) -> None:
        name, element = _NOTES[kind]
        if name not in self._note_parts:
            root = self._related_xml(name)
            nodes = docx_revisions.settle(root).iterfind(f"{W}{kind}") if root is not None else ()
            self._note_parts[name] = {node.get(f"{W}id") or "": node for node in nodes}
        node = self._note_parts[name].get(identity)
        if node is None:
            return
        part = next(iter(self.package.related(self.part, name)), "")
        text = self.flat(node, RunReader(self.styles, self.package.relations(part)))
        author = node.get(f"{W}author")
        self.blocks.add(element, f"{author}: {text}" if author and text else text, parent=parent)

    def _classify(
        self, node: etree._Element, paragraph: Paragraph
    ) -> tuple[ElementType, int | None, str]:
        """(type, level, number shown before the text)."""
        properties = node.find(f"{W}pPr")
        style_node = properties.find(f"{W}pStyle") if properties is not None else None
        style = style_node.get(f"{W}val") if style_node is not None else self.styles.default
        outline = number(properties.find(f"{W}outlineLvl")) if properties is not None else None
        heading = outline + 1 if outline is not None and outline < 9 else None
        heading = heading or self.styles.heading_level(style)
        depth, label = self._number(properties, style, bool(paragraph.text.strip()))
        name = self.styles.name(style).lower()
        if heading is not None:
            return "Title", heading, label
        if name.startswith(("toc ", "table of figures")):
            return "Other", None, label
        if name.startswith("caption"):
            return "Caption", None, label
        if name in _CODE:
            return "Code", None, ""
        if paragraph.formulas and not paragraph.words:
            return "Formula", None, label
        if depth is not None:
            return "ListItem", depth + 1, label
        return "NarrativeText", None, ""

    def _number(
        self, properties: etree._Element | None, style: str | None, shown: bool
    ) -> tuple[int | None, str]:
        """(level of the list from 0 or None, number shown)."""
        own, inherited = numbering_of(properties), self.styles.numbering(style)
        identity = next((n[0] for n in (own, inherited) if n and n[0]), None)
        if not identity or identity == "0":
            return None, ""
        level = next((n[1] for n in (own, inherited) if n and n[1] is not None), 0)
        return level, self.numbering.label(identity, level) if shown else ""

    def table(self, node: etree._Element) -> None:
        rows = docx_tables.rows(node)
        if len(rows) == 1 and len(rows[0]) == 1:
            for cell in node.iterfind(f"{W}tr/{W}tc"):  # a frame around text, not a table
                self.flow(cell)
            return
        pending: list[Paragraph] = []
        cells = [[self._cell(place, pending) for place in row] for row in rows]
        caption = node.find(f"{W}tblPr/{W}tblCaption")
        title = clean(caption.get(f"{W}val") or "") if caption is not None else ""
        index = None
        if not is_empty(cells):
            links = tuple({link: None for paragraph in pending for link in paragraph.links})
            html = to_html(cells, title)
            index = self.blocks.add("Table", to_text(cells), html=html, links=links)
        for paragraph in pending:
            for reason, hidden in paragraph.hidden:
                self.blocks.add("Other", hidden, hidden=reason)
            paragraph.boxes.clear()
            self._attached(paragraph, index)

    def _cell(self, place: docx_tables.Place, pending: list[Paragraph]) -> Cell:
        text = self.flat(place.node, self.reader, pending) if place.node is not None else ""
        return Cell(text, place.rowspan, place.colspan, place.header)

    def flat(
        self, node: etree._Element, reader: RunReader, pending: list[Paragraph] | None = None
    ) -> str:
        """Text of paragraphs and inner tables, one line each. `pending` collects the paragraphs."""
        lines: list[str] = []
        self._flatten(node, reader, lines, pending, 0)
        return clean("\n".join(lines))

    def _flatten(
        self,
        node: etree._Element,
        reader: RunReader,
        lines: list[str],
        pending: list[Paragraph] | None,
        depth: int,
    ) -> None:
        for child in node:
            if child.tag == f"{W}p":
                paragraph = reader.read(child)
                _, _, label = self._classify(child, paragraph)
                text = paragraph.text
                lines.append(f"{label} {text}" if label and text else text)
                for box in paragraph.boxes:
                    self._flatten(box, reader, lines, pending, depth + 1)
                if pending is not None:
                    pending.append(paragraph)
            elif depth > _MAX_TABLE_DEPTH:
                lines.append(" ".join(t.text or "" for t in child.iter(f"{W}t")))
            elif child.tag == f"{W}altChunk":
                imported = Blocks(self.blocks.method, self.limits)
                self._import(child, imported)
                lines.extend(element.text for element in imported.elements if not element.hidden)
            elif child.tag in (f"{W}tbl", f"{W}tr", f"{W}tc") or child.tag in CONTAINERS:
                self._flatten(child, reader, lines, pending, depth + 1)
