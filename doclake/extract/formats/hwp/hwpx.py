"""HWPX (OWPML, KS X 6101): the XML form of Hangul's documents."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors import DocumentEmpty, DocumentMalformed
from doclake.extract.builder import Blocks
from doclake.extract.cells.cell import MAX_SPAN
from doclake.extract.containers.safe_xml import local
from doclake.extract.containers.zip_package import Package
from doclake.extract.formats.hwp import flow, hwpx_forms, numbering
from doclake.extract.formats.hwp.flow import (
    Paragraph,
    Picture,
    Story,
    TableCell,
    TableObject,
)
from doclake.extract.formats.hwp.hwpx_properties import (
    local_children,
    properties,
)
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Extraction, Options
from doclake.extract.text.list_numbering import Level
from doclake.extract.text.scripts import subscript, superscript

if TYPE_CHECKING:
    from lxml import etree

_SECTION = re.compile(r"contents/section(\d+)\.xml", re.IGNORECASE)
_HEADS = {"OUTLINE": "outline", "NUMBER": "number", "BULLET": "bullet"}
_STORIES = {
    "header": "header",
    "footer": "footer",
    "footNote": "note",
    "endNote": "note",
    "hiddenComment": "hidden comment",
    "drawText": "box",
    "caption": "caption",
}
_SIGNS = {"tab": "\t", "lineBreak": "\n", "hyphen": "-", "nbSpace": " ", "fwSpace": " "}
_SCRIPTS: dict[str, Callable[[str], str]] = {"supscript": superscript, "subscript": subscript}
_TINY = 200  # hundredths of a point


class Hwpx:
    """Body, tables and text boxes; notes, headers and footers apart."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("owpml", options.limits)
        with Package(file, options.limits) as package:
            package.unlock(options.password)
            reader = _Reader(package, blocks.lost)
            flow.add(reader.paragraphs(), blocks)
            title, metadata = properties(package)
            children = local_children(package, blocks)
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The document has no text.")
        return blocks.extraction(
            children,
            title=title,
            metadata=metadata,
        )


