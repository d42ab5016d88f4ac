"""Which elements stay out of the chunks, and why. The elements of the document alone decide.

The ledger's balance rests on it: elements = elements in chunks + elements excluded for a reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from doclake.settings import Recipe
from doclake.tables.elements import MACHINE_TEXT, ElementRow

_FURNITURE = {
    "Header": "header",
    "Footer": "footer",
    "PageNumber": "page_number",
    "Navigation": "navigation",
}
_SYMBOLIC = frozenset({"Formula", "Code"})


def included(recipe: Recipe) -> frozenset[str]:
    """Reasons that the recipe does not let count."""
    asked = {"hidden": recipe.extract.hidden_text, "navigation": recipe.chunk.navigation}
    return frozenset(reason for reason, wish in asked.items() if wish == "include")


def exclusions(
    elements: Sequence[ElementRow], include: frozenset[str] = frozenset()
) -> list[str | None]:
    """Why each element of a document is in no chunk, or None if it is in one.

    `empty`: no text. `machine_text`: base64, keys and dumps. `hidden`: no reader sees it. `header`,
    `footer`, `page_number`: repeated on every page. `navigation`: menus, banners, teasers.
    `no_words`: ornaments such as rules and bullets, without a letter or digit.

    What is left out for its place on the page is left out beside content only: a document of
    nothing else keeps it, for the judgement was wrong, or it is all that there is.
    """
    reasons = [_reason(row, include) for row in elements]
    if None in reasons:
        return reasons
    return [None if reason in _FURNITURE.values() else reason for reason in reasons]


def _reason(row: ElementRow, include: frozenset[str]) -> str | None:
    text, hidden = row["text"], row["hidden"]
    if not text or text.isspace():
        return "empty"
    if hidden == MACHINE_TEXT:
        return "machine_text"
    if hidden is not None and "hidden" not in include:
        return "hidden"
    furniture = _FURNITURE.get(row["type"])
    if furniture is not None and furniture not in include:
        return furniture
    if row["type"] not in _SYMBOLIC and not any(character.isalnum() for character in text):
        return "no_words"
    return None
