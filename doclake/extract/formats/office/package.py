"""What DOCX, PPTX and XLSX share: parts, relationships, properties, embedded files, charts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from doclake.errors import DocumentMalformed
from doclake.extract.cells import cell
from doclake.extract.cells.cell import Cell
from doclake.extract.containers import ole, safe_xml
from doclake.extract.containers.member_names import PICTURES
from doclake.extract.containers.zip_package import Package, resolve
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import Child
from doclake.extract.text.cleaning import clean
from doclake.settings import Limits

if TYPE_CHECKING:
    from lxml import etree

_SCHEMAS = "http://schemas.openxmlformats.org"
W = f"{{{_SCHEMAS}/wordprocessingml/2006/main}}"
A = f"{{{_SCHEMAS}/drawingml/2006/main}}"
P = f"{{{_SCHEMAS}/presentationml/2006/main}}"
S = f"{{{_SCHEMAS}/spreadsheetml/2006/main}}"
R = f"{{{_SCHEMAS}/officeDocument/2006/relationships}}"
C = f"{{{_SCHEMAS}/drawingml/2006/chart}}"
M = f"{{{_SCHEMAS}/officeDocument/2006/math}}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_CORE = {
    "title": "title",
    "creator": "author",
    "subject": "subject",
    "keywords": "keywords",
    "created": "created",
    "modified": "modified",
    "language": "language",
    "description": "description",
    "lastModifiedBy": "last_author",
    "lastPrinted": "printed",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the last word of the type, e.g. `image`; `target` a part name or, if
    `external`, an address."""

    kind: str
    target: str
    external: bool


class OfficePackage(Package):
    """An OOXML container; Strict documents are read as Transitional ones."""

    def __init__(self, file: Path, limits: Limits, lost: LostParts) -> None:
        super().__init__(file, limits)
        self._lost = lost
        self._relations: dict[str, dict[str, Relation]] = {}
        self._shared: dict[str, etree._Element | None] = {}

    def xml(self, name: str, *, recover: bool = True) -> etree._Element:
        data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", self.read(name))
        return safe_xml.parse(data, name, recover=recover)

    def optional_xml(self, name: str | None) -> etree._Element | None:
        """Root of a part that may be missing or broken without harm to the rest."""
        if name is not None and self.has(name):
            with self._lost.part(name):
                return self.xml(name)
        return None

    def shared_xml(self, name: str) -> etree._Element | None:
        """As `optional_xml`, for a part that many others refer to: read once."""
        if name not in self._shared:
            self._shared[name] = self.optional_xml(name)
        return self._shared[name]

    def relations(self, part: str) -> dict[str, Relation]:
        """Relationships of a part by id; of the container for the empty name."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> dict[str, Relation]:
        place = PurePosixPath(part)
        name = str(place.parent / "_rels" / f"{place.name}.rels") if part else "_rels/.rels"
        root = self.optional_xml(name)
        relations: dict[str, Relation] = {}
        for node in root if root is not None else ():
            external = node.get("TargetMode") == "External"
            target = node.get("Target") or ""
            kind = (node.get("Type") or "").rsplit("/", 1)[-1]
            place_of = target if external else resolve(part, target)
            relations[node.get("Id") or ""] = Relation(kind, place_of, external)
        return relations

    def related(self, part: str, kind: str) -> list[str]:
        """Names of the parts that `part` refers to as `kind`."""
        found = self.relations(part).values()
        return [r.target for r in found if r.kind == kind and not r.external]

    def main_part(self, fallback: str) -> str:
        """Name of the document itself."""
        for name in self.related("", "officeDocument"):
            if self.has(name):
                return name
        if not self.has(fallback):
            raise DocumentMalformed(f"The container has no part {fallback!r}.", part=fallback)
        return fallback

    def properties(self) -> dict[str, str]:
        """Core properties under plain names: title, author, created ..."""
        name = next(iter(self.related("", "core-properties")), "docProps/core.xml")
        root = self.optional_xml(name)
        properties = {}
        for node in root if root is not None else ():
            key = _CORE.get(safe_xml.local(node))
            text = clean(node.text or "", lines=False)
            if key and text:
                properties[key] = text
        return properties

    def embedded(self, *, pictures: bool = False) -> list[Child]:
        """Embedded files, and pictures if asked; those that cannot be unpacked are left out."""
        children = []
        for name in self.names:
            lowered = name.lower()
            is_picture = pictures and "/media/" in lowered and lowered.endswith(PICTURES)
            if is_picture or ("/embeddings/" in lowered and not name.endswith("/")):
                with self._lost.part(name):
                    children.extend(ole.unwrap(PurePosixPath(name).name, self.read(name)))
        return children

    def chart(self, part: str) -> tuple[str, list[list[Cell]]]:
        """Title and cached values of a chart: one column per series, one row per category."""
        root = self.optional_xml(part)
        if root is None:
            return "", []
        title = root.find(f".//{C}title")
        words = "".join(t.text or "" for t in title.iter(f"{A}t")) if title is not None else ""
        series = [_series(node) for node in root.iter(f"{C}ser")]
        if not series:
            return words, []
        places = sorted({place for _, _, values in series for place in values})
        categories: dict[int, str] = {}
        for _, labels, _ in series:
            categories |= labels
        rows = [["", *(name for name, _, _ in series)]]
        rows += [
            [categories.get(place, ""), *(values.get(place, "") for _, _, values in series)]
            for place in places
        ]
        return words, cell.rows_from_text(rows, header=True)


def _series(node: etree._Element) -> tuple[str, dict[int, str], dict[int, str]]:
    name = " ".join(v.text or "" for v in node.iterfind(f"{C}tx//{C}v"))
    return name, _points(node, "cat", "xVal"), _points(node, "val", "yVal")


def _points(node: etree._Element, *tags: str) -> dict[int, str]:
    points: dict[int, str] = {}
    for tag in tags:
        for point in node.iterfind(f"{C}{tag}//{C}pt"):
            value = point.find(f"{C}v")
            place = point.get("idx") or ""
            if value is not None and value.text and place.isdecimal():
                points[int(place)] = value.text
    return points


_SPEAKS = frozenset({"t", "txBody", "txbxContent", "textpath", "oMath", "chart", "relIds", "sym"})


def alternate(node: etree._Element) -> etree._Element | None:
    """The branch of `mc:AlternateContent` to read: the first that holds text, or a drawing with
    some, else the first with anything in it. A choice in a language that nobody knows is empty."""
    branches = [b for b in node if b.tag in (f"{MC}Choice", f"{MC}Fallback") and len(b)]
    for branch in branches:
        if any(safe_xml.local(part) in _SPEAKS for part in branch.iter()):
            return branch
    return branches[0] if branches else None


def is_on(node: etree._Element | None) -> bool:
    """Value of an on/off property such as `w:vanish`; an absent one is off."""
    if node is None:
        return False
    value = node.get(f"{W}val") or node.get("val") or "1"
    return value.lower() not in ("0", "false", "off", "none")
