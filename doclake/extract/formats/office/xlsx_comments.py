"""Comments on cells, old and threaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office.package import OfficePackage, S
from doclake.extract.formats.office.xlsx_styles import whole
from doclake.extract.text import symbol_fonts
from doclake.extract.text.scripts import subscript, superscript

if TYPE_CHECKING:
    from lxml import etree


_SCRIPTS = {"superscript": superscript, "subscript": subscript}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def comment_authors(package: OfficePackage) -> dict[str, str]:
    """Display names of the authors of threaded comments, by id."""
    authors: dict[str, str] = {}
    for name in package.names:
        if name.lower().startswith("xl/persons/"):
            root = package.optional_xml(name)
            for node in root if root is not None else ():
                authors[node.get("id") or ""] = node.get("displayName") or ""
    return authors


def comments(root: etree._Element, people: dict[str, str]) -> list[str]:
    authors = [node.text or "" for node in root.iter(f"{S}author")]
    lines = []
    for node in root.iter():
        name = local(node)
        if name == "comment":
            place = whole(node.get("authorId"))
            author = authors[place] if place < len(authors) else ""
            text = "".join(t.text or "" for t in node.iter(f"{S}t"))
        elif name == "threadedComment":
            author = people.get(node.get("personId") or "", "")
            text = "".join(t.text or "" for t in node if local(t) == "text")
        else:
            continue
        if text.strip():
            signed = text if not author or text.startswith(author) else f"{author}: {text}"
            lines.append(f"{node.get('ref')} {signed}")
    return lines


def rich(node: etree._Element) -> str:
    """Text of a string item without the phonetic hints above it."""
    pieces = []
    for child in node:
        if child.tag == f"{S}t":
            pieces.append(child.text or "")
        elif child.tag == f"{S}r":
            text = "".join(t.text or "" for t in child.iterfind(f"{S}t"))
            pieces.append(_as_set(text, child.find(f"{S}rPr")))
    return unescape("".join(pieces))


def _as_set(text: str, properties: etree._Element | None) -> str:
    """A run of rich text in its font, raised or lowered."""
    if properties is None:
        return text
    font, script = properties.find(f"{S}rFont"), properties.find(f"{S}vertAlign")
    if font is not None:
        text = symbol_fonts.shown(text, font.get("val"))
    set_as = _SCRIPTS.get((script.get("val") or "") if script is not None else "")
    return set_as(text) if set_as else text


def unescape(text: str) -> str:
    """`_x000D_` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text
