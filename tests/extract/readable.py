"""An extracted document as text to read: one block for each element, without ids and scores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from doclake.extract.document import ExtractedDocument


def as_text(document: ExtractedDocument) -> str:
    """What the ledger would say of the document, then its elements in reading order."""
    rows = document.elements.to_pylist()
    names = {row["element_id"]: _first_words(row["text"]) for row in rows}
    blocks = [list(_facts(document)), *(list(_block(row, names)) for row in rows)]
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _facts(document: ExtractedDocument) -> Iterator[str]:
    yield f"media type: {document.media_type}"
    if document.title is not None:
        yield f"title: {document.title}"
    if document.pages is not None:
        yield (
            f"pages: {document.pages}, {document.pages_with_text} with text, "
            f"{document.pages_with_elements} with elements"
        )
    if (error := document.error) is not None:
        yield f"error: {error.code}"
        yield f"message: {error.message}"
        yield f"mend: {error.mend}"


def _block(row: dict[str, Any], names: dict[str, str]) -> Iterator[str]:
    yield " · ".join(_head(row))
    section, parent = row["section"], names.get(row["parent_id"])
    if section:
        yield f"  section: {' > '.join(section)}"
    if parent is not None and parent != _first_words(section[-1] if section else ""):
        yield f"  parent: {parent}"
    if row["links"]:
        yield f"  links: {' '.join(row['links'])}"
    if row["html"]:
        yield "  html:"
        yield from _indented(re.sub("(?=<tr>|</table>)", "\n", row["html"]))
        yield "  text:"
    yield from _indented(row["text"])


def _head(row: dict[str, Any]) -> Iterator[str]:
    yield row["type"] + (f" {row['level']}" if row["level"] is not None else "")
    if row["page"] is not None:
        yield f"page {row['page']}"
    if row["box"] is not None:
        edges = [row["box"][edge] for edge in ("x0", "y0", "x1", "y1")]
        yield f"box {' '.join(f'{edge:.0f}' for edge in edges)}"
    if row["hidden"] is not None:
        yield f"hidden: {row['hidden']}"
    yield row["language"] or "no language"
    yield row["method"]


def _indented(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"    {line}".rstrip(" ")


def _first_words(text: str) -> str:
    return " ".join(text.split())[:60]
