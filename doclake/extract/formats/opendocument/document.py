"""OpenDocument text and slides, read from `content.xml`; `spreadsheet` reads sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from doclake.errors import DocumentEmpty, DocumentMalformed, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers import ole
from doclake.extract.containers.member_names import PICTURES, safe_name
from doclake.extract.containers.safe_xml import local
from doclake.extract.containers.zip_package import Package
from doclake.extract.formats.opendocument import forms, objects
from doclake.extract.formats.opendocument.namespaces import (
    DRAW,
    FO,
    OFFICE,
    PRESENTATION,
    STYLE,
    SVG,
)
from doclake.extract.formats.opendocument.styles import points
from doclake.extract.formats.opendocument.text import TextReader
from doclake.extract.layout import slide_order
from doclake.extract.lost_parts import LostParts
from doclake.extract.metadata import slide_size
from doclake.extract.model import Child, Extraction, Options
from doclake.extract.text.bidi import runs_leftwards
from doclake.extract.text.cleaning import clean

if TYPE_CHECKING:
    from lxml import etree

_METADATA = {
    "initial-creator": "author",
    "creator": "last_author",
    "date": "modified",
    "creation-date": "created",
    "print-date": "printed",
    "subject": "subject",
    "keyword": "keywords",
    "description": "description",
    "language": "language",
    "generator": "application",
}
_INNER = "encrypted-package"
_CLASS = f"{PRESENTATION}class"
_FURNITURE = ("page", "page-number", "header", "footer", "date-time")  # of a page of notes


class OpenDocument:
    """What the three kinds share: the package, its styles, its metadata."""

    def __init__(self, file: Path, options: Options) -> None:
        self.file = file
        self.options = options
        self.blocks = blocks = Blocks("odf", options.limits)
        self.children: list[Child] = []
        with _opened(file, options) as package:
            content = package.xml("content.xml")
            styles = package.xml("styles.xml", recover=True) if package.has("styles.xml") else None
            self.title, self.metadata = _metadata(package)
            body = content.find(f"{OFFICE}body")
            if body is None or not len(body):
                raise DocumentMalformed("The content has no body.")
            self.body = body[0]
            self.styles = styles
            self.objects = objects.read(package)
            self.reader = TextReader(blocks, [r for r in (styles, content) if r is not None])
            self.reader.objects = self.objects
            self.reader.controls = forms.read(self.body)
            self.children = _files(package, _is_object, blocks.lost)

    def extraction(self, pages: int | None = None, with_text: int | None = None) -> Extraction:
        if not self.blocks.elements and not self.children:
            with _opened(self.file, self.options) as package:
                self.children = _files(package, _is_picture, self.blocks.lost)
        if not self.blocks.elements and not self.children:
            raise self.blocks.lost.first or DocumentEmpty("The document has no text.")
        return Extraction(
            self.blocks.elements,
            self.children,
            self.title,
            pages,
            with_text,
            self.metadata,
            self.blocks.lost.fields,
        )


@contextmanager
def _opened(file: Path, options: Options) -> Iterator[Package]:
    """The package, unlocked: its parts, or since LibreOffice 24.8 the package in the package."""
    with Package(file, options.limits) as package:
        package.unlock(options.password)
        if not package.has(_INNER):
            yield package
            return
        with TemporaryDirectory() as folder:
            inner = Path(folder) / "package"
            inner.write_bytes(package.read(_INNER))
            with Package(inner, options.limits) as plain:
                yield plain


class OpenDocumentText:
    """ODT. Headers and footers stand first and last."""

    def extract(self, file: Path, options: Options) -> Extraction:
        document = OpenDocument(file, options)
        _margins(document, "header")
        document.reader.flow(document.body)
        _margins(document, "footer")
        return document.extraction()


def _margins(document: OpenDocument, kind: str) -> None:
    seen = set()
    for node in document.styles.iter() if document.styles is not None else ():
        if node.tag in (f"{STYLE}{kind}", f"{STYLE}{kind}-left", f"{STYLE}{kind}-first"):
            with document.blocks.lost.part(kind):
                text = document.reader.flat(node)
                if text and text not in seen:
                    seen.add(text)
                    document.blocks.add("Header" if kind == "header" else "Footer", text)


class OpenDocumentPresentation:
    """ODP and ODG: page = slide, boxes in points, notes as annotations."""

    def extract(self, file: Path, options: Options) -> Extraction:
        document = OpenDocument(file, options)
        pages = [node for node in document.body if node.tag == f"{DRAW}page"]
        document.reader.painted = True
        footers = {
            node.get(f"{PRESENTATION}name"): node.text or ""
            for node in document.body.iter(f"{PRESENTATION}footer-decl")
        }
        if len(pages) > options.limits.pages:
            raise LimitExceeded(f"The presentation has {len(pages)} slides.", limit="pages")
        with_text = 0
        for number, page in enumerate(pages, start=1):
            before = len(document.blocks.elements)
            with document.blocks.lost.part(page=number):
                self._slide(document, page, number)
            footer = footers.get(page.get(f"{PRESENTATION}use-footer-name"), "")
            document.blocks.add("Footer", footer, page=number)
            says = any((text or "").strip() for text in page.itertext())
            with_text += says or len(document.blocks.elements) > before
        title = next((e.text for e in document.blocks.elements if e.type == "Title"), None)
        document.title = document.title or title
        document.metadata |= _slide_size(document, pages)
        return document.extraction(len(pages), with_text)

    @staticmethod
    def _slide(document: OpenDocument, page: etree._Element, number: int) -> None:
        reader = document.reader
        unseen = reader.styles.invisible(page.get(f"{DRAW}style-name"))
        hidden = "hidden slide" if unseen else None
        placed = [(_box(shape), shape) for shape in page if shape.tag != f"{PRESENTATION}notes"]
        notes = [shape for shape in page if shape.tag == f"{PRESENTATION}notes"]
        titles = [shape for _, shape in placed if shape.get(_CLASS) == "title"]
        others = [(box, shape) for box, shape in placed if shape.get(_CLASS) != "title"]
        leftwards = runs_leftwards(" ".join(page.itertext()))
        for shape in [*titles, *slide_order.ordered(others, leftwards=leftwards), *notes]:
            if shape.tag == f"{PRESENTATION}notes":
                spoken = [part for part in shape if part.get(_CLASS) not in _FURNITURE]
                text = "\n".join(filter(None, map(reader.flat, spoken)))
                document.blocks.add("Annotation", text, page=number, hidden=hidden)
                continue
            role = shape.get(_CLASS) or ""
            facts = {"page": number, "bbox": _box(shape), "hidden": hidden}
            with document.blocks.lost.part(page=number):
                reader.shape(shape, role, facts)


def _slide_size(document: OpenDocument, pages: list[etree._Element]) -> dict[str, str]:
    """As the layout of the first slide's master says."""
    styles = document.styles
    master = pages[0].get(f"{DRAW}master-page-name") if pages else None
    if styles is None:
        return {}
    layouts = {
        node.get(f"{STYLE}page-layout-name")
        for node in styles.iter(f"{STYLE}master-page")
        if node.get(f"{STYLE}name") == master
    }
    for layout in styles.iter(f"{STYLE}page-layout"):
        properties = layout.find(f"{STYLE}page-layout-properties")
        if layout.get(f"{STYLE}name") in layouts and properties is not None:
            sides = [points(properties.get(f"{FO}page-{side}")) for side in ("width", "height")]
            return slide_size(sides[0] or 0.0, sides[1] or 0.0)
    return {}


