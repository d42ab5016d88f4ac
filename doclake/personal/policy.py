"""What is written in place of personal data, by the settings of a source."""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from doclake.errors import SettingsError
from doclake.personal import markup
from doclake.personal.detector import VERSION, find
from doclake.personal.model import Finding
from doclake.settings import Recipe
from doclake.settings.personal_data import REPLACING, Word
from doclake.tables.columns import PersonalSpan

SHORTEST_KEY = 16  # characters
_DIGITS = 12  # of a digest, 48 bits
_SENTENCE_END = re.compile(r"(?<=[.!?。…])\s+|\n")
_CELL_END = re.compile(r"[\t\n]")


@dataclass(frozen=True)
class Edit:
    """What is written in place of `text[start:end]`, and of which kinds that is."""

    start: int
    end: int
    replacement: str
    kind: str
    confidence: float


@dataclass(frozen=True)
class Treated:
    """A text as it is written, where personal data or its mark stands in it, and what was found."""

    text: str
    spans: list[PersonalSpan]
    kinds: frozenset[str]


@dataclass(frozen=True)
class Policy:
    """`actions` are those of the kinds that are looked for; `key` is that of `hash`."""

    actions: Mapping[str, Word]
    key: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, recipe: Recipe) -> Policy:
        """Raises `SettingsError` if `hash` is asked for and its key is not in the environment."""
        actions = recipe.personal_data.actions
        if "hash" not in actions.values():
            return cls(actions)
        variable, key = recipe.personal_data_key, key_of(recipe)
        if key is None:
            found = "a key that is too short" if os.environ.get(variable) else "nothing"
            expected = f"a secret of at least {SHORTEST_KEY} characters in this variable"
            raise SettingsError(
                f"recipe.personal_data says hash, and the environment variable {variable} holds"
                f" {found}.",
                mend=f"Set {variable} to {expected.removesuffix(' in this variable')}, the same for"
                " every process of the project; or say mask.",
                problems=[(variable, found, expected)],
            )
        return cls(actions, key)

    @property
    def recipe(self) -> str:
        """What is looked for, and by which version."""
        return " ".join([str(VERSION), *sorted(self.actions)]) if self.actions else ""

    def done(self, kinds: Iterable[str]) -> list[str]:
        """Each of these kinds with what is done to it: `card:mask`. A hash names its key."""
        return [f"{kind}:{self._word(kind)}" for kind in sorted(kinds)]

    def _word(self, kind: str) -> str:
        word = self.actions.get(kind, "off")
        if word != "hash":
            return word
        return f"hash {hmac.new(self.key, b'which key', sha256).hexdigest()[:8]}"

    def stands(self, recipe: str | None, done: Sequence[str] | None) -> bool:
        """Whether rows that another policy made are those that this one would make: it looked for
        all that this one does, and did the same to what it found."""
        version, _, looked_for = (recipe or "").partition(" ")
        if self.actions and (
            version != str(VERSION) or not self.actions.keys() <= set(looked_for.split())
        ):
            return False
        kinds = {entry.partition(":")[0] for entry in done or ()}
        return self.done(kinds) == sorted(done or ())

    def treat(self, text: str, *, is_table: bool = False, before: str = "") -> Treated:
        """A text without what must not be written. `is_table` and `before` as for `find`."""
        findings = self._findings(text, is_table, before)
        edits = self._edits(text, findings, is_table)
        written, spans, at = "", [], 0
        for edit in edits:
            written += text[at : edit.start]
            begin = len(written)
            written += edit.replacement
            spans.append(
                PersonalSpan(
                    kind=edit.kind, start=begin, end=len(written), confidence=edit.confidence
                )
            )
            at = edit.end
        return Treated(written + text[at:], spans, frozenset(f.kind for f in findings))

    def treat_html(self, html: str, *, before: str = "") -> Treated:
        """The HTML of a table, without spans. Tags stay as they are."""
        text, places = markup.plain(html)
        findings = self._findings(text, True, before)
        edits = self._edits(text, findings, is_table=True)
        for edit in reversed(edits):
            if text[edit.start : edit.end] != edit.replacement:
                html = markup.replaced(html, places[edit.start : edit.end], edit.replacement)
        return Treated(html, [], frozenset(f.kind for f in findings))

    def _findings(self, text: str, is_table: bool, before: str) -> list[Finding]:
        if not self.actions:
            return []
        return [f for f in find(text, is_table=is_table, before=before) if f.kind in self.actions]

    def treat_name(self, name: str) -> Treated:
        """The name of a document inside another one: its end says what it is, and stays, and of a
        name that would be dropped the mark does."""
        stem, dot, end = name.rpartition(".")
        masking: dict[str, Word] = {
            kind: "mask" if word == "drop" else word for kind, word in self.actions.items()
        }
        result = replace(self, actions=masking).treat(stem if dot else end)
        return replace(result, text=result.text + (dot + end if dot else ""))

    def only_replacing(self) -> Policy:
        """The same for what is replaced; nothing else is looked for."""
        actions = {kind: word for kind, word in self.actions.items() if word in REPLACING}
        return replace(self, actions=actions)

    def _edits(self, text: str, findings: list[Finding], is_table: bool) -> list[Edit]:
        """In order, without overlaps: what stands in a sentence that is dropped goes with it."""
        edits: list[Edit] = []
        for finding in findings:
            edit = self._edit(text, finding, is_table)
            last = edits[-1] if edits else None
            if last is None or edit.start >= last.end:
                edits.append(edit)
            elif edit.replacement == "" and last.replacement == "":
                edits[-1] = Edit(
                    last.start, max(last.end, edit.end), "", last.kind, last.confidence
                )
            elif edit.replacement == "":
                while edits and edits[-1].end > edit.start:
                    edits.pop()
                edits.append(edit)
        return edits

    def _edit(self, text: str, finding: Finding, is_table: bool) -> Edit:
        start, end = finding.start, finding.end
        action = self.actions[finding.kind]
        if action == "flag":
            replacement = text[start:end]
        elif action == "mask":
            replacement = f"[{finding.kind}]"
        elif action == "hash":
            replacement = mark(self.key, finding.kind, finding.value)
        else:
            start, end = _around(text, start, end, _CELL_END if is_table else _SENTENCE_END)
            replacement = ""
        return Edit(start, end, replacement, finding.kind, finding.confidence)


def key_of(recipe: Recipe) -> bytes | None:
    """The key of `hash`, whether or not the recipe says that word; None if it is not there."""
    key = os.environ.get(recipe.personal_data_key, "")
    return key.encode() if len(key) >= SHORTEST_KEY else None


def mark(key: bytes, kind: str, value: str) -> str:
    """What `hash` writes in place of a value: equal for all its spellings."""
    digest = hmac.new(key, f"{kind}:{value}".encode(), sha256).hexdigest()[:_DIGITS]
    return f"[{kind}:{digest}]"


def _around(text: str, start: int, end: int, border: re.Pattern[str]) -> tuple[int, int]:
    """The sentence or the cell of a span."""
    begin = max((match.end() for match in border.finditer(text, 0, start)), default=0)
    stop = border.search(text, end)
    return begin, len(text) if stop is None else stop.start()
