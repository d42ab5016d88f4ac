"""From an `Extraction` to Arrow rows: clean text, order, sections, languages.

Runs in the worker, the same for every format.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from doclake import language
from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.model import Element, Extraction
from doclake.extract.text import machine_text
from doclake.tables.columns import PageBox
from doclake.tables.elements import ELEMENTS, MACHINE_TEXT

# Arrow, JSON and most databases refuse lone surrogates and NUL; the other controls mean nothing in
# text. Tab and line ends stay.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Runs of characters without width or use in prose: they smuggle a text past a reader's eye.
_SMUGGLED = re.compile("[\u200b\u200c\u2060-\u2064\ufeff]{8,}|[\U000e0020-\U000e007f]{3,}")
_NO_SECTION = frozenset({"Header", "Footer", "PageNumber", "Navigation", "Metadata", "Annotation"})
DEEPEST = 6  # levels of headings, as in HTML
LONGEST_HEADING = 300  # characters of a heading in `section`
LARGEST = 4  # times `output_mb`: sections, links and numbers come on top of text and HTML
SMALLEST = 64  # bytes that an element counts at least, so that there are not endlessly many


def clean(text: str) -> str:
    """NFC without what cannot be stored. Old Hangul (conjoining jamo without a precomposed
    syllable) stays whole under NFC, so nothing of it is lost."""
    return unicodedata.normalize("NFC", _UNWANTED.sub("", text))


Columns = dict[str, list[Any]]
"""The columns of `CONTENT`, of equal length."""

PARENT = "parent"
LATER = ("personal_data", "warnings")
"""What is said of elements after their extraction."""
_STAMPED = frozenset(
    {"source", "bucket", "root_id", "doc_id", "content_hash", "recipe", "element_id", "ordinal"}
    | {"parent_id", *LATER}
)
CONTENT = pa.schema(
    [
        *(field for field in ELEMENTS.schema if field.name not in _STAMPED),
        pa.field(PARENT, pa.int32()),
    ]
)
"""What a parser says of the elements of its document, in reading order: the columns of `ELEMENTS`
without keys, and the row of the parent in place of its id."""


def rows(
    extraction: Extraction, output_bytes: int, *, pages_are_sections: bool = False
) -> pa.Table:
    """As `columns`, in Arrow."""
    return table(columns(extraction, output_bytes, pages_are_sections=pages_are_sections))


def table(content: Columns) -> pa.Table:
    arrays = [pa.array(content[field.name], type=field.type) for field in CONTENT]
    return pa.Table.from_arrays(arrays, schema=CONTENT)


def columns(
    extraction: Extraction, output_bytes: int, *, pages_are_sections: bool = False
) -> Columns:
    """Rows of `CONTENT` in reading order. A heading stands above what follows it, on its own page
    only if `pages_are_sections`.

    Elements with neither text nor HTML are dropped (an Image stands for itself and stays). Raises
    `LimitExceeded` beyond `output_bytes` of text and HTML.
    """
    kept = _kept(extraction.elements, output_bytes)
    elements = [element for element, *_ in kept]
    index = {original: new for new, (_, original, *_) in enumerate(kept) if original is not None}
    texts = [text for *_, text, _ in kept]
    sections, headings = _sections(elements, texts, pages_are_sections)
    return {
        "type": [e.type for e in elements],
        "text": texts,
        "html": [html for *_, html in kept],
        "page": [e.page for e in elements],
        "box": [_box(element) for element in elements],
        PARENT: [
            index.get(element.parent, heading) if element.parent is not None else heading
            for element, heading in zip(elements, headings, strict=True)
        ],
        "section": sections,
        "level": [max(1, e.level) if e.level is not None else None for e in elements],
        "language": _languages(elements, texts),
        "method": [e.method for e in elements],
        "confidence": [e.confidence for e in elements],
        "hidden": [e.hidden or _smuggling(t) for e, t in zip(elements, texts, strict=True)],
        "links": [[clean(link) for link in e.links] for e in elements],
    }


def _box(element: Element) -> PageBox | None:
    if element.page is None or not element.bbox or not all(map(_fits, element.bbox)):
        return None
    x0, y0, x1, y1 = element.bbox
    return {"page": element.page, "x0": x0, "y0": y0, "x1": x1, "y1": y1}


def _fits(number: float) -> bool:
    """Whether a 32-bit float holds it."""
    return math.isfinite(number) and abs(number) < 1e38


Kept = tuple[Element, int | None, str, str | None]
"""An element, its place among all, its text and its HTML."""


def _kept(elements: list[Element], output_bytes: int) -> list[Kept]:
    """The elements that stay. Machine text becomes an element of its own, without a place."""
    kept: list[Kept] = []
    left = output_bytes
    for original, element in enumerate(elements):
        for entry in _parted(element, original):
            _, _, text, html = entry
            left -= max(SMALLEST, len(text.encode()) + len((html or "").encode()))
            if left < 0:
                raise LimitExceeded(
                    f"It yields more than {output_bytes >> 20} MB of text, or too many elements.",
                    limit="output_mb",
                )
            kept.append(entry)
    return kept


def _parted(element: Element, place: int) -> Iterator[Kept]:
    """The element if it has something to show, and the machine text in it."""
    text, machine = machine_text.split(clean(element.text))
    # The first cell of a table may be empty: its tab keeps the others in their columns.
    text = text.rstrip().lstrip("\n") if element.type == "Table" else text.strip()
    html = clean(element.html) if element.html else None
    if machine:
        html = html and machine_text.split(html)[0]
    if text or element.type == "Image" or (html and not machine):
        yield element, place, text, html
    if machine:
        apart = Element("Other", machine, element.method, page=element.page, bbox=element.bbox)
        yield replace(apart, hidden=MACHINE_TEXT), None, machine, None


def _sections(
    elements: list[Element], texts: list[str], pages_are_sections: bool
) -> tuple[list[list[str]], list[int | None]]:
    """Headings above each element, and the row of the nearest one. A title's section is its
    ancestors; page furniture and hidden text belong to no section."""
    stack: list[tuple[int, int, str]] = []  # level, row, text
    paths: list[list[str]] = []
    nearest: list[int | None] = []
    page = None
    for row, (element, text) in enumerate(zip(elements, texts, strict=True)):
        if element.type in _NO_SECTION or element.hidden:
            paths.append([])
            nearest.append(None)
            continue
        if pages_are_sections and element.page != page:
            stack.clear()
            page = element.page
        if element.type == "Title":
            level = min(max(element.level or 1, 1), DEEPEST)
            while stack and stack[-1][0] >= level:
                stack.pop()
        paths.append([heading for _, _, heading in stack])
        nearest.append(stack[-1][1] if stack else None)
        if element.type == "Title" and text:
            stack.append((level, row, " ".join(text.split())[:LONGEST_HEADING]))
    return paths, nearest


def _languages(elements: list[Element], texts: list[str]) -> list[str | None]:
    """Short texts take the language of the whole document."""
    sample = _sample(texts)
    whole = language.of(sample)
    known: dict[str, str | None] = {sample: whole}  # often the text of the only element
    languages = []
    for element, text in zip(elements, texts, strict=True):
        if not element.language and text not in known:
            known[text] = language.of(text, whole)
        languages.append(element.language or known[text])
    return languages


def _sample(texts: list[str]) -> str:
    """Up to 2,000 characters from all over the document."""
    step = max(1, len(texts) // 40)
    return " ".join(text[:200] for text in texts[::step])[:2000]


def _smuggling(text: str) -> str | None:
    return "zero_width" if not text.isascii() and _SMUGGLED.search(text) else None


def refuse_empty(media_type: str, extraction: Extraction) -> None:
    """A document that has bytes and gives no element has failed."""
    raise DocumentEmpty(
        "No text, table or image was found in it.", media_type=media_type, pages=extraction.pages
    )


def write_table(table: pa.Table, path: Path, output_bytes: int) -> None:
    """As an Arrow stream; raises `LimitExceeded` beyond `LARGEST` times `output_bytes`."""
    if table.nbytes > LARGEST * output_bytes:
        raise LimitExceeded(
            f"Its elements take more than {LARGEST * output_bytes >> 20} MB.", limit="output_mb"
        )
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, CONTENT) as writer:
        writer.write_table(table)
