"""The engine `unstructured`: its partitioners read documents and give Doclake's elements.

`recipe.extract.engine` chooses it. What its partitioners cannot read is read natively, and
`method` says why on every element: its HTML parser silently cuts off a page nested beyond 255
levels, and a broken part of a document may raise any exception.

Encodings, fields and attachments of mails and the limits of ZIP containers stay Doclake's own: the
library guesses encodings worse, and reads attachments into the mail itself. It gives no boxes and
no hidden text for these formats. Languages are left to Doclake's detector, which looks at each
element and not at the whole document.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from doclake.errors import DocumentError, LimitExceeded
from doclake.extract import registry
from doclake.extract.builder import Blocks
from doclake.extract.containers.zip_checks import check_zip
from doclake.extract.formats.mail import message
from doclake.extract.formats.office.package import OfficePackage
from doclake.extract.lost_parts import LostParts
from doclake.extract.model import ElementType, Extraction, Options
from doclake.extract.text import charset

METHOD = "unstructured"
_TEXTS = ("text/plain", "text/html", "text/markdown")
_TABLES = ("text/csv", "text/tab-separated-values")
_MAILS = ("message/rfc822", "application/vnd.ms-outlook")
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "message/rfc822": {"process_attachments": False},
    "application/vnd.ms-outlook": {"process_attachments": False},
    _SLIDES: {"include_slide_notes": True},
}
_TYPES: dict[str, ElementType] = {
    "Title": "Title",
    "Headline": "Title",
    "Subheadline": "Title",
    "Section-header": "Title",
    "ListItem": "ListItem",
    "List-item": "ListItem",
    "BulletedText": "ListItem",
    "Table": "Table",
    "Image": "Image",
    "Picture": "Image",
    "Figure": "Image",
    "FigureCaption": "Caption",
    "Caption": "Caption",
    "Formula": "Formula",
    "CodeSnippet": "Code",
    "Header": "Header",
    "Page-header": "Header",
    "Footer": "Footer",
    "Page-footer": "Footer",
    "PageNumber": "PageNumber",
    "Footnote": "Footnote",
    "FormKeysValues": "FormField",
    "DocumentData": "Metadata",
}
"""Categories of unstructured (`ElementType`) that are not narrative text."""


class Unstructured:
    """Reads the media types that have a partitioner in the registry."""

    def extract(self, file: Path, options: Options) -> Extraction:
        kind = options.media_type
        native = registry.load(kind)
        mail = native.extract(file, options) if kind in _MAILS else None
        if kind not in (*_TEXTS, *_TABLES, *_MAILS):  # a package of Office
            check_zip(file, options.limits)
        try:
            partitioned, metadata = _partition(file, kind, options)
            extraction = _extraction(partitioned, options)
            extraction.metadata = metadata
        except (DocumentError, MemoryError):
            raise
        except Exception as error:  # whatever a partitioner raises, the document may still be read
            return _natively(mail or native.extract(file, options), type(error).__name__)
        reason = _lost(kind) if extraction.elements else "nothing found"
        empty = mail is not None and not extraction.elements
        # A mail may have no body, or one in an envelope that only the native reader opens.
        if reason and not (empty and mail and len(mail.elements) < 2):
            return _natively(mail or native.extract(file, options), reason)
        return _with_envelope(mail, extraction) if mail else extraction


def _partition(file: Path, kind: str, options: Options) -> tuple[list[Any], dict[str, str]]:
    """The elements of unstructured, and what the document says of itself."""
    from doclake.extract.text import unstructured_offline  # noqa: F401 - before unstructured itself

    module, name = (registry.partitioner(kind) or "").split(":")
    function: Callable[..., list[Any]] = getattr(
        import_module(f"unstructured.partition.{module}"), name
    )
    arguments = {**_ARGUMENTS.get(kind, {}), "languages": [""]}
    data = file.read_bytes()
    if kind in (*_TEXTS, *_TABLES):
        text, codec = charset.decode(data)
        given = {"text": text} if kind in _TEXTS else {"file": io.BytesIO(text.encode())}
        return function(**given, **arguments), {"encoding": codec}
    if kind in _MAILS:  # the native reader gives the metadata
        data = message.plain(data) if kind == "message/rfc822" else data
        return function(file=io.BytesIO(data), **arguments), {}
    with OfficePackage(file, options.limits, LostParts()) as package:
        metadata = package.properties()
    return function(file=io.BytesIO(data), **arguments), metadata


def _lost(kind: str) -> str | None:
    """Why the page is incomplete, from the log of the HTML parser's last run."""
    if kind not in ("text/html", "text/markdown", *_MAILS):
        return None
    from unstructured.partition.html.parser import html_parser

    if any("depth" in entry.message for entry in html_parser.error_log):
        return "nested too deep"
    return None


def _natively(extraction: Extraction, reason: str) -> Extraction:
    for element in extraction.elements:
        element.method = f"{element.method} (unstructured: {reason})"
    return extraction


def _extraction(partitioned: Iterable[Any], options: Options) -> Extraction:
    blocks = Blocks(METHOD, options.limits)
    index: dict[str, int] = {}
    pages = 0
    for element in partitioned:
        pages = max(pages, element.metadata.page_number or 0)
        place = _add(element, blocks, index)
        if place is not None:
            index[element.id] = place
    if pages > options.limits.pages:
        raise LimitExceeded(f"It has {pages} pages.", limit="pages", pages=pages)
    title = next((e.text for e in blocks.elements if e.type == "Title"), None)
    return Extraction(blocks.elements, title=title, pages=pages or None)


def _add(element: Any, blocks: Blocks, index: dict[str, int]) -> int | None:
    category, metadata = element.category, element.metadata
    if category == "PageBreak":
        return None
    kind = _TYPES.get(category, "NarrativeText")
    depth = metadata.category_depth
    text, html = str(element.text), metadata.text_as_html
    if kind == "Table" and html:
        text, html = _table(text, html)
    return blocks.add(
        kind,
        text,
        html=html if kind == "Table" else None,
        page=metadata.page_number,
        level=depth + 1 if depth is not None and kind in ("Title", "ListItem") else None,
        parent=index.get(metadata.parent_id or ""),
        links=_links(metadata),
    )


def _table(text: str, html: str) -> tuple[str, str]:
    """Text with tabs between cells, and clean HTML; both unchanged if no cell is found."""
    from selectolax.lexbor import LexborHTMLParser

    from doclake.extract.formats.html import data_tables
    from doclake.extract.formats.html.visibility import PLAIN, Styles

    node = LexborHTMLParser(html).css_first("table")
    if node is None:
        return text, html
    table = data_tables.read(node, Styles([]), PLAIN)
    return (table.text, table.html) if table.text else (text, html)


def _links(metadata: Any) -> tuple[str, ...]:
    named = [link.get("url") for link in metadata.links or ()]
    return tuple(dict.fromkeys(url for url in (*named, *(metadata.link_urls or ())) if url))


def _with_envelope(mail: Extraction, body: Extraction) -> Extraction:
    """The fields, title and attachments of a mail, and the body as unstructured reads it."""
    fields = [element for element in mail.elements[:1] if element.type == "Metadata"]
    for element in body.elements:
        if element.parent is not None:
            element.parent += len(fields)
    mail.elements = [*fields, *body.elements]
    return mail
