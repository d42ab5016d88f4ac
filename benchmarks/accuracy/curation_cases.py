"""Labelled chunks in English and Korean by which the steps of curation are judged.

Rules were chosen on the half `tuning`. `measuring` has other patterns; nobody looked at what is found in
them while rules were chosen. Each pattern is filled several times, the same way each time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from benchmarks.accuracy import (
    curation_broken,
    curation_good,
    curation_mails,
    curation_pages,
    curation_words,
)

HALVES = ("tuning", "measuring")
LANGUAGES = {"English": "en", "Korean": "ko"}
Pattern = Callable[[random.Random, str], str]
"""Makes a text in a language, `en` or `ko`."""

_FILLS = 8


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
    parity = HALVES.index(half)
    if step == "toxicity":
        for bad, said in curation_words.sentences(code, parity):
            yield Case(said, bad, said)
        return
    bad_ones = {
        "heuristics": curation_broken.PATTERNS,
        "boilerplate": curation_pages.PATTERNS,
        "quoted_mail": curation_mails.PATTERNS,
    }[step]
    good_ones = {
        "heuristics": curation_good.PATTERNS,
        "boilerplate": [*curation_pages.GOOD, *curation_good.PATTERNS],
        "quoted_mail": [*curation_mails.GOOD, *curation_good.PATTERNS],
    }[step]
    for bad, patterns in ((True, bad_ones), (False, good_ones)):
        for pattern in patterns[parity::2]:
            for fill in range(_FILLS):
                rng = random.Random(f"{step} {pattern.__name__} {language} {fill}")
                made = pattern(rng, code)
                if isinstance(made, str):
                    yield Case(made, bad, pattern.__name__)
                elif made:
                    yield Case(bad=bad, pattern=pattern.__name__, **made)
