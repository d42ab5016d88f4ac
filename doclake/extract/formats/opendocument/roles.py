"""What a paragraph of OpenDocument is, by the name of its style or of one that it is based on."""

from __future__ import annotations

import re

from doclake.extract.formats.opendocument.styles import Styles
from doclake.extract.model import ElementType

_HEADING = re.compile(r"Heading(?:_20_|\s)?([1-9])?|(Title)\b")
_CODE = re.compile(r"Preformatted|Source|Code", re.IGNORECASE)
_CAPTIONS = ("Caption", "Illustration", "Drawing", "Figure")
_MAX_CHAIN = 10


def kind(styles: Styles, name: str, level: int) -> tuple[ElementType, int | None]:
    """Its type and level, inside `level` lists."""
    for _ in range(_MAX_CHAIN):
        match = _HEADING.match(name)
        if name == "Subtitle":
            return "NarrativeText", None
        if match:
            return "Title", int(match[1] or 1)
        if name.startswith(_CAPTIONS):
            return "Caption", None
        if _CODE.search(name):
            return "Code", None
        parent = styles.parent(name)
        if name.startswith("Contents_20_") or parent is None:
            break
        name = parent
    if name.startswith("Contents_20_"):
        return "Other", None
    return ("ListItem", level) if level else ("NarrativeText", None)
