"""PPTX, read from its XML in the order of the slide's shapes (its accessible order)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office.package import A, OfficePackage, P, R
from doclake.extract.formats.office.pptx_geometry import points
from doclake.extract.formats.office.pptx_shapes import Slide
from doclake.extract.metadata import slide_size
from doclake.extract.model import Extraction, Options
from doclake.extract.text.cleaning import clean

if TYPE_CHECKING:
    from lxml import etree

_DEFAULT_TITLES = ("powerpoint presentation", "presentation", "slide 1")


class Pptx:
    """Presentations: page = slide, boxes in points, notes and comments as annotations."""

    def extract(self, file: Path, options: Options) -> Extraction:
        blocks = Blocks("ooxml", options.limits)
        with OfficePackage(file, options.limits, blocks.lost) as package:
            part = package.main_part("ppt/presentation.xml")
            slides, size = _slides(package, part)
            if len(slides) > options.limits.pages:
                raise LimitExceeded(f"The presentation has {len(slides)} slides.", limit="pages")
            with_text = 0
            for number, name in enumerate(slides, start=1):
                with blocks.lost.part(page=number):
                    with_text += _read_slide(package, name, number, size, blocks)
            properties = package.properties() | slide_size(*size)
            children = package.embedded(pictures=not blocks.elements)
        if not blocks.elements and not children:
            raise blocks.lost.first or DocumentEmpty("The slides have no text.")
        title = properties.pop("title", "")
        if title.lower() in ("", *_DEFAULT_TITLES):
            title = next((e.text for e in blocks.elements if e.type == "Title"), "")
        return blocks.extraction(
            children,
            title=clean(title, lines=False) or None,
            pages=len(slides),
            pages_with_text=with_text,
            metadata=properties,
        )


def _slides(package: OfficePackage, part: str) -> tuple[list[str], tuple[float, float]]:
    """Names of the slides in order, and the slide's size in points."""
    root = package.xml(part)
    relations = package.relations(part)
    names = []
    for node in root.iter(f"{P}sldId"):
        relation = relations.get(node.get(f"{R}id") or "")
        if relation and relation.kind == "slide":
            names.append(relation.target)
    size = root.find(f"{P}sldSz")
    if size is None:
        return names, (720.0, 540.0)
    return names, (points(size.get("cx")), points(size.get("cy")))


def _read_slide(
    package: OfficePackage, name: str, number: int, size: tuple[float, float], blocks: Blocks
) -> bool:
    """Add one slide; true if its XML holds text."""
    root = package.xml(name)
    start = len(blocks.elements)
    hidden = "hidden slide" if root.get("show") in ("0", "false") else None
    slide = Slide(package, name, number, size, blocks, hidden)
    slide.read(root)
    _annotate(package, name, number, blocks, hidden)
    has_text = any((t.text or "").strip() for t in root.iter(f"{A}t"))
    return has_text or len(blocks.elements) > start


def _annotate(
    package: OfficePackage, name: str, number: int, blocks: Blocks, hidden: str | None
) -> None:
    """Add speaker notes and comments."""
    for part in package.related(name, "notesSlide"):
        root = package.optional_xml(part)
        for shape in root.iter(f"{P}sp") if root is not None else ():
            holder = shape.find(f"{P}nvSpPr/{P}nvPr/{P}ph")
            if holder is not None and holder.get("type") == "body":
                blocks.add("Annotation", _lines(shape), page=number, hidden=hidden)
    authors = _authors(package)
    for part in package.related(name, "comments"):
        root = package.optional_xml(part)
        for node in root.iter() if root is not None else ():
            if local(node) in ("cm", "reply"):
                text = " ".join(_own_words(node))
                author = authors.get(node.get("authorId") or "", "")
                comment = f"{author}: {text}" if author and text else text
                blocks.add("Annotation", comment, page=number, hidden=hidden)


def _lines(node: etree._Element) -> str:
    paragraphs = ("".join(t.text or "" for t in p.iter(f"{A}t")) for p in node.iter(f"{A}p"))
    return "\n".join(paragraphs)


def _own_words(comment: etree._Element) -> list[str]:
    """Text of a comment without that of its replies, in the old form and the new."""
    words: list[str] = []
    stack = list(reversed(comment))
    while stack:
        node = stack.pop()
        if local(node) == "replyLst":
            continue
        if local(node) in ("text", "t") and (node.text or "").strip():
            words.append(node.text.strip())
        stack.extend(reversed(node))
    return words


def _authors(package: OfficePackage) -> dict[str, str]:
    authors = {}
    for name in package.names:
        if name.lower() in ("ppt/commentauthors.xml", "ppt/authors.xml"):
            root = package.optional_xml(name)
            for node in root if root is not None else ():
                authors[node.get("id") or ""] = node.get("name") or ""
    return authors
