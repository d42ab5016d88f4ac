"""Which sentences of an answer its passages bear out, each judged as soon as it is complete.

Nothing that a chat server says is believed as it is: a sentence is kept if it cites passages of the
context and shares enough of its words with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from doclake.extract.servers.judgement import Words, weighty
from doclake.search.prompt_context import Context

UNKNOWN = "NOT IN THE PASSAGES"
"""What the server is told to say where the passages do not answer."""
_CITED = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_BETWEEN = re.compile(r"(?:(?<=[.!?。])|(?<=\]))\s+(?![\s\[])|\n+")


@dataclass(frozen=True)
class Statement:
    """A sentence of an answer with the numbers of the passages that it cites."""

    text: str
    citations: list[int]

    @property
    def cited(self) -> str:
        return self.text + "".join(f"[{number}]" for number in self.citations)


@dataclass(frozen=True)
class Refused:
    """A sentence of the server that is left out, and the reason."""

    text: str
    why: str


class Sentences:
    """Cuts a text that comes in pieces into the sentences of the whole. `rest` is what follows the
    last one that is complete for certain."""

    def __init__(self) -> None:
        self.rest = ""

    def add(self, piece: str) -> Iterator[str]:
        """The sentences that are complete now: what follows them has begun."""
        text, start = self.rest + piece, 0
        for end in _BETWEEN.finditer(text):
            if end.end() < len(text):
                yield text[start : end.start()].strip()
                start = end.end()
        self.rest = text[start:]


class Judge:
    """Keeps or refuses the sentences of one answer: the `statements` and the `refused` so far."""

    def __init__(self, found: Context, least: float) -> None:
        """`least`: share of a sentence's words that the passages it cites must hold."""
        self.statements: list[Statement] = []
        self.refused: list[Refused] = []
        self._texts = {one.number: f"{one.citation}\n{one.text}" for one in found.passages}
        self._least = least
        self._says_unknown = False

    def judged(self, sentence: str) -> Iterator[Statement | Refused]:
        """What is made of a sentence; nothing of one that only says that there is no answer."""
        if not sentence.strip(" .*-"):
            return
        if UNKNOWN.lower() in sentence.lower():
            self._says_unknown = True
            return
        cited = _numbers(sentence)
        bare = " ".join(_CITED.sub("", sentence).split())
        why = self._wrong(bare, cited)
        if why is None:
            self.statements.append(Statement(bare, cited))
            yield self.statements[-1]
        else:
            yield self.leave_out(bare, why)

    def leave_out(self, sentence: str, why: str) -> Refused:
        self.refused.append(Refused(sentence, why))
        return self.refused[-1]

    def _wrong(self, sentence: str, cited: list[int]) -> str | None:
        if not cited:
            return "it cites no passage"
        if not self._texts.keys() >= set(cited):
            return "a passage that is none"
        words = weighty(sentence)
        share = Words([self._texts[number] for number in cited]).share(words)
        is_borne_out = bool(words) and share >= self._least
        return None if is_borne_out else f"the passages hold {share:.0%} of its words"

    @property
    def why(self) -> str | None:
        """What is to be said of the answer as a whole; None if it is one."""
        if self.statements:
            return "The passages do not answer all of it." if self._says_unknown else None
        if self.refused and not self._says_unknown:
            return "No sentence of the answer is borne out by what it cites."
        return "The passages do not answer it."


def _numbers(sentence: str) -> list[int]:
    listed = [int(n) for group in _CITED.findall(sentence) for n in group.split(",")]
    return list(dict.fromkeys(listed))
