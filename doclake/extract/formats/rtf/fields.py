"""Fields and shapes of RTF that draw something without storing it as text: ticks and chosen entries
of forms, symbols, word art; and the addresses of links."""

from __future__ import annotations

import re

from doclake.extract.text import word_fields

PARTS = frozenset({"fldinst", "formfield", "ffl", "sp", "sn", "sv"})
"""Destinations whose words and text are gathered here."""
_LINK = re.compile(r'HYPERLINK\s+"([^"]+)"')
_CHECK_BOX, _LIST = 1, 2  # kinds of form fields
_UNSET = 25  # the state of a field that still has its default
_WORD_ART, ALT_TEXT = "gtextUNICODE", "wzDescription"
CHECKED, UNCHECKED = "☒", "☐"


class Fields:
    """Gathers the parts of one field or shape property at a time; `close` tells what it draws."""

    def __init__(self) -> None:
        self.links: dict[str, None] = {}
        self.alts: list[str] = []
        self._texts: dict[str, str] = {}
        self._facts: dict[str, int] = {}
        self._entries: list[str] = []

    def word(self, word: str, number: int | None) -> None:
        if word in ("fftype", "ffres", "ffdefres"):
            self._facts[word] = number or 0

    def text(self, part: str, text: str) -> None:
        self._texts[part] = self._texts.get(part, "") + text

    def close(self, part: str) -> str:
        """What a part draws that ends now; most draw nothing."""
        if part == "ffl":
            self._entries.append(self._texts.pop("ffl", "").strip())
        elif part == "formfield":
            return self._form()
        elif part == "fldinst":
            instruction = self._texts.pop("fldinst", "")
            if link := _LINK.search(instruction):
                self.links[link[1]] = None
            return word_fields.drawn(instruction)
        elif part == "sp":
            name, value = (self._texts.pop(half, "") for half in ("sn", "sv"))
            if name == ALT_TEXT:
                self.alts.append(value)
            return value if name == _WORD_ART else ""
        return ""

    def _form(self) -> str:
        facts, entries = self._facts, self._entries
        self._facts, self._entries = {}, []
        state = facts.get("ffres", _UNSET)
        state = facts.get("ffdefres", 0) if state == _UNSET else state
        if facts.get("fftype") == _CHECK_BOX:
            return CHECKED if state else UNCHECKED
        chosen = facts.get("fftype") == _LIST and 0 <= state < len(entries)
        return entries[state] if chosen else ""
