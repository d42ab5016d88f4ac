"""XML from strangers: no DTD, no entity beyond the five of XML, no network, bounded depth.

lxml expands no external entity and fetches nothing with these options; a document type that
declares entities is refused outright, so no entity bomb is ever expanded.
"""

from __future__ import annotations

import re

from lxml import etree

from doclake.errors import DocumentMalformed, LimitExceeded

MAX_DEPTH = 1000
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_PROLOG = 1 << 16


def parse(data: bytes, what: str, *, recover: bool = False) -> etree._Element:
    """Root element of `data`. `what` names the part in the error.

    Raises `LimitExceeded` for declared entities or nesting beyond `MAX_DEPTH`, and
    `DocumentMalformed` for what is no XML. `recover` keeps what can be read of broken XML.
    """
    if _declares_entities(data):
        raise LimitExceeded(f"{what} declares entities, which are not expanded.", part=what)
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


def _declares_entities(data: bytes) -> bool:
    # UTF-16 spells the declaration with zero bytes between; dropping them covers both.
    head = data[:_PROLOG]
    return bool(_ENTITY.search(head) or _ENTITY.search(head.replace(b"\0", b"")))


def _depth(data: bytes) -> int:
    """An upper bound of the nesting that costs one pass: open tags not yet closed."""
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
