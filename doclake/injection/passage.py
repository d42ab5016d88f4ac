"""Suspicion of a passage with what a prompt shows beside it: its headings and its path."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from doclake.injection.model import Suspicion, of_weights, worst

HIDDEN = "hidden_text"
_OF_HIDDEN = 0.5


def judge_passage(
    text: str, section: Sequence[str] = (), path: str = "", *, is_hidden: bool = False
) -> Suspicion:
    """`is_hidden`: no reader of its document sees all of it. That is a reason by itself and makes
    every other one weigh more."""
    found = worst([_judged(text), *(_again(line) for line in (*section, path) if line)])
    if not is_hidden:
        return found
    both = of_weights({"": found.score, HIDDEN: _OF_HIDDEN}).score
    return Suspicion(both, tuple(dict.fromkeys((*found.reasons, HIDDEN))))


@lru_cache(maxsize=1_000)
def _again(line: str) -> Suspicion:
    """Of a heading or a path, which many passages share. The words of a path have no blanks."""
    return _judged(line.replace("_", " ").replace("-", " ").replace("/", " "))


def _judged(text: str) -> Suspicion:
    from doclake.injection.detector import judge  # to compile its expressions takes a tenth second

    return judge(text)
