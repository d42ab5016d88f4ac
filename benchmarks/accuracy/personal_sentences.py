"""Labelled sentences in English and Korean that hold personal data, or numbers that look like it.

Rules were chosen on the sentences of `tuning`. `measuring` has others; nobody looked at what is
found in them while rules were chosen. A name in braces is a made value: of a kind, which is to be
found, or of `OTHERS`, which is not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.accuracy import personal_measuring, personal_tuning
from benchmarks.accuracy.personal_values import KINDS, OTHERS

SETS = {"tuning": personal_tuning, "measuring": personal_measuring}
_NAME = re.compile(r"\{(\w+)\}")
_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
_ODDLY = 0.15  # share of values that are written oddly


@dataclass(frozen=True)
class Sentence:
    """`values` are kind, start and end of what is to be found."""

    text: str
    values: tuple[tuple[str, int, int], ...]


def sentences(name: str, language: str, number: int = 2_000) -> Iterator[Sentence]:
    """So many sentences of a set, the same ones each time."""
    rng = random.Random(f"{name} {language}")
    lines = getattr(SETS[name], language.upper()).strip().splitlines()
    wording = [line.replace("\\n", "\n") for line in lines]
    for count in range(number):
        yield _filled(wording[count % len(wording)], rng)


def _filled(wording: str, rng: random.Random) -> Sentence:
    text, values, at = "", [], 0
    for match in _NAME.finditer(wording):
        text += wording[at : match.start()]
        kind = match[1]
        value = KINDS[kind](rng) if kind in KINDS else OTHERS[kind](rng)
        if kind in KINDS:
            value = _oddly(kind, value, rng) if rng.random() < _ODDLY else value
            values.append((kind, len(text), len(text) + len(value)))
        text += value
        at = match.end()
    return Sentence(text + wording[at:], tuple(values))


def _oddly(kind: str, value: str, rng: random.Random) -> str:
    """With full-width digits, other dashes and blanks, a sign without width, or on two lines."""
    middle = len(value) // 2
    if kind in ("ip_address", "mac_address", "iban", "passport"):
        return f"{value[:middle]}\u200b{value[middle:]}"
    if kind == "email":
        return value.replace("@", rng.choice(("＠", "@\n", "\u200b@")))
    return rng.choice(
        (
            value.translate(_WIDE),
            value.replace("-", "\u2013").replace(" ", "\u00a0"),
            f"{value[:middle]}\u200b{value[middle:]}",
            value.replace("-", "-\n", 1),
        )
    )
