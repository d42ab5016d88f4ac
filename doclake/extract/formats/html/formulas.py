"""Formulas of pages (MathML) in one line, in the notation of TeX, as those of Office."""

from __future__ import annotations

from typing import Any

_MAX_DEPTH = 60
_SKIPPED = frozenset({"annotation", "annotation-xml", "mphantom", "mspace"})


def to_text(node: Any, depth: int = 0) -> str:
    """E.g. `x=(-b±√(b^2-4ac))/2`. The TeX that a page brings for its formula is taken as it is."""
    annotation = node.css_first("annotation[encoding='application/x-tex']") if not depth else None
    if annotation is not None:
        return str(annotation.text().strip())
    if depth > _MAX_DEPTH:
        return " ".join(node.text(separator=" ").split())
    tag = node.tag
    if tag == "-text":
        return " ".join((node.text_content or "").split())
    if tag is None or tag in _SKIPPED or tag.startswith(("-", "!")):
        return ""
    parts = [to_text(child, depth + 1) for child in node.iter(include_text=True)]
    parts = [part for part in parts if part]
    form = _FORMS.get(tag)
    return form(parts) if form is not None and parts else "".join(parts)


def _group(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _fraction(parts: list[str]) -> str:
    return "/".join(map(_group, parts))


def _power(parts: list[str]) -> str:
    return parts[0] + "".join(f"^{_group(part)}" for part in parts[1:])


def _index(parts: list[str]) -> str:
    return parts[0] + "".join(f"_{_group(part)}" for part in parts[1:])


def _both(parts: list[str]) -> str:
    return _index(parts[:2]) + "".join(f"^{_group(part)}" for part in parts[2:])


def _square_root(parts: list[str]) -> str:
    return f"√{_group(''.join(parts))}"


def _root(parts: list[str]) -> str:
    return f"{''.join(parts[1:])}√{_group(parts[0])}"


def _row(parts: list[str]) -> str:
    return " & ".join(parts)


def _table(parts: list[str]) -> str:
    return f"[{'; '.join(parts)}]"


_FORMS = {
    "mfrac": _fraction,
    "msup": _power,
    "mover": _power,
    "msub": _index,
    "munder": _index,
    "msubsup": _both,
    "munderover": _both,
    "msqrt": _square_root,
    "mroot": _root,
    "mtr": _row,
    "mtable": _table,
}
