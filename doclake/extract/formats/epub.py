"""EPUB 2 and 3: the chapters of the spine in order, each read as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from doclake.errors import DocumentEmpty, DocumentEncrypted, DocumentMalformed
from doclake.extract.builder import Blocks
from doclake.extract.containers.safe_xml import local
from doclake.extract.containers.zip_package import Package, resolve
from doclake.extract.formats.html import html
from doclake.extract.model import Extraction, Options
from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean

_DUBLIN_CORE = {
    "creator": "author",
    "language": "language",
    "publisher": "publisher",
    "date": "date",
    "identifier": "identifier",
    "subject": "subject",
    "description": "description",
}
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


class Epub:
    """Books. The page of an element is the place of its chapter in the spine, from 1."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("selectolax", options.limits)
        with Package(file, options.limits) as package:
            book = _Book(package)
            for number, name in enumerate(book.spine, start=1):
                with blocks.lost.part(name, number):
                    text, _ = charset.decode(package.read(name))
                    html.read(
                        text,
                        blocks,
                        boilerplate=False,
                        is_xml=True,
                        sheet=book.sheet,
                        page=number,
                    )
        if not blocks.elements:
            raise blocks.lost.first or DocumentEmpty("The book has no text.")
        chapters = {element.page for element in blocks.elements}
        return blocks.extraction(
            title=book.title,
            pages=len(book.spine),
            pages_with_text=len(chapters),
            metadata=book.metadata,
        )


class _Book:
    """What the package document says: title, metadata, chapters in reading order."""

    def __init__(self, package: Package) -> None:
        self.title: str | None = None
        self.metadata: dict[str, str] = {}
        place = _package_document(package)
        root = package.xml(place, recover=True)
        manifest: dict[str, tuple[str, str, str]] = {}
        order: list[str] = []
        for node in root.iter():
            name = local(node)
            if name == "item":
                target = resolve(place, node.get("href") or "")
                facts = (target, node.get("media-type") or "", node.get("properties") or "")
                manifest[node.get("id") or ""] = facts
            elif name == "itemref":
                order.append(node.get("idref") or "")
            elif name == "title" and self.title is None:
                self.title = clean(node.text or "", lines=False) or None
            elif name in _DUBLIN_CORE and (node.text or "").strip():
                key, text = _DUBLIN_CORE[name], clean(node.text, lines=False)
                self.metadata[key] = (
                    f"{self.metadata[key]}, {text}" if key in self.metadata else text
                )
        sheets = [name for name, kind, _ in manifest.values() if kind == "text/css"]
        self.sheet = _style_sheets(package, filter(package.has, sheets))
        listed = [manifest[identity] for identity in order if identity in manifest]
        self.spine = [
            target
            for target, kind, properties in listed
            if kind in _PAGES and "nav" not in properties.split() and package.has(target)
        ]
        if not self.spine:
            raise DocumentMalformed("The book's spine names no chapter that exists.")


def _style_sheets(package: Package, names: Iterable[str]) -> str:
    """The style sheets of the book; one that cannot be unpacked says nothing."""
    sheets = []
    for name in names:
        try:
            sheets.append(charset.decode(package.read(name))[0])
        except DocumentMalformed:
            continue
    return "\n".join(sheets)


def _package_document(package: Package) -> str:
    container = package.xml("META-INF/container.xml", recover=True)
    if package.has("META-INF/rights.xml"):
        raise DocumentEncrypted("The book is protected by DRM.")
    for node in container.iter():
        if local(node) == "rootfile":
            # Unlike links inside the book, this path begins at the container's root.
            place = resolve("", node.get("full-path") or "")
            if package.has(place):
                return place
    raise DocumentMalformed("The container names no package document that exists.")
