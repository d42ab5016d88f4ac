"""XML from strangers: no external entity, no entity bomb, no network, bounded depth.

The document type is removed before parsing. Entities that it declares as plain text are replaced
here, once. External entities become empty; a document that builds entities from others is refused.
"""

from __future__ import annotations

import re

from lxml import etree

from doclake.errors import DocumentMalformed, LimitExceeded

MAX_DEPTH = 1000
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.DOTALL)
_ENTITY = re.compile(
    rb"""<!ENTITY\s+(%\s+)?([\w.:-]+)\s+(?:(SYSTEM|PUBLIC)\b[^>]*|"([^"]*)"|'([^']*)')\s*>"""
)
_REFERENCE = re.compile(rb"&([A-Za-z_:][\w.:-]*);")
_PREDEFINED = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_PROLOG = 1 << 16
_MAX_GROWTH = 1 << 20


def parse(data: bytes, what: str, *, recover: bool = False) -> etree._Element:
    """Root element of `data`. `what` names the part in the error.

    Raises `LimitExceeded` for dangerous entities and for nesting beyond `MAX_DEPTH`,
    `DocumentMalformed` if it is not XML. `recover` keeps the readable part of broken XML.
    """
    data = _without_doctype(data, what)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    depth = _depth(data)
    if depth > MAX_DEPTH:
        raise LimitExceeded(f"{what} nests more than {MAX_DEPTH} elements.", part=what)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentMalformed(f"{what} is not well-formed XML: {error}", part=what) from None
    if root is None:
        raise DocumentMalformed(f"{what} is not XML.", part=what)
    return root


def _without_doctype(data: bytes, what: str) -> bytes:
    if b"<\0!\0D\0O\0C\0T\0Y\0P\0E" in data[:_PROLOG]:
        data = data.decode("utf-16", "replace").encode()
        data = re.sub(rb"""(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""", rb"\1", data, count=1)
    doctype = _DOCTYPE.search(data[:_PROLOG])
    if doctype is None:
        if b"<!ENTITY" in data[:_PROLOG]:
            raise LimitExceeded(f"{what} declares entities in a broken way.", part=what)
        return data
    values: dict[bytes, bytes] = {}
    for parameter, name, external, double, single in _ENTITY.findall(doctype[1] or b""):
        value = double or single
        if parameter or (not external and set(_REFERENCE.findall(value)) - _PREDEFINED):
            raise LimitExceeded(f"{what} builds entities from entities.", part=what)
        values[name] = b"" if external else value
    rest = data[: doctype.start()] + data[doctype.end() :]
    return _replace_entities(rest, values, what) if values else rest


def _replace_entities(data: bytes, values: dict[bytes, bytes], what: str) -> bytes:
    names = _REFERENCE.findall(data)
    if sum(len(values.get(name, b"")) for name in names) > _MAX_GROWTH:
        raise LimitExceeded(f"{what} grows too much by its entities.", part=what)
    return _REFERENCE.sub(lambda m: values.get(m[1], m[0]), data)


def _depth(data: bytes) -> int:
    """An upper bound of the nesting, in one pass: the most tags open at the same time."""
    if data.count(b"<") < MAX_DEPTH:
        return 0
    depth = deepest = 0
    for match in re.finditer(rb"<(/?)[^!?<>][^<>]*?(/?)>", data):
        if match[1]:
            depth -= 1
        elif not match[2]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def local(element: etree._Element) -> str:
    """Tag without its namespace; the empty string for comments and instructions."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