class _Reader:
    def __init__(self, package: Package, lost: LostParts) -> None:
        self.package = package
        self._lost = lost
        self.sections = sorted(
            (int(match[1]), name)
            for name in package.names
            if (match := _SECTION.fullmatch(name.lstrip("/")))
        )
        if not self.sections:
            raise DocumentMalformed("The document has no section.")
        self._heads: dict[str, tuple[str, int, str]] = {}
        self._numbers = numbering.Numbers()
        self._hidden: dict[str, str] = {}
        self._scripts: dict[str, Callable[[str], str]] = {}
        self._read_header()

    def _read_header(self) -> None:
        if not self.package.has("Contents/header.xml"):
            return
        for node in self.package.xml("Contents/header.xml", recover=True).iter():
            name, identity = local(node), node.get("id") or ""
            if name == "paraPr":
                heading = next((n for n in node.iter() if local(n) == "heading"), None)
                kind = _HEADS.get(heading.get("type") or "") if heading is not None else None
                if kind and heading is not None:
                    level, listed = _whole(heading.get("level")) + 1, heading.get("idRef") or ""
                    self._heads[identity] = (kind, level, listed)
            elif name == "numbering":
                self._numbers.add(identity, _levels(node))
            elif name == "charPr":
                reason = _hiding(node)
                if reason:
                    self._hidden[identity] = reason
                marks = (_SCRIPTS[mark] for mark in map(local, node) if mark in _SCRIPTS)
                self._scripts[identity] = next(marks, str)

    def paragraphs(self) -> list[Paragraph]:
        paragraphs: list[Paragraph] = []
        for _, name in self.sections:
            with self._lost.part(name):
                root = self.package.xml(name, recover=True)
                definition = next((node for node in root.iter() if local(node) == "secPr"), None)
                if definition is not None:
                    self._numbers.outline = definition.get("outlineShapeIDRef") or ""
                paragraphs += self._below(root, False)
        return paragraphs

    def _below(self, node: etree._Element, painted: bool) -> list[Paragraph]:
        paragraphs: list[Paragraph] = []
        for child in node:
            if local(child) == "p":
                with self._lost.part():
                    paragraphs.append(self._paragraph(child, painted))
        return paragraphs

    def _list(self, node: etree._Element, painted: bool) -> list[Paragraph]:
        """Paragraphs of the sub-lists right below `node`."""
        lists = (child for child in node if local(child) == "subList")
        return [paragraph for child in lists for paragraph in self._below(child, painted)]

    def _paragraph(self, node: etree._Element, painted: bool) -> Paragraph:
        paragraph = Paragraph()
        head = self._heads.get(node.get("paraPrIDRef") or "")
        if head:
            paragraph.head, paragraph.level, listed = head  # type: ignore[assignment]
            paragraph.label = self._numbers.label(paragraph.head, listed, paragraph.level)
        for run in node:
            if local(run) == "run":
                look = run.get("charPrIDRef") or ""
                reason = self._hidden.get(look)
                reason = None if painted and reason == "white text" else reason
                for child in run:
                    if local(child) == "t":
                        text = self._scripts.get(look, str)(_text(child))
                        paragraph.runs.append((text, reason))
                    else:
                        self._part(child, paragraph, reason, painted)
        return paragraph

    def _part(
        self, node: etree._Element, paragraph: Paragraph, reason: str | None, painted: bool
    ) -> None:
        name = local(node)
        if name == "tbl":
            paragraph.objects.append(self._table(node))
        elif name == "equation":
            script = next((n.text or "" for n in node if local(n) == "script"), "")
            paragraph.add_formula(script)
        elif name == "dutmal":
            main, sub = (_child_text(node, part) for part in ("mainText", "subText"))
            paragraph.runs.append((f"{main}({sub})" if sub else main, reason))
        elif name == "compose":
            composed = node.get("composeText") or _child_text(node, "composeText")
            paragraph.runs.append((composed, reason))
        elif name in hwpx_forms.CONTROLS:
            paragraph.runs.append((hwpx_forms.value(node), reason))
        elif name == "ctrl":
            for child in node:
                self._control(child, paragraph)
        else:
            self._shape(node, paragraph, painted)

    def _control(self, node: etree._Element, paragraph: Paragraph) -> None:
        name = local(node)
        if name in _STORIES:
            story = Story(_STORIES[name], self._list(node, False))  # type: ignore[arg-type]
            paragraph.objects.append(story)
        elif name == "fieldBegin":
            kind = node.get("type") or ""
            if kind == "HYPERLINK":
                address = (_parameter(node, "Path") or _parameter(node, "Command")).split(";")[0]
                if address:
                    paragraph.links.append(address.replace("\\:", ":").split("|")[0])
            elif kind == "MEMO":
                paragraph.objects.append(Story("comment", self._list(node, False)))

    def _shape(self, node: etree._Element, paragraph: Paragraph, painted: bool) -> None:
        """Rectangles, groups, pictures, OLE objects: their text boxes, captions, descriptions."""
        if local(node) == "textart":
            paragraph.objects.append(Story("box", [Paragraph([(node.get("text") or "", None)])]))
        for child in node:
            name = local(child)
            if name in ("drawText", "caption"):
                story = Story(_STORIES[name], self._list(child, True))  # type: ignore[arg-type]
                paragraph.objects.append(story)
            elif name == "shapeComment":
                comment = (child.text or "").strip()
                if comment and not _is_default_comment(comment):
                    paragraph.objects.append(Picture(comment))
            elif len(child):
                self._shape(child, paragraph, painted)

    def _table(self, node: etree._Element) -> TableObject:
        table = TableObject()
        place = 0
        for child in node:
            if local(child) == "caption":
                table.caption = self._list(child, True)
            elif local(child) == "tr":
                cells = [cell for cell in child if local(cell) == "tc"]
                for column, cell in enumerate(cells):
                    table.cells.append(self._cell(cell, place, column))
                place += 1
        return table

    def _cell(self, node: etree._Element, row: int, column: int) -> TableCell:
        span = {"rowSpan": 1, "colSpan": 1}
        for child in node:
            if local(child) == "cellAddr":
                row = _whole(child.get("rowAddr") or str(row))
                column = _whole(child.get("colAddr") or str(column))
            elif local(child) == "cellSpan":
                span = {name: _whole(child.get(name) or "1") for name in span}
        height, width = (min(max(value, 1), MAX_SPAN) for value in span.values())
        header = node.get("header") == "1"
        return TableCell(row, column, height, width, self._list(node, True), header)


def _levels(numbers: etree._Element) -> dict[int, Level]:
    """How the levels of a list, from 0, are written."""
    levels = {}
    for node in numbers:
        if local(node) == "paraHead":
            start = node.get("start") or "1"
            number = _whole(start) if start.isdecimal() else 1
            form = node.get("numFormat") or "DIGIT"
            levels[_whole(node.get("level")) - 1] = numbering.level(node.text or "", form, number)
    return levels


def _text(node: etree._Element) -> str:
    """Text of a run without tracked deletions."""
    pieces = [node.text or ""]
    deleted = 0
    for child in node.iter():
        if child is node:
            continue
        name = local(child)
        if name == "deleteBegin":
            deleted += 1
        elif name == "deleteEnd":
            deleted = max(deleted - 1, 0)
        if not deleted:
            pieces.append(_SIGNS.get(name, "") or (child.text or ""))
            pieces.append(child.tail or "")
    return "".join(pieces)


def _child_text(node: etree._Element, name: str) -> str:
    return next((n.text or "" for n in node if local(n) == name), "")


def _parameter(node: etree._Element, name: str) -> str:
    return next((n.text or "" for n in node.iter() if n.get("name") == name), "")


def _whole(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 8 else 0


def _hiding(node: etree._Element) -> str | None:
    height = node.get("height") or ""
    if height.isdecimal() and 0 < int(height) <= _TINY:
        return "tiny text"
    shade = (node.get("shadeColor") or "none").lower()
    white = (node.get("textColor") or "").upper() == "#FFFFFF"
    return "white text" if white and shade in ("none", "#ffffff") else None


def _is_default_comment(text: str) -> bool:
    """Hangul writes a description for every object: `사각형입니다.`, `그림입니다. 원본 ...`."""
    return re.match(r"\S{1,8}입니다\.", text) is not None
