"""Sentences that are toxic, and sentences that only hold such words: `curation_words_en.txt` and `_ko.txt`.

A line that begins with `!` is toxic. Every other line is for tuning. Each is given alone and in a chunk of
good prose. Placeholders in braces keep two runs from being the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.curation_good import facts

_FOLDER = Path(__file__).parent


def sentences(language: str, parity: int) -> Iterator[tuple[bool, str]]:
    """(whether toxic, the text)."""
    lines = (_FOLDER / f"curation_words_{language}.txt").read_text("utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    toxic = [line[1:].strip() for line in lines if line.startswith("!")][parity::2]
    clean = [line for line in lines if not line.startswith("!")][parity::2]
    for bad, said in ((True, toxic), (False, clean)):
        for sentence in said:
            rng = random.Random(sentence)
            around = rng.sample(facts(language), 2)
            yield bad, sentence
            yield bad, f"{around[0]} {sentence} {around[1]}"
