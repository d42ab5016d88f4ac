"""Inline elements that are read as a whole: raised text, glosses, formulas, drawings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doclake.extract.formats.html import formulas
from doclake.extract.text.cleaning import clean
from doclake.extract.text.raised import lowered, raised

_PLAIN = frozenset({"a", "b", "i", "em", "strong", "small", "span", "cite", "var", "u", "font"})
_PERMALINKS = frozenset("¶#§🔗⚓∞\uf0c1")
_UNDRAWN = frozenset(
    {"defs", "symbol", "script", "style", "metadata", "clippath", "mask", "pattern"}
)


def _gloss(node: Any) -> str:
    """The brackets that browsers without ruby show (`rp`), whether the page has them or not."""
    gloss = clean(node.text(), lines=False)
    return f"({gloss})" if gloss else ""


READ: dict[str, Callable[[str, Any], str]] = {
    "sup": lambda before, node: raised(before, node.text()),
    "sub": lambda before, node: lowered(before, node.text()),
    "rt": lambda _, node: _gloss(node),
    "math": lambda _, node: f" {formulas.to_text(node)} ",
}


def read(node: Any, before: str) -> str | None:
    """What to write for an inline element after the text `before` it; None if it is to be read
    like any other element."""
    tag = node.tag
    reader = READ.get(tag)
    if reader is None:
        return None
    if tag in ("sup", "sub") and any(
        inner.tag not in _PLAIN or "style" in inner.attributes or "hidden" in inner.attributes
        for inner in node.css("*")
        if inner.mem_id != node.mem_id
    ):
        return None
    return reader(before, node)


def links(node: Any) -> list[str]:
    """Where the links inside an element lead."""
    return [href for a in node.css("a[href]") if (href := a.attributes.get("href"))]


def is_permalink(node: Any) -> bool:
    """Whether a link in a heading only lends its address: generators of documentation put one into
    each."""
    href = node.attributes.get("href") or ""
    shown = "".join(node.text().split())
    return "#" in href and bool(shown) and set(shown) <= _PERMALINKS


def drawn_text(svg: Any) -> str:
    """The labels of a drawing, a line each."""
    labels = []
    stack = [svg]
    while stack:
        node = stack.pop()
        tag = (node.tag or "-").lower()
        if tag in ("text", "foreignobject"):
            label = clean(node.text(separator=" ") if tag != "text" else node.text(), lines=False)
            if label:
                labels.append(label)
        elif not tag.startswith(("-", "!")) and tag not in _UNDRAWN:
            stack.extend(reversed(list(node.iter())))
    return "\n".join(labels)
