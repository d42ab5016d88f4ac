"""The style sheets of a page: those within it, and those it links if they came along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Linked = Callable[[str], str | None]
"""The style sheet at an address as a page writes it; None if it is not at hand."""
_ALL = ("", "all", "screen")


def nothing(href: str) -> None:
    """For pages that come without what they link."""


def read(tree: Any, linked: Linked) -> list[str | None]:
    """The sheets in their order, None for each that is not at hand. A sheet for some media stands
    in a rule that says so."""
    sheets: list[str | None] = []
    for node in tree.css("style, link[rel~=stylesheet]:not([rel~=alternate])"):
        attributes = node.attributes
        href = (attributes.get("href") or "").strip()
        sheet = node.text() if node.tag == "style" else linked(href)
        media = (attributes.get("media") or "").strip().lower()
        if sheet is not None and media not in _ALL:
            sheet = f"@media {media} {{{sheet}}}"
        sheets.append(sheet)
    return sheets
