"""HTML written as XML, respelt as HTML, so that the one parser of pages reads it as it is meant.

XML closes any element with `/>`; the parser of HTML takes that for the start of one that goes on,
and `<title/>` or `<script src="a.js"/>` swallows the page. A CDATA section is a comment to it.
"""

from __future__ import annotations

import re
from html import escape

_NAMESPACE = re.compile(
    r"""<html\b[^<>]*\bxmlns\s*=\s*["']http://www\.w3\.org/1999/xhtml["']""", re.IGNORECASE
)
_HEAD = 1 << 14
_VOID = frozenset(
    {"area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input"}
    | {"keygen", "link", "meta", "param", "source", "track", "wbr"}
)
_RAW = ("script", "style")
# Each alternative takes what follows up to its end, or to the end of the page: no place is read
# twice, whatever a page leaves open.
_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)
    | <!\[CDATA\[ (?P<characters>.*?) (?:(?P<end>\]\]>)|\Z)
    | <(?P<name>[a-z][^\s/<>"'=]*+) (?P<attributes>(?:[^<>"'] | "[^"]*" | '[^']*')*+) >
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_UNQUOTED = re.compile(r"=\s*[^\s\"'=]+$")
_ENDS = {name: re.compile(rf"</{name}\s*>|\Z", re.IGNORECASE) for name in _RAW}


def is_xhtml(text: str) -> bool:
    """Whether a page says that it is XML: by its first line, or by the namespace of its root."""
    return text.lstrip().startswith("<?xml") or bool(_NAMESPACE.search(text[:_HEAD]))


def to_html(text: str) -> str:
    """The page with an end tag for each element that closes itself, but those that never have one,
    and with CDATA sections as the characters that they hold. It need not be well-formed."""
    parts: list[str] = []
    place = 0
    while token := _TOKEN.search(text, place):
        parts += (text[place : token.start()], _respelt(token))
        place = token.end()
        name = (token["name"] or "").lower()
        if name in _RAW and not _closes_itself(token):
            # What looks like a tag in a script or a style sheet is none.
            place = _ENDS[name].search(text, place).end()  # type: ignore[union-attr]
            parts.append(text[token.end() : place])
    return "".join([*parts, text[place:]])


def _respelt(token: re.Match[str]) -> str:
    if token["end"]:
        return escape(token["characters"], quote=False)
    name = token["name"]
    if not name or name.lower() in _VOID or not _closes_itself(token):
        return token[0]
    return f"<{name}{token['attributes'][:-1]}></{name}>"


def _closes_itself(token: re.Match[str]) -> bool:
    """Whether `/>` ends the tag; in `<a href=/x/>` the stroke is part of the address."""
    attributes = token["attributes"]
    return attributes.endswith("/") and not _UNQUOTED.search(attributes)
