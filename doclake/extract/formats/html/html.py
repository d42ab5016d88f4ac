"""HTML, read with lexbor (selectolax): the parsing algorithm of the HTML standard, any depth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from doclake.errors import DocumentEmpty
from doclake.extract.builder import Blocks
from doclake.extract.formats.html import xhtml
from doclake.extract.formats.html.style_sheets import Linked, nothing
from doclake.extract.formats.html.walk import walk
from doclake.extract.model import Element, Extraction, Options
from doclake.extract.text import charset
from doclake.extract.text.cleaning import clean

_METADATA = {
    "author": "author",
    "article:author": "author",
    "description": "description",
    "og:description": "description",
    "keywords": "keywords",
    "date": "date",
    "article:published_time": "date",
    "dc.date": "date",
    "og:site_name": "site",
}
BOILERPLATE = ("Header", "Footer", "Navigation", "Image")
_TITLE = re.compile(r"<title\b[^>]*>", re.IGNORECASE)


class Html:
    """Web pages. Boilerplate becomes Header, Footer or Navigation; hidden text says why it is."""

    def extract(self, file: Path, options: Options) -> Extraction:
        text, codec = charset.decode(file.read_bytes())
        blocks = Blocks("selectolax", options.limits)
        page = read(text, blocks)
        if not blocks.elements and "</title" not in text.lower():
            # A title without an end swallows the page; without its opening tag the page is read.
            page = read(_TITLE.sub("", text), blocks)
        if not blocks.elements:
            raise DocumentEmpty("The page shows no text.")
        return Extraction(
            blocks.elements, title=page.title, metadata=page.metadata | {"encoding": codec}
        )


@dataclass(slots=True)
class Page:
    """What the head of a page says."""

    title: str | None
    metadata: dict[str, str]


def read(
    text: str,
    blocks: Blocks,
    *,
    boilerplate: bool = True,
    is_xml: bool = False,
    sheet: str = "",
    linked: Linked = nothing,
    **facts: Any,
) -> Page:
    """Add the elements of an HTML text to `blocks`; `facts` are fields set on each (`page` ...).

    `boilerplate=False` takes everything as content: for mails, books and Markdown. `is_xml`: it
    is XHTML whether it says so or not. `sheet` is a style sheet that holds though the page may not
    link it, and `linked` gives those that it links.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(xhtml.to_html(text) if is_xml or xhtml.is_xhtml(text) else text)
    page = _head(tree)
    if tree.body is not None:
        start = len(blocks.elements)
        read_body = partial(
            walk, tree, blocks, title=page.title, sheet=sheet, linked=linked, facts=facts
        )
        read_body(boilerplate=boilerplate)
        if boilerplate and not any(_is_content(element) for element in blocks.elements[start:]):
            # Whatever its tags and names say, all the text that a page has is its content.
            del blocks.elements[start:]
            read_body(boilerplate=False)
    return page


def _is_content(element: Element) -> bool:
    return not element.hidden and element.type not in ("Title", *BOILERPLATE)


def _head(tree: Any) -> Page:
    metadata: dict[str, str] = {}
    og_title = None
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        content = clean(attributes.get("content") or "", lines=False)
        if name == "og:title":
            og_title = content
        elif content and name in _METADATA:
            metadata.setdefault(_METADATA[name], content)
    root = tree.root
    language = (root.attributes.get("lang") if root is not None else None) or ""
    if language.strip():
        metadata["language"] = language.strip()
    node = tree.css_first("head > title") or tree.css_first("title")
    title = clean(node.text(), lines=False) if node is not None else ""
    return Page(title or og_title or None, metadata)
