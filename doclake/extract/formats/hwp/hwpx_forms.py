"""What the controls of a form in HWPX show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.containers.safe_xml import local

if TYPE_CHECKING:
    from lxml import etree

CONTROLS = frozenset({"checkBtn", "radioBtn", "btn", "comboBox", "listBox", "edit"})
_BOXES = {"CHECKED": "☒", "UNCHECKED": "☐"}


def value(node: etree._Element) -> str:
    """The mark and the caption of a button, the chosen entry of a list, the text of a field."""
    name = local(node)
    if name == "edit":
        return next((child.text or "" for child in node if local(child) == "text"), "")
    if name in ("comboBox", "listBox"):
        chosen = node.get("selectedValue") or ""
        entries = {n.get("value"): n.get("displayText") for n in node if local(n) == "listItem"}
        return entries.get(chosen) or chosen
    mark = _BOXES.get(node.get("value") or "", "") if name != "btn" else ""
    return " ".join(filter(None, [mark, node.get("caption")]))
