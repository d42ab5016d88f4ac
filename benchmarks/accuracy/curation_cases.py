"""Labelled chunks in English and Korean by which the steps of curation are judged.

Rules were chosen on the half `tuning`. `measuring` has other patterns; nobody looked at what is
found in them while rules were chosen. Each pattern is filled several times, the same way each time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.accuracy import (
    curation_broken,
    curation_good,
    curation_held_out,
    curation_mails,
    curation_more,
    curation_pages,
    curation_words,
)

HALVES = ("tuning", "measuring")
LANGUAGES = {"English": "en", "Korean": "ko"}
Pattern = Callable[[random.Random, str], Any]
"""Makes a text in a language, `en` or `ko`; or the fields of a `Case`."""

_FILLS = {"tuning": 4, "measuring": 12}


@dataclass(frozen=True)
class Case:
    """A chunk; `bad`: a step is to flag it. `before`: chunks of its document that stand above."""

    text: str
    bad: bool
    pattern: str
    before: tuple[str, ...] = ()
    media_type: str = "text/plain"
    title: str | None = None


def cases(step: str, language: str, half: str) -> Iterator[Case]:
    """Those of a step in `en` or `ko`."""
    code = LANGUAGES[language]
    if step == "toxicity":
        for bad, said in curation_words.sentences(code, half):
            yield Case(said, bad, said)
        return
    for bad in (True, False):
        for pattern in _patterns(step, half, bad):
            for fill in range(_FILLS[half]):
                rng = random.Random(f"{step} {pattern.__name__} {language} {fill}")
                made = pattern(rng, code)
                if isinstance(made, str):
                    yield Case(made, bad, pattern.__name__)
                else:
                    yield Case(bad=bad, pattern=pattern.__name__, **made)


def _patterns(step: str, half: str, bad: bool) -> list[Pattern]:
    if half == "measuring":
        return list((curation_held_out.BAD if bad else curation_held_out.GOOD)[step])
    more = (curation_more.BAD if bad else curation_more.GOOD)[step]
    if step == "heuristics":
        return [*more, *(curation_broken.PATTERNS if bad else curation_good.PATTERNS)]
    module = curation_pages if step == "boilerplate" else curation_mails
    return [*more, *(module.PATTERNS if bad else [*module.GOOD, *curation_good.PATTERNS])]
