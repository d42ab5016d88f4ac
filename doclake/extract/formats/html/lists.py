"""Numbers of list items as a browser shows them."""

from __future__ import annotations

import re
from typing import Any

from doclake.extract.text.list_numbering import spell

_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_STYLES = {
    "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "decimal": "decimal",
    "decimal-leading-zero": "decimalZero",
    "cjk-decimal": "ideographDigital",
    "hangul": "ganada",
    "hangul-consonant": "chosung",
    "korean-hangul-formal": "koreanCounting",
    "none": "none",
    "disc": "none",
    "circle": "none",
    "square": "none",
}
_STYLE = re.compile(r"list-style(?:-type)?\s*:[^;]*?([a-z][a-z-]*)\s*(?:;|$|!)", re.IGNORECASE)
_WHOLE = re.compile(r"\s*[+-]?\d{1,9}")


class List:
    """The items of one open list."""

    def __init__(self, node: Any, attributes: dict[str, Any]) -> None:
        self._form = _form(attributes, "decimal" if node.tag == "ol" else "none")
        self._step = -1 if "reversed" in attributes and node.tag == "ol" else 1
        items = sum(child.tag == "li" for child in node.iter()) if self._step < 0 else 1
        self._next = _whole(attributes.get("start"), items)

    def mark(self, attributes: dict[str, Any]) -> str:
        """The number before the next item; empty if it has none."""
        value = _whole(attributes.get("value"), self._next)
        self._next = value + self._step
        form = _form(attributes, self._form)
        return "" if form == "none" else f"{spell(value, form)}."


def _form(attributes: dict[str, Any], default: str) -> str:
    style = _STYLE.search(attributes.get("style") or "")
    if style and (named := _STYLES.get(style[1].lower())):
        return named
    kind = attributes.get("type") or ""
    return _FORMS.get(kind) or _STYLES.get(kind.lower()) or default


def _whole(text: str | None, default: int) -> int:
    match = _WHOLE.match(text or "")
    return int(match[0]) if match else default
