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
# What a deletion or a move took away is not in the text any more; what is said elsewhere or is
# an instruction, not words, is skipped with it.
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
    """Reads paragraphs of one part: relationship ids mean something only in their part."""

    styles: Styles
    relations: dict[str, Relation]
    in_table: bool = False
    _formats: dict[str, str | None] = field(default_factory=dict)

    def read(self, node: etree._Element) -> Paragraph:
        found = Paragraph()
        shaded = self._shaded(node)
        style = node.find(f"{W}pPr/{W}pStyle")
        hidden = "w:vanish" if style is not None and self._vanishes(style) else None
        self._visit(node, found, hidden, shaded or self.in_table)
        return found

    def _visit(
        self, node: etree._Element, found: Paragraph, hidden: str | None, shaded: bool
    ) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{W}r":
                self._visit(child, found, self._hides(child, hidden, shaded), shaded)
            elif tag == f"{W}t":
                self._say(child.text or "", found, hidden)
            elif tag in _SIGNS:
                self._say(_SIGNS[tag], found, hidden)
            elif tag not in _SKIPPED:
                special = _SPECIAL.get(tag)
                if special is not None:
                    special(self, child, found)
                if tag not in _LEAVES:
                    self._visit(child, found, hidden, shaded)

    @staticmethod
    def _say(text: str, found: Paragraph, hidden: str | None) -> None:
        if hidden is None:
            found.pieces.append(text)
            found.words += not text.isspace()
        elif found.hidden and found.hidden[-1][0] == hidden:
            found.hidden[-1] = (hidden, found.hidden[-1][1] + text)
        else:
            found.hidden.append((hidden, text))

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

    def link(self, node: etree._Element, found: Paragraph) -> None:
        address = self.target(node.get(f"{R}id"), "hyperlink")
        if address:
            found.links[address] = None

    def instruction(self, node: etree._Element, found: Paragraph) -> None:
        match = _HYPERLINK.search(node.text or node.get(f"{W}instr") or "")
        if match:
            found.links[match[1]] = None

    def alternative(self, node: etree._Element, found: Paragraph) -> None:
        branch = alternate(node)
        if branch is not None:
            self._visit(branch, found, None, True)

    def box(self, node: etree._Element, found: Paragraph) -> None:
        found.boxes.append(node)

    def formula(self, node: etree._Element, found: Paragraph) -> None:
        found.pieces.append(to_text(node))
        found.formulas += 1

    def picture(self, node: etree._Element, found: Paragraph) -> None:
        alt = (node.get("descr") or node.get("alt") or "").strip()
        if alt:
            found.images.append(alt)

    def chart(self, node: etree._Element, found: Paragraph) -> None:
        part = self.target(node.get(f"{R}id"), "chart")
        if part:
            found.charts.append(part)

    def diagram(self, node: etree._Element, found: Paragraph) -> None:
        part = self.target(node.get(f"{R}dm"), "diagramData")
        if part:
            found.diagrams.append(part)

    def note(self, node: etree._Element, found: Paragraph) -> None:
        kind = local(node).removesuffix("Reference")
        found.notes.append((kind, node.get(f"{W}id") or ""))

    def symbol(self, node: etree._Element, found: Paragraph) -> None:
        code = node.get(f"{W}char") or ""
        # Symbol fonts live in the private area, where no one else can read them.
        if re.fullmatch(r"[0-9A-Fa-f]{4}", code) and not code.upper().startswith("F0"):
            found.pieces.append(chr(int(code, 16)))

    def ruby(self, node: etree._Element, found: Paragraph) -> None:
        base = "".join(t.text or "" for t in node.iterfind(f"{W}rubyBase//{W}t"))
        reading = "".join(t.text or "" for t in node.iterfind(f"{W}rt//{W}t"))
        found.pieces.append(f"{base}({reading})" if reading else base)
        found.words += 1


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
