"""What a recogniser is, what it is asked and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

BEGIN = r"(?<![A-Za-z0-9_])(?<![0-9]\.)(?<![0-9A-Za-z]-)"
END = r"(?![A-Za-z0-9_])(?!-[0-9A-Za-z])(?!\.\d)"
"""Around a number that is no part of a longer one, of a version or of a code."""

_APART = re.compile(r"\t|(?<![-.\s])\s*\n")

_LABEL = 14  # characters between a label and its number, such as ` of today is `

CERTAIN, FORMED, NAMED = 0.95, 0.85, 0.75
"""Confidence: a checksum or a word agrees with the form; a form that is rare; a word or a form that
many numbers have."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A value at `text[start:end]`; `value` is what all spellings of it have in common."""

    kind: str
    start: int
    end: int
    confidence: float
    value: str


class Words:
    """Words that speak for a kind, and labels that speak against it. English ones stand alone, any
    other word may have endings."""

    def __init__(self, speaking_for: str, against: str) -> None:
        self._for, self._against = _pattern(speaking_for), _pattern(against)

    def say(self, before: str, after: str, header: str) -> int:
        """1 for the kind, -1 against it, 0 if they say nothing. The word of its column wins, then
        the nearest one before the value, then the one behind it. A label against it stands right
        before the value: `the case is closed, call 010-...` has none."""
        for text, reach in ((header, len(header)), (before, _LABEL)):
            speaking = _last(self._for, text)
            against = _last(self._against, text)
            if len(text) - against > reach:
                against = -1
            if max(speaking, against) >= 0:
                return 1 if speaking >= against else -1
        return 1 if self._for.search(after) else 0


def _pattern(words: str) -> re.Pattern[str]:
    listed = [word.strip() for word in words.split(",")]
    english = "|".join(word for word in listed if word.isascii())
    others = [word for word in listed if not word.isascii()]
    return re.compile("|".join([rf"(?<![a-z])(?:{english})(?![a-z])", *others]))


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last of the words ends; -1 without one."""
    return max((match.end() for match in pattern.finditer(text)), default=-1)


class Candidate(NamedTuple):
    """A match of a pattern, with the text around it in small letters."""

    match: re.Match[str]
    before: str
    after: str
    header: str

    @property
    def text(self) -> str:
        return self.match[0]

    @property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.match[0]))

    @property
    def is_apart(self) -> bool:
        """A tab or a line end parts it, where no hyphen says that it goes on."""
        return bool(_APART.search(self.match[0]))

    @property
    def is_formed(self) -> bool:
        """Whether a hyphen, a dot or a bracket parts its digits, and no break of a line."""
        return not self.is_apart and any(sign in self.match[0] for sign in "-.()/")

    def says(self, words: Words) -> int:
        return words.say(self.before, self.after, self.header)


Judged = tuple[float, str]
"""Confidence, and what all spellings of the value have in common."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Finds a kind: `judge` says of each match of `pattern` what it is, or None if it is nothing.
    With `needs`, one of these must stand in the text, in small letters."""

    kind: str
    pattern: re.Pattern[str]
    judge: Callable[[Candidate], Judged | None]
    needs: tuple[str, ...] = ()
