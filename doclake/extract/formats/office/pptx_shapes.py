"""The shapes of one slide: their places, texts and roles."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from doclake.extract.builder import Blocks
from doclake.extract.cells.cell import MAX_SPAN, Cell, is_empty, to_html, to_text
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office import formulas
from doclake.extract.formats.office.package import MC, A, C, M, OfficePackage, P, R, alternate
from doclake.extract.formats.office.pptx_backgrounds import Ground, may_be_white
from doclake.extract.formats.office.pptx_geometry import (
    Transform,
    group_box,
    inside,
    shape_box,
    whole,
)
from doclake.extract.formats.office.pptx_roles import TITLES, paragraph_kind, shape_role
from doclake.extract.formats.office.pptx_runs import run_text
from doclake.extract.layout import slide_order
from doclake.extract.model import BoundingBox
from doclake.extract.text.bidi import runs_leftwards

if TYPE_CHECKING:
    from lxml import etree

_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_MAX_DEPTH = 60
_GROUND = 0.8  # share of the slide: a larger shape lies behind the others
_OF_MASTER = {kind: kind for kind in ("title", "dt", "ftr", "sldNum")} | {"ctrTitle": "title"}
"""Types with a placeholder of their own in the master; all others stand where its body does."""
_SHAPES = ("sp", "cxnSp", "graphicFrame", "pic")
_TINY = 200  # hundredths of a point
_WHITE = "white text"


class Slide:
    """Adds the elements of one slide to `blocks`."""

    def __init__(
        self,
        package: OfficePackage,
        part: str,
        number: int,
        size: tuple[float, float],
        blocks: Blocks,
        hidden: str | None,
    ) -> None:
        self.package = package
        self.part = part
        self.number = number
        self.size = size
        self.blocks = blocks
        self.hidden = hidden
        self._leftwards = False
        self.relations = package.relations(part)
        self._layout = self._placeholders("slideLayout", part)

    @cached_property
    def ground(self) -> Ground:
        """What lies behind the text; read only if a run may be white."""
        return Ground(self.package, self.part)

    def _placeholders(self, kind: str, part: str) -> dict[tuple[str, str], BoundingBox | None]:
        """Where the placeholders of the layout stand, else those of the master behind it, by (type,
        index), and the first of each type by (type, "")."""
        placeholders: dict[tuple[str, str], BoundingBox | None] = {}
        for name in self.package.related(part, kind)[:1]:
            if kind == "slideLayout":
                placeholders |= self._placeholders("slideMaster", name)
            root = self.package.shared_xml(name)
            for shape in root.iter(f"{P}sp") if root is not None else ():
                holder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
                if holder is not None:
                    key = holder.get("type") or "obj", holder.get("idx") or "0"
                    box = shape_box(shape, (1, 1, 0, 0)) or placeholders.get(key)
                    placeholders[key] = box
                    if box is not None:
                        placeholders.setdefault((key[0], ""), box)
        return placeholders

    def read(self, root: etree._Element) -> None:
        tree = root.find(f"{P}cSld/{P}spTree")
        if tree is None:
            return
        self._leftwards = runs_leftwards(" ".join(t.text or "" for t in tree.iter(f"{A}t")))
        titles = [shape for shape in tree if shape_role(shape) in TITLES]
        others = [shape for shape in tree if shape_role(shape) not in TITLES]
        for shapes in (titles, others):
            self._shapes(shapes, (1, 1, 0, 0), self.hidden, 0)

    def _shapes(
        self, shapes: list[Any], transform: Transform, hidden: str | None, depth: int
    ) -> None:
        for shape in self._ordered(shapes, transform):
            name = local(shape)
            properties = shape.find(f"./*/{P}cNvPr")
            unseen = hidden
            if properties is not None and properties.get("hidden") in ("1", "true"):
                unseen = hidden or "hidden shape"
            if shape.tag == f"{MC}AlternateContent":
                branch = alternate(shape)
                if branch is not None and depth < _MAX_DEPTH:
                    self._shapes(list(branch), transform, hidden, depth + 1)
            elif name == "grpSp" and depth < _MAX_DEPTH:
                self._shapes(list(shape), inside(shape, transform), unseen, depth + 1)
            elif name in ("sp", "cxnSp"):
                self._text(shape, transform, unseen)
            elif name == "graphicFrame":
                self._frame(shape, transform, unseen)
            elif name == "pic":
                self._picture(shape, properties, transform, unseen)

    def _ordered(self, shapes: list[Any], transform: Transform) -> list[Any]:
        placed = [(self._box(one, transform), one) for one in shapes]
        return slide_order.ordered(placed, leftwards=self._leftwards)

    def _box(self, shape: etree._Element, transform: Transform) -> BoundingBox | None:
        """Where a shape stands; None for what shows no words, and for what lies behind others."""
        if shape.tag == f"{MC}AlternateContent":
            branch = alternate(shape)
            inside_it = list(branch) if branch is not None else []
            return next(filter(None, (self._box(one, transform) for one in inside_it)), None)
        name = local(shape)
        if name == "grpSp":
            return group_box(shape, transform)
        if name in ("sp", "cxnSp") and next(shape.iter(f"{A}t"), None) is None:
            return None
        box = self._place(shape, transform) if name in _SHAPES else None
        return None if box is not None and self._is_ground(box) else box

    def _is_ground(self, box: BoundingBox) -> bool:
        width, height = self.size
        return (box[2] - box[0]) * (box[3] - box[1]) > _GROUND * width * height

    def _place(self, shape: etree._Element, transform: Transform) -> BoundingBox | None:
        box = shape_box(shape, transform)
        if box is None:
            holder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            if holder is not None:
                kind, index = holder.get("type") or "obj", holder.get("idx") or "0"
                box = self._layout.get((kind, index), self._layout.get((kind, "")))
                box = box or self._layout.get((_OF_MASTER.get(kind, "body"), ""))
        return box

    def _facts(self, box: BoundingBox | None, hidden: str | None) -> dict[str, Any]:
        if box is not None and not hidden:
            width, height = self.size
            if box[2] <= 0 or box[3] <= 0 or box[0] >= width or box[1] >= height:
                hidden = "off the slide"
        return {"page": self.number, "bbox": box, "hidden": hidden}

    def _text(self, shape: etree._Element, transform: Transform, hidden: str | None) -> None:
        body = shape.find(f"{P}txBody")
        if body is None:
            return
        facts = self._facts(self._place(shape, transform), hidden)
        role = shape_role(shape)
        counters: dict[int, int] = {}
        for paragraph in body.iterfind(f"{A}p"):
            text, links, reason = self._words(paragraph)
            properties = paragraph.find(f"{A}pPr")
            level = whole(properties.get("lvl")) if properties is not None else 0
            kind, label = paragraph_kind(
                role, properties, body, level, counters, bool(text.strip())
            )
            depth = {"Title": 1, "ListItem": level + 1}.get(kind)
            labelled = f"{label} {text}" if label else text
            if reason == _WHITE and not self.ground.is_white(facts["bbox"]):
                reason = None
            own = facts if not reason or hidden else facts | {"hidden": reason}
            self.blocks.add(kind, labelled, level=depth, links=links, **own)

    def _words(self, paragraph: etree._Element) -> tuple[str, tuple[str, ...], str | None]:
        """(text, links, why it is hidden) of one paragraph."""
        pieces: list[str] = []
        links: dict[str, None] = {}
        tiny, white = [], []
        for node in paragraph.iter(f"{A}t", f"{A}br", f"{A}tab", f"{M}oMath", f"{A}hlinkClick"):
            if node.tag == f"{A}t":
                look = node.getparent().find(f"{A}rPr")
                pieces.append(run_text(node.text or "", look))
                if (node.text or "").strip():
                    tiny.append(look is not None and 0 < whole(look.get("sz")) <= _TINY)
                    white.append(may_be_white(look) and self.ground.whitens(look))
            elif node.tag == f"{M}oMath":
                pieces.append(formulas.to_text(node))
            elif node.tag == f"{A}hlinkClick":
                relation = self.relations.get(node.get(f"{R}id") or "")
                if relation and relation.external:
                    links[relation.target] = None
            else:
                pieces.append("\n" if node.tag == f"{A}br" else "\t")
        reason = "tiny text" if all(tiny) else _WHITE if all(white) else None
        reason = reason if tiny else None
        return "".join(pieces), tuple(links), reason

    def _frame(self, shape: etree._Element, transform: Transform, hidden: str | None) -> None:
        facts = self._facts(shape_box(shape, transform), hidden)
        for table in shape.iter(f"{A}tbl"):
            rows, links = self._table(table)
            if not is_empty(rows):
                html = to_html(rows)
                self.blocks.add("Table", to_text(rows), html=html, links=links, **facts)
        for node in shape.iter(f"{C}chart", f"{_DGM}relIds"):
            identity = node.get(f"{R}id") or node.get(f"{R}dm") or ""
            relation = self.relations.get(identity)
            if relation and relation.kind == "chart":
                self._chart(relation.target, facts)
            elif relation and relation.kind == "diagramData":
                root = self.package.optional_xml(relation.target)
                for paragraph in root.iter(f"{A}p") if root is not None else ():
                    text = "".join(t.text or "" for t in paragraph.iter(f"{A}t"))
                    self.blocks.add("NarrativeText", text, **facts)

    def _chart(self, part: str, facts: dict[str, Any]) -> None:
        title, rows = self.package.chart(part)
        if rows:
            text = "\n".join(filter(None, [title, to_text(rows)]))
            self.blocks.add("Table", text, html=to_html(rows, title), **facts)
        else:
            self.blocks.add("Caption", title, **facts)

    def _table(self, table: etree._Element) -> tuple[list[list[Cell]], tuple[str, ...]]:
        properties = table.find(f"{A}tblPr")
        first_row = properties is not None and properties.get("firstRow") in ("1", "true")
        rows: list[list[Cell]] = []
        links: dict[str, None] = {}
        for place, row in enumerate(table.iterfind(f"{A}tr")):
            cells = []
            for cell in row.iterfind(f"{A}tc"):
                if is_on_attribute(cell, "hMerge") or is_on_attribute(cell, "vMerge"):
                    continue
                words = [self._words(p) for p in cell.iter(f"{A}p")]
                links |= {link: None for _, targets, _ in words for link in targets}
                text = "\n".join(text for text, _, _ in words)
                height, width = _span(cell.get("rowSpan")), _span(cell.get("gridSpan"))
                cells.append(Cell(text, height, width, header=first_row and place == 0))
            rows.append(cells)
        return rows, tuple(links)

    def _picture(
        self, shape: etree._Element, properties: Any, transform: Transform, hidden: str | None
    ) -> None:
        alt = (properties.get("descr") or "") if properties is not None else ""
        self.blocks.add("Image", alt, **self._facts(shape_box(shape, transform), hidden))


def is_on_attribute(node: etree._Element, name: str) -> bool:
    return node.get(name) in ("1", "true")


def _span(value: str | None) -> int:
    return min(max(whole(value), 1), MAX_SPAN)
