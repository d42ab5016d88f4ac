"""Whether two statements say the same, or one contradicts the other. Words decide, not vectors: to
these, "at three" and "at four" are next to each other.

Same are statements that differ only in words without which nothing else is said, and in endings.
What differs in one place alone is proposed as a contradiction, for people or a model to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from doclake.memory.remembering import plain

_WORD = re.compile(r"[\w'’%$€₩]+(?:[.,:/-]\d+)*")
_LIGHT = frozenset(("a", "an", "the", "is", "are", "be", "been", "being", "that", "to", "please"))
_NEGATIONS = frozenset(
    ("no", "not", "never", "none", "nobody", "nothing", "neither", "nor", "cannot", "without")
)
_KOREAN_NEGATION = re.compile(r"^(안|못)$|않|아니|없|말아|말고|그만")
_PARTICLE = re.compile(r"(?<=[가-힣]{2})(은|는|이|가|을|를|께서)$")
_ENDING = re.compile(r"(?<=[a-z]{3})(ing|es|s)$")
_MOST_DIFFERENT = 2  # words on each side of the one place
_LEAST_SHARED = 0.5  # of the words of the longer statement


def words(text: str) -> list[str]:
    """In order, without letter case and marks."""
    return _WORD.findall(plain(text))


def meaning(text: str) -> tuple[str, ...]:
    """Equal for statements that say the same. A number, a tense, a negation or any other word that
    carries meaning makes it another, and so does another order."""
    return tuple(_content(words(text)))


def may_contradict(one: str, other: str) -> bool:
    """Whether they differ in one place alone: in a negation, a number or a few words."""
    first, second = words(one), words(other)
    if meaning(one) == meaning(other):
        return False
    if _is_negated(first) != _is_negated(second):
        return _shared(_positive(first), _positive(second)) >= _LEAST_SHARED
    changes = list(_changes(first, second))
    if len(changes) != 1 or _shared(first, second) < _LEAST_SHARED:
        return False
    ((left, right),) = changes
    return 0 < left <= _MOST_DIFFERENT and 0 < right <= _MOST_DIFFERENT


def _content(found: Iterable[str]) -> Iterator[str]:
    for word in found:
        if word not in _LIGHT:
            yield _ENDING.sub("", _PARTICLE.sub("", word))


def _is_negated(found: list[str]) -> bool:
    return sum(map(_negates, found)) % 2 == 1


def _negates(word: str) -> bool:
    is_short = word.endswith(("n't", "n’t"))
    return is_short or word in _NEGATIONS or bool(_KOREAN_NEGATION.search(word))


def _positive(found: list[str]) -> list[str]:
    helpers = {"do", "does", "did", "any", "longer", "more"}
    kept = [word for word in found if not _negates(word) and word not in helpers]
    return list(_content(kept))


def _changes(first: list[str], second: list[str]) -> Iterator[tuple[int, int]]:
    """How many words stand on each side of each place where they differ."""
    first, second = list(_content(first)), list(_content(second))
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if kind != "equal":
            yield b - a, d - c


def _shared(first: list[str], second: list[str]) -> float:
    first, second = list(_content(first)), list(_content(second))
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(len(first), len(second), 1)
