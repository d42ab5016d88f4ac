"""Words without which an expression cannot match.

Most texts hold no order, and to look for every concept in each takes long. What a match must
contain is derived from the expression itself, as prefilters of RE2 are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")  # there is no public way to read an expression
_REPEATED = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_MOST = 60  # more words take longer to look for than the expression
_SHORT = "ai"  # as a word of its own; as letters within others it tells nothing
_IS_SHORT = re.compile(rf"(?<![a-z]){_SHORT}(?![a-z])")


class Gated:
    """An expression that is tried only on texts that can match it. `shortest` is the least length
    of a word that tells texts apart."""

    def __init__(self, pattern: re.Pattern[str], shortest: int) -> None:
        words = _of_sequence(_parser.parse(pattern.pattern), shortest)
        self.words = (
            tuple(sorted(words - {_SHORT}, key=len)) if words and len(words) <= _MOST else ()
        )
        self.has_short = words is not None and _SHORT in words
        self.search = pattern.search

    def is_in(self, text: str) -> bool:
        """Whether it matches somewhere."""
        if (
            self.words
            and not any(word in text for word in self.words)
            and not (self.has_short and _IS_SHORT.search(text))
        ):
            return False
        return self.search(text) is not None


def _of_sequence(nodes: Any, shortest: int) -> set[str] | None:
    """Words of which every match has one: the set whose shortest is the longest."""
    told = [
        words
        for words in _candidates(nodes, shortest)
        if all(len(word) >= shortest for word in words)
    ]
    return max(told, key=lambda words: (min(map(len, words)), -len(words)), default=None)


def _candidates(nodes: Any, shortest: int) -> Iterator[set[str]]:
    run = ""
    for kind, value in nodes:
        if str(kind) == "LITERAL":
            run += chr(value)
            continue
        if run:
            yield {run}
        run = ""
        inner = _of_node(str(kind), value, shortest)
        if inner:
            yield inner
    if run:
        yield {run}


def _of_node(kind: str, value: Any, shortest: int) -> set[str] | None:
    if kind == "SUBPATTERN":
        return _of_sequence(value[3], shortest)
    if kind == "BRANCH":
        return _of_branches([_of_sequence(branch, shortest) for branch in value[1]])
    if kind in _REPEATED and value[0] > 0:
        return _of_sequence(value[2], shortest)
    return None


def _of_branches(branches: Sequence[set[str] | None]) -> set[str] | None:
    words: set[str] = set()
    for branch in branches:
        if branch is None:
            return None
        words |= branch
    return words
