"""Tracked changes of a DOCX that take more than text, as they stand once accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.formats.office.docx_fields import unmark_unpaired
from doclake.extract.formats.office.package import W

if TYPE_CHECKING:
    from lxml import etree

_GONE = (("tr", "trPr", "del"), ("tc", "tcPr", "cellDel"))
_BETWEEN = frozenset({f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}proofErr"})


def settle(root: etree._Element) -> etree._Element:
    """The root of a part, with its changes accepted and its fields paired."""
    _accept(root)
    unmark_unpaired(root)
    return root


def _accept(root: etree._Element) -> None:
    """Take out deleted rows and cells, and join a paragraph whose mark is deleted with the next."""
    for name, properties, mark in _GONE:
        for node in root.findall(f".//{W}{name}/{W}{properties}/{W}{mark}/../.."):
            _remove(node)
    for row in root.findall(f".//{W}tr"):
        if row.find(f".//{W}tc") is None:
            _remove(row)
    for mark in ("del", "moveFrom"):
        for paragraph in root.findall(f".//{W}p/{W}pPr/{W}rPr/{W}{mark}/../../.."):
            _join(paragraph)


def _join(paragraph: etree._Element) -> None:
    """Put what a paragraph holds before what the next one does, whose mark and look remain."""
    following = paragraph.getnext()
    while following is not None and following.tag in _BETWEEN:
        following = following.getnext()
    if following is None or following.tag != paragraph.tag:
        return
    place = 1 if following.find(f"{W}pPr") is not None else 0
    following[place:place] = [node for node in paragraph if node.tag != f"{W}pPr"]
    _remove(paragraph)


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)
