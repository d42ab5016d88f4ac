"""The HTML of a table as text, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

_PART = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)?[^>]*>|&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);|[^<&]+|.")
_BREAKS = {"td": "\t", "th": "\t", "tr": "\n", "br": "\n", "p": "\n", "li": "\n", "table": "\n"}

Place = tuple[int, int]
"""Where a character of the text stands in the HTML; nowhere, if both are the same."""


def plain(html: str) -> tuple[str, list[Place]]:
    """The text with a tab after a cell and a line end after a row, and the place of each character.
    Tags within a cell part no word."""
    parts: list[str] = []
    places: list[Place] = []
    for match in _PART.finditer(html):
        start, end = match.span()
        written = match[0]
        if written[0] == "<" and end - start > 1:
            name = (match[2] or "").lower()
            is_break = match[1] or name in ("br", "p", "li")
            parts.append(_BREAKS.get(name, "") if is_break else "")
            places += [(start, start)] * len(parts[-1])
        elif written[0] == "&" and end - start > 1:
            parts.append(unescape(written))
            places += [(start, end)] * len(parts[-1])
        else:
            parts.append(written)
            places += zip(range(start, end), range(start + 1, end + 1), strict=True)
    return "".join(parts), places


def replaced(html: str, places: Sequence[Place], replacement: str) -> str:
    """The HTML with a text in place of these characters of another. Tags between them stay."""
    for start, end in sorted(set(places), reverse=True):
        mark = replacement if start == places[0][0] else ""
        html = html[:start] + mark + html[end:]
    return html
