"""The text of one DOCX paragraph: runs, breaks, fields, tracked changes, formulas, hidden runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office import docx_fields, docx_looks
from doclake.extract.formats.office.docx_fields import Fields
from doclake.extract.formats.office.docx_styles import Style, Styles
from doclake.extract.formats.office.formulas import to_text
from doclake.extract.formats.office.package import MC, A, C, M, R, Relation, W, alternate
from doclake.extract.text import symbol_fonts
from doclake.extract.text.scripts import subscript, superscript

if TYPE_CHECKING:
    from lxml import etree

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_VML = "{urn:schemas-microsoft-com:vml}"
_CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
# Text that was deleted or moved away; properties, instructions and data.
_SKIPPED = frozenset(
    docx_fields.DELETED
    | {f"{W}delText", f"{W}delInstrText", f"{W}pPr", f"{W}rPr"}
    | {f"{W}sdtPr", f"{W}rubyPr", f"{W}binData", f"{W}fldData", f"{W}ffData"}
)
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}ptab": "\t",
}
_HYPERLINK = re.compile(r'HYPERLINK\s+"([^"]+)"')


@dataclass(slots=True)
class Paragraph:
    """What one paragraph holds; `hidden` pairs a reason with the text it hides."""

    pieces: list[str] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    links: dict[str, None] = field(default_factory=dict)
    boxes: list[etree._Element] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    formulas: int = 0
    words: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)


@dataclass(slots=True)
class RunReader:
    """Reads paragraphs of one part: relationship ids are valid only in their part."""

    styles: Styles
    relations: dict[str, Relation]
    fields: Fields = field(default_factory=Fields)
    _around: list[Style] = field(default_factory=list)
    _font: str | None = None

    def read(self, node: etree._Element) -> Paragraph:
        paragraph = Paragraph()
        style = docx_looks.named(node.find(f"{W}pPr"), "pStyle") or self.styles.default
        self._around = self.styles.chain(style)
        self._visit(node, paragraph, None)
        return paragraph

    def _visit(self, node: etree._Element, paragraph: Paragraph, hidden: str | None) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{W}r":
                reason = docx_looks.hides(child, self._around, self.styles)
                self._run(child, paragraph, reason)
            elif tag == f"{W}t":
                text = symbol_fonts.shown(child.text or "", self._font)
                self._say(text, paragraph, hidden)
            elif tag in _SIGNS:
                self._say(_SIGNS[tag], paragraph, hidden)
            elif tag in _FIELDS:
                self._field(child, paragraph, hidden)
            elif tag == f"{MC}AlternateContent":
                branch = alternate(child)
                if branch is not None:
                    self._visit(branch, paragraph, hidden)
            elif tag not in _SKIPPED:
                self._other(child, paragraph, hidden)

    def _other(self, node: etree._Element, paragraph: Paragraph, hidden: str | None) -> None:
        special, spoken = _SPECIAL.get(node.tag), _TEXTS.get(node.tag)
        if special is not None and not self.fields.in_code:
            special(self, node, paragraph)
        if spoken is not None:
            self._say(spoken(self, node, paragraph), paragraph, hidden)
        if node.tag not in _LEAVES:
            self._visit(node, paragraph, hidden)

    def _field(self, node: etree._Element, paragraph: Paragraph, hidden: str | None) -> None:
        if node.tag == f"{W}fldChar":
            self._field_mark(node, paragraph, hidden)
        elif node.tag == f"{W}fldSimple":
            self.fields.begin()
            self.fields.takes(node.get(f"{W}instr") or "")
            self._end_code(paragraph)
            self._visit(node, paragraph, hidden)
            self._say(self.fields.end(), paragraph, hidden)
        elif not self.fields.takes(node.text or ""):
            _add_link(node.text or "", paragraph)

    def _field_mark(self, mark: etree._Element, paragraph: Paragraph, hidden: str | None) -> None:
        """A form field stores its value in the mark that begins it, a symbol in its code."""
        kind, data = mark.get(docx_fields.KIND), mark.find(f"{W}ffData")
        if data is not None:
            self._say(docx_fields.value(data), paragraph, hidden)
        if kind == "begin":
            self.fields.begin()
        elif kind in ("separate", "end"):
            self._end_code(paragraph)
        if kind == "end":
            self._say(self.fields.end(), paragraph, hidden)

    def _end_code(self, paragraph: Paragraph) -> None:
        code = self.fields.separate()
        if not self.fields.in_code:
            _add_link(code, paragraph)

    def _run(self, run: etree._Element, paragraph: Paragraph, hidden: str | None) -> None:
        """A run in its font, raised or lowered as its properties say."""
        properties = run.find(f"{W}rPr")
        if properties is None:
            self._visit(run, paragraph, hidden)
            return
        fonts, before = properties.find(f"{W}rFonts"), len(paragraph.pieces)
        outer, self._font = self._font, fonts.get(f"{W}ascii") if fonts is not None else None
        self._visit(run, paragraph, hidden)
        self._font = outer
        set_as = _SCRIPTS.get(self._script(properties))
        if set_as is not None and len(paragraph.pieces) > before:
            paragraph.pieces[before:] = [set_as("".join(paragraph.pieces[before:]))]

    def _script(self, properties: etree._Element) -> str:
        own = properties.find(f"{W}vertAlign")
        if own is not None:
            return own.get(f"{W}val") or ""
        style = properties.find(f"{W}rStyle")
        return self.styles.script(style.get(f"{W}val")) if style is not None else ""

    def _say(self, text: str, paragraph: Paragraph, hidden: str | None) -> None:
        if not text or self.fields.takes(text):
            return
        if hidden is None:
            paragraph.pieces.append(text)
            paragraph.words += not text.isspace()
        elif paragraph.hidden and paragraph.hidden[-1][0] == hidden:
            paragraph.hidden[-1] = (hidden, paragraph.hidden[-1][1] + text)
        else:
            paragraph.hidden.append((hidden, text))

    def target(self, identity: str | None, *kinds: str) -> str | None:
        relation = self.relations.get(identity or "")
        return relation.target if relation and relation.kind in kinds else None

    def link(self, node: etree._Element, paragraph: Paragraph) -> None:
        address = self.target(node.get(f"{R}id"), "hyperlink")
        if address:
            paragraph.links[address] = None

    def box(self, node: etree._Element, paragraph: Paragraph) -> None:
        paragraph.boxes.append(node)

    def picture(self, node: etree._Element, paragraph: Paragraph) -> None:
        alt = (node.get("descr") or node.get("alt") or "").strip()
        if alt:
            paragraph.images.append(alt)

    def chart(self, node: etree._Element, paragraph: Paragraph) -> None:
        part = self.target(node.get(f"{R}id"), "chart", "chartEx")
        if part:
            paragraph.charts.append(part)

    def diagram(self, node: etree._Element, paragraph: Paragraph) -> None:
        part = self.target(node.get(f"{R}dm"), "diagramData")
        if part:
            paragraph.diagrams.append(part)

    def note(self, node: etree._Element, paragraph: Paragraph) -> None:
        kind = local(node).removesuffix("Reference")
        paragraph.notes.append((kind, node.get(f"{W}id") or ""))

    def formula(self, node: etree._Element, paragraph: Paragraph) -> str:
        if not self.fields.in_code:
            paragraph.formulas += 1
            paragraph.words -= 1  # it is told from words
        return to_text(node)

    def word_art(self, node: etree._Element, paragraph: Paragraph) -> str:
        text = node.get("string") or ""
        return f"\n{text}\n" if paragraph.pieces else text

    def symbol(self, node: etree._Element, _: Paragraph) -> str:
        code = node.get(f"{W}char") or ""
        known = re.fullmatch(r"[0-9A-Fa-f]{1,4}", code)
        return symbol_fonts.symbol(int(code, 16), node.get(f"{W}font")) if known else ""

    def ruby(self, node: etree._Element, _: Paragraph) -> str:
        base = "".join(t.text or "" for t in node.iterfind(f"{W}rubyBase//{W}t"))
        reading = "".join(t.text or "" for t in node.iterfind(f"{W}rt//{W}t"))
        return f"{base}({reading})" if reading else base


def _add_link(code: str, paragraph: Paragraph) -> None:
    match = _HYPERLINK.search(code)
    if match:
        paragraph.links[match[1]] = None


_FIELDS = frozenset({f"{W}fldChar", f"{W}fldSimple", f"{W}instrText"})
_SCRIPTS: dict[str, Callable[[str], str]] = {"superscript": superscript, "subscript": subscript}
_SPECIAL: dict[str, Callable[[RunReader, etree._Element, Paragraph], None]] = {
    f"{W}hyperlink": RunReader.link,
    f"{W}txbxContent": RunReader.box,
    f"{A}txBody": RunReader.box,
    f"{_WP}docPr": RunReader.picture,
    f"{_VML}shape": RunReader.picture,
    f"{C}chart": RunReader.chart,
    f"{_CX}chart": RunReader.chart,
    f"{_DGM}relIds": RunReader.diagram,
    f"{W}footnoteReference": RunReader.note,
    f"{W}endnoteReference": RunReader.note,
    f"{W}commentReference": RunReader.note,
}
_TEXTS: dict[str, Callable[[RunReader, etree._Element, Paragraph], str]] = {
    f"{M}oMath": RunReader.formula,
    f"{_VML}textpath": RunReader.word_art,
    f"{W}sym": RunReader.symbol,
    f"{W}ruby": RunReader.ruby,
}
_LEAVES = frozenset(
    {f"{W}txbxContent", f"{A}txBody", f"{M}oMath"} | {f"{W}ruby", f"{W}sym", f"{_WP}docPr"}
)
