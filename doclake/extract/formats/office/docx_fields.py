"""Form fields of Word, which store no text: check boxes and lists of the older forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doclake.extract.formats.office.docx_styles import number
from doclake.extract.formats.office.package import W, is_on

if TYPE_CHECKING:
    from lxml import etree

CHECKED, UNCHECKED = "☒", "☐"


def value(data: etree._Element) -> str:
    """What a form field (`w:ffData`) shows. The text of a text field stands in runs behind it."""
    box, choices = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        state = box.find(f"{W}checked")
        return (
            CHECKED if is_on(state if state is not None else box.find(f"{W}default")) else UNCHECKED
        )
    if choices is None:
        return ""
    entries = [node.get(f"{W}val") or "" for node in choices.iterfind(f"{W}listEntry")]
    places = (number(choices.find(f"{W}{name}")) for name in ("result", "default"))
    place = next((place for place in places if place is not None), 0)
    return entries[place] if 0 <= place < len(entries) else ""
