"""A person as an erasure looks for him: by a text, such as a name or an address."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from doclake.errors import SettingsError
from doclake.personal import policy
from doclake.personal.policy import Policy
from doclake.personal.values import values
from doclake.settings import Recipe, Settings
from doclake.tables.columns import PersonalSpan

_ENDING = 4  # letters and digits at the end of a value, which all its spellings share


class Subject:
    """Is mentioned by the text itself, letter case and blanks aside. Where the text is personal
    data, such as an address or a number, also by its mark where a source hashes it, and by other
    spellings where extraction has found it."""

    def __init__(self, settings: Settings, text: str) -> None:
        """Raises `SettingsError` for an empty text, and for one that a source hashes while the key
        is not there: what mentions it could not be told."""
        self._plain = plain(text)
        if not self._plain:
            raise SettingsError("The subject is empty.", problems=[("--subject", "", "a text")])
        self._values = values(text)
        self._kinds = frozenset(kind for kind, _ in self._values)
        self._endings = frozenset(_letters(value)[-_ENDING:] for _, value in self._values)
        sources = settings.sources.items()
        self._marks = {name: self._marks_of(source.recipe) for name, source in sources}
        self._marks_elsewhere = self._marks_of(settings.recipe)

    def _marks_of(self, recipe: Recipe) -> list[str]:
        """As this recipe writes them; with another word today, rows of before may have them."""
        if any(recipe.personal_data.action(kind) == "hash" for kind in self._kinds):
            Policy.of(recipe)
        key = policy.key_of(recipe)
        return [policy.mark(key, *value) for value in sorted(self._values)] if key else []

    def mentioned(
        self, source: str, value: str | Sequence[str] | None, spans: Sequence[PersonalSpan] | None
    ) -> str | None:
        """How a cell of a table mentions it, None if it does not: a word for lists, empty for the
        text itself. `spans` say where personal data stands in the cell."""
        if not value:
            return None
        text = value if isinstance(value, str) else " ".join(value)
        if self._plain in plain(text):
            return ""
        if any(mark in text for mark in self._marks.get(source, self._marks_elsewhere)):
            return ", hashed"
        if any(self._is_spelt(text, span) for span in spans or ()):
            return ", spelt otherwise"
        return None

    def _is_spelt(self, text: str, span: PersonalSpan) -> bool:
        if span["kind"] not in self._kinds:
            return False
        written = text[span["start"] : span["end"]]
        if not any(ending in _letters(written) for ending in self._endings):
            return False
        return not self._values.isdisjoint(values(written))


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


def plain(text: str) -> str:
    """As names are compared: composed, letter case aside, runs of blanks as one."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(unicodedata.normalize("NFC", composed.casefold()).split())