def _box(shape: etree._Element) -> tuple[float, float, float, float] | None:
    values = [points(shape.get(f"{SVG}{name}")) for name in ("x", "y", "width", "height")]
    if any(value is None for value in values):
        return None
    x, y, width, height = (value or 0.0 for value in values)
    return (x, y, x + width, y + height)


def _metadata(package: Package) -> tuple[str | None, dict[str, str]]:
    title: str | None = None
    metadata: dict[str, str] = {}
    if package.has("meta.xml"):
        for node in package.xml("meta.xml", recover=True).iter():
            text = clean(node.text or "", lines=False)
            if local(node) == "title":
                title = text or title
            elif local(node) in _METADATA and text:
                name = _METADATA[local(node)]
                joined = name == "keywords" and name in metadata
                metadata[name] = f"{metadata[name]}, {text}" if joined else text
    return title, metadata


def _files(package: Package, wanted: Callable[[str], bool], lost: LostParts) -> list[Child]:
    """Parts that are files of their own."""
    children: list[Child] = []
    for name in filter(wanted, package.names):
        with lost.part(name):
            children += ole.unwrap(safe_name(name), package.read(name))
    return children


def _is_object(name: str) -> bool:
    """Objects of other programs. Those of OpenDocument are folders, which `objects` reads."""
    return name.startswith("Object ") and "/" not in name


def _is_picture(name: str) -> bool:
    return name.startswith("Pictures/") and name.lower().endswith(PICTURES)
