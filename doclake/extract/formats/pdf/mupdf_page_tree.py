"""What the page tree of a PDF claims to hold, and what it holds."""

from __future__ import annotations

import re
from typing import Any

_REFERENCE = re.compile(r"(\d+) \d+ R")
_DEEPEST = 50  # nodes within nodes


def claimed_pages(doc: Any) -> int | None:
    """The number of pages that the root of the page tree claims; None if it names none."""
    try:
        return int(doc.xref_get_key(_root(doc), "Count")[1])
    except Exception:  # MuPDF's own errors have no common type that is public
        return None


def count_anew(doc: Any) -> None:
    """Write into each node of the page tree how many pages are below it, as the page tree has it:
    MuPDF believes what stands there, even if it is less than one."""
    _count(doc, _root(doc), set(), 0)


def _root(doc: Any) -> int:
    return int(doc.xref_get_key(doc.pdf_catalog(), "Pages")[1].split()[0])


def _count(doc: Any, node: int, seen: set[int], depth: int) -> int:
    """The pages at or below a node; one that was `seen` counts once."""
    if node in seen or depth > _DEEPEST:
        return 0
    seen.add(node)
    kind, kids = doc.xref_get_key(node, "Kids")
    if kind == "xref":
        kids = doc.xref_object(int(kids.split()[0]))
    if kind not in ("array", "xref"):
        return 1
    pages = sum(_count(doc, int(kid), seen, depth + 1) for kid in _REFERENCE.findall(kids))
    doc.xref_set_key(node, "Count", str(pages))
    return pages
