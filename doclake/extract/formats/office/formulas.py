"""Formulas of Word and PowerPoint (OMML) in one line, in the notation of TeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local
from doclake.extract.formats.office.package import M, W

if TYPE_CHECKING:
    from lxml import etree

_MAX_DEPTH = 60


def to_text(node: etree._Element, depth: int = 0) -> str:
    """E.g. `x=(-b±√(b^2-4ac))/(2a)`."""
    if depth > _MAX_DEPTH:
        return "".join(t.text or "" for t in node.iter(f"{M}t"))
    form = _FORMS.get(local(node))
    if form is not None:
        return form(node, depth + 1)
    if node.tag in (f"{M}t", f"{W}t"):
        return node.text or ""
    if local(node).endswith("Pr"):
        return ""
    return "".join(to_text(child, depth + 1) for child in node)


def _part(node: etree._Element, name: str, depth: int) -> str:
    part = node.find(f"{M}{name}")
    return to_text(part, depth) if part is not None else ""


def _group(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _value(node: etree._Element, path: str, default: str) -> str:
    found = node.find("/".join(f"{M}{step}" for step in path.split("/")))
    return found.get(f"{M}val", "") if found is not None else default


def _fraction(node: etree._Element, depth: int) -> str:
    return f"{_group(_part(node, 'num', depth))}/{_group(_part(node, 'den', depth))}"


def _scripts(node: etree._Element, depth: int) -> str:
    sub, sup = _part(node, "sub", depth), _part(node, "sup", depth)
    text = _part(node, "e", depth)
    return text + (f"_{_group(sub)}" if sub else "") + (f"^{_group(sup)}" if sup else "")


def _root(node: etree._Element, depth: int) -> str:
    degree = _part(node, "deg", depth)
    return f"{degree}√{_group(_part(node, 'e', depth))}"


def _nary(node: etree._Element, depth: int) -> str:
    sign = _value(node, "naryPr/chr", "∫")
    sub, sup = _part(node, "sub", depth), _part(node, "sup", depth)
    limits = (f"_{_group(sub)}" if sub else "") + (f"^{_group(sup)}" if sup else "")
    return f"{sign}{limits} {_part(node, 'e', depth)}"


def _brackets(node: etree._Element, depth: int) -> str:
    inner = ", ".join(to_text(e, depth) for e in node.iterfind(f"{M}e"))
    left = _value(node, "dPr/begChr", "(")
    return f"{left}{inner}{_value(node, 'dPr/endChr', ')')}"


def _matrix(node: etree._Element, depth: int) -> str:
    rows = (
        " & ".join(to_text(e, depth) for e in row.iterfind(f"{M}e"))
        for row in node.iterfind(f"{M}mr")
    )
    return f"[{'; '.join(rows)}]"


def _limit(node: etree._Element, depth: int) -> str:
    sign = "^" if local(node) == "limUpp" else "_"
    return f"{_part(node, 'e', depth)}{sign}{_group(_part(node, 'lim', depth))} "


def _function(node: etree._Element, depth: int) -> str:
    return f"{_part(node, 'fName', depth)} {_part(node, 'e', depth)}"


_FORMS = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts,
    "rad": _root,
    "nary": _nary,
    "d": _brackets,
    "m": _matrix,
    "limLow": _limit,
    "limUpp": _limit,
    "func": _function,
}
