"""The text of one DOCX paragraph: runs, breaks, fields, tracked changes, formulas, hidden runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office.docx_styles import Styles, number
from doclake.extract.formats.office.formulas import to_text
from doclake.extract.formats.office.package import MC, A, C, M, R, Relation, W, alternate, is_on

if TYPE_CHECKING:
    from lxml import etree

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_VML = "{urn:schemas-microsoft-com:vml}"
# Text that was deleted or moved away; properties, instructions and data.
_SKIPPED = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}delInstrText", f"{W}pPr", f"{W}rPr"}
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
_TINY_HALF_POINTS = 2


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
    in_table: bool = False
    _formats: dict[str, str | None] = field(default_factory=dict)

    def read(self, node: etree._Element) -> Paragraph:
        paragraph = Paragraph()
        shaded = self._shaded(node)
        style = node.find(f"{W}pPr/{W}pStyle")
        hidden = "w:vanish" if style is not None and self._vanishes(style) else None
        self._visit(node, paragraph, hidden, shaded or self.in_table)
        return paragraph

    def _visit(
        self, node: etree._Element, paragraph: Paragraph, hidden: str | None, shaded: bool
    ) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{W}r":
                self._visit(child, paragraph, self._hides(child, hidden, shaded), shaded)
            elif tag == f"{W}t":
                self._say(child.text or "", paragraph, hidden)
            elif tag in _SIGNS:
                self._say(_SIGNS[tag], paragraph, hidden)
            elif tag not in _SKIPPED:
                special = _SPECIAL.get(tag)
                if special is not None:
                    special(self, child, paragraph)
                if tag not in _LEAVES:
                    self._visit(child, paragraph, hidden, shaded)

    @staticmethod
    def _say(text: str, paragraph: Paragraph, hidden: str | None) -> None:
        if hidden is None:
            paragraph.pieces.append(text)
            paragraph.words += not text.isspace()
        elif paragraph.hidden and paragraph.hidden[-1][0] == hidden:
            paragraph.hidden[-1] = (hidden, paragraph.hidden[-1][1] + text)
        else:
            paragraph.hidden.append((hidden, text))

    def _hides(self, run: etree._Element, outer: str | None, shaded: bool) -> str | None:
        properties = run.find(f"{W}rPr")
        if properties is None:
            return outer
        vanish = properties.find(f"{W}vanish")
        if vanish is not None:
            return "w:vanish" if is_on(vanish) else None
        style = properties.find(f"{W}rStyle")
        if style is not None and self._vanishes(style):
            return "w:vanish"
        color, size = properties.find(f"{W}color"), number(properties.find(f"{W}sz"))
        painted = shaded or properties.find(f"{W}shd") is not None
        painted = painted or properties.find(f"{W}highlight") is not None
        if color is not None and (color.get(f"{W}val") or "").upper() == "FFFFFF" and not painted:
            return "white text"
        return "tiny text" if size is not None and size <= _TINY_HALF_POINTS else outer

    def _vanishes(self, style: etree._Element) -> bool:
        return self.styles.hides(style.get(f"{W}val"))

    def _shaded(self, node: etree._Element) -> bool:
        properties = node.find(f"{W}pPr")
        if properties is None:
            return False
        style = properties.find(f"{W}pStyle")
        if properties.find(f"{W}shd") is not None:
            return True
        return style is not None and self.styles.shades(style.get(f"{W}val"))

    def target(self, identity: str | None, kind: str) -> str | None:
        relation = self.relations.get(identity or "")
        return relation.target if relation and relation.kind == kind else None

    def link(self, node: etree._Element, paragraph: Paragraph) -> None:
        address = self.target(node.get(f"{R}id"), "hyperlink")
        if address:
            paragraph.links[address] = None

    def instruction(self, node: etree._Element, paragraph: Paragraph) -> None:
        match = _HYPERLINK.search(node.text or node.get(f"{W}instr") or "")
        if match:
            paragraph.links[match[1]] = None

    def alternative(self, node: etree._Element, paragraph: Paragraph) -> None:
        branch = alternate(node)
        if branch is not None:
            self._visit(branch, paragraph, None, True)

    def box(self, node: etree._Element, paragraph: Paragraph) -> None:
        paragraph.boxes.append(node)

    def formula(self, node: etree._Element, paragraph: Paragraph) -> None:
        paragraph.pieces.append(to_text(node))
        paragraph.formulas += 1

    def picture(self, node: etree._Element, paragraph: Paragraph) -> None:
        alt = (node.get("descr") or node.get("alt") or "").strip()
        if alt:
            paragraph.images.append(alt)

    def chart(self, node: etree._Element, paragraph: Paragraph) -> None:
        part = self.target(node.get(f"{R}id"), "chart")
        if part:
            paragraph.charts.append(part)

    def diagram(self, node: etree._Element, paragraph: Paragraph) -> None:
        part = self.target(node.get(f"{R}dm"), "diagramData")
        if part:
            paragraph.diagrams.append(part)

    def note(self, node: etree._Element, paragraph: Paragraph) -> None:
        kind = local(node).removesuffix("Reference")
        paragraph.notes.append((kind, node.get(f"{W}id") or ""))

    def symbol(self, node: etree._Element, paragraph: Paragraph) -> None:
        code = node.get(f"{W}char") or ""
        # Codes of the private area mean something only in their symbol font.
        if re.fullmatch(r"[0-9A-Fa-f]{4}", code) and not code.upper().startswith("F0"):
            paragraph.pieces.append(chr(int(code, 16)))

    def ruby(self, node: etree._Element, paragraph: Paragraph) -> None:
        base = "".join(t.text or "" for t in node.iterfind(f"{W}rubyBase//{W}t"))
        reading = "".join(t.text or "" for t in node.iterfind(f"{W}rt//{W}t"))
        paragraph.pieces.append(f"{base}({reading})" if reading else base)
        paragraph.words += 1


_Special = Callable[[RunReader, "etree._Element", Paragraph], None]
_SPECIAL: dict[str, _Special] = {
    f"{W}hyperlink": RunReader.link,
    f"{W}instrText": RunReader.instruction,
    f"{W}fldSimple": RunReader.instruction,
    f"{MC}AlternateContent": RunReader.alternative,
    f"{W}txbxContent": RunReader.box,
    f"{A}txBody": RunReader.box,
    f"{M}oMath": RunReader.formula,
    f"{_WP}docPr": RunReader.picture,
    f"{_VML}shape": RunReader.picture,
    f"{C}chart": RunReader.chart,
    f"{_DGM}relIds": RunReader.diagram,
    f"{W}footnoteReference": RunReader.note,
    f"{W}endnoteReference": RunReader.note,
    f"{W}commentReference": RunReader.note,
    f"{W}sym": RunReader.symbol,
    f"{W}ruby": RunReader.ruby,
}
_LEAVES = frozenset(
    {f"{W}instrText", f"{MC}AlternateContent", f"{W}txbxContent", f"{A}txBody", f"{M}oMath"}
    | {f"{W}ruby", f"{W}sym", f"{_WP}docPr"}
)
