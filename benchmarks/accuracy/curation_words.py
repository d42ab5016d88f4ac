"""Sentences that are toxic, and sentences that only hold such words: `curation_words_*.txt`.

A line that begins with `!` is toxic. Each is given alone and in a chunk of good prose.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.accuracy.curation_good import facts


def sentences(language: str, half: str) -> Iterator[tuple[bool, str]]:
    """(whether toxic, the text)."""
    file = Path(__file__).with_name(f"curation_words_{language}_{half}.txt")
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            bad, sentence = line.startswith("!"), line.removeprefix("!").strip()
            around = random.Random(sentence).sample(facts(language), 2)
            yield bad, sentence
            yield bad, f"{around[0]} {sentence} {around[1]}"
