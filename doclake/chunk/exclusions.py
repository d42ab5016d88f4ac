"""Which elements stay out of the chunks, and why. The row alone decides.

The ledger's balance rests on it: elements = elements in chunks + elements excluded for a reason.
"""

from __future__ import annotations

from typing import Literal

from doclake.tables.elements import MACHINE_TEXT

HiddenText = Literal["apart", "include"]
_FURNITURE = {"Header": "header", "Footer": "footer", "PageNumber": "page_number"}
_SYMBOLIC = frozenset({"Formula", "Code"})


def exclusion_reason(
    type: str, hidden: str | None, text: str, hidden_text: HiddenText = "apart"
) -> str | None:
    """Why an element is in no chunk, or None if it is in one.

    `empty`: no text. `machine_text`: base64, keys and dumps. `hidden`: no reader sees it, and the
    recipe keeps such text apart. `header`, `footer`, `page_number`: repeated on every page.
    `no_words`: ornaments such as rules and bullets, without a letter or digit.
    """
    if not text or text.isspace():
        return "empty"
    if hidden == MACHINE_TEXT:
        return "machine_text"
    if hidden is not None and hidden_text == "apart":
        return "hidden"
    if type in _FURNITURE:
        return _FURNITURE[type]
    if type not in _SYMBOLIC and not any(character.isalnum() for character in text):
        return "no_words"
    return None
