"""What the controls of forms show: ticks, chosen entries, text that somebody typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local

if TYPE_CHECKING:
    from lxml import etree

_FORM = "{urn:oasis:names:tc:opendocument:xmlns:form:1.0}"
_FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
CHECKED, UNCHECKED = "☒", "☐"
_CHOSEN, _NOT_CHOSEN = "◉", "○"
_TYPED = frozenset(
    {"text", "textarea", "formatted-text", "number", "date", "time", "combobox", "file"}
    | {"value-range", "generic-control"}
)
_LABELLED = frozenset({"button", "fixed-text", "frame", "column"})


def read(body: etree._Element) -> dict[str, str]:
    """The texts of the controls of a document by their ids."""
    texts: dict[str, str] = {}
    for node in body.iter(f"{_FORM}*"):
        identity = node.get(f"{_FORM}id") or node.get(_ID)
        if identity:
            texts[identity] = _text(node)
    return texts


def _text(node: etree._Element) -> str:
    name, label = local(node), node.get(f"{_FORM}label") or ""
    if name == "checkbox":
        state = node.get(f"{_FORM}current-state") or node.get(f"{_FORM}state")
        return f"{CHECKED if state == 'checked' else UNCHECKED} {label}".strip()
    if name == "radio":
        chosen = node.get(f"{_FORM}current-selected") or node.get(f"{_FORM}selected")
        return f"{_CHOSEN if chosen == 'true' else _NOT_CHOSEN} {label}".strip()
    if name == "listbox":
        return ", ".join(
            option.get(f"{_FORM}label") or ""
            for option in node.iterfind(f"{_FORM}option")
            if "true" in (option.get(f"{_FORM}current-selected"), option.get(f"{_FORM}selected"))
        )
    if name in _TYPED:
        typed = node.get(f"{_FORM}current-value") or node.get(f"{_FORM}value") or ""
        return typed or "\n".join("".join(p.itertext()) for p in node if local(p) == "p")
    return label if name in _LABELLED else ""


def field_mark(node: etree._Element) -> str:
    """What a field shows that came from a Word document; the text of a text field stands beside
    its mark."""
    kind = (node.get(f"{_FIELD}type") or "").rsplit(".", 1)[-1]
    values: dict[str, list[str]] = {}
    for part in node.iterfind(f"{_FIELD}param"):
        name = part.get(f"{_FIELD}name") or ""
        values.setdefault(name, []).append(part.get(f"{_FIELD}value") or "")
    if kind == "FORMCHECKBOX":
        return CHECKED if values.get("Checkbox_Checked") == ["true"] else UNCHECKED
    if kind != "FORMDROPDOWN":
        return ""
    entries, chosen = values.get("Dropdown_ListEntry", []), values.get("Dropdown_Selected", ["0"])
    place = int(chosen[0]) if chosen[0].isdecimal() and len(chosen[0]) < 6 else len(entries)
    return entries[place] if place < len(entries) else ""
