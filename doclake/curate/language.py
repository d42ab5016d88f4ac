"""Chunks in a language that nobody expects, or in none that can be told.

By `doclake.language`, which extraction uses as well: by script where that decides (Hangul, kana,
Han), else by fastText's lid.176 (Joulin et al. 2016, arXiv:1607.01759). The share of a second
script is a rule of our own; so are letters of two alphabets in one word, after Unicode UTS 39.

A short text says nothing of its language: a heading, a row, a name. It gets no flag. Korean with
English terms, and English with Korean ones, is one text in two scripts: where both languages are
expected it gets none either.
"""

from __future__ import annotations

import re
from collections import Counter

import pyarrow as pa

from doclake import language as detector
from doclake.curate import base
from doclake.curate.base import FINE, Signal, Step
from doclake.settings.curation import LanguageSettings

_ENOUGH = 40  # letters: a guess about fewer is none to act on
_SAMPLE = 2_000  # characters
_UNDETERMINED = 0.3  # surer than that, the model knows it for prose of some language
_PROSE = 0.6  # of the characters, letters: less is a table or code, whose language nobody can tell
_SCRIPTS = {
    "Latin": re.compile("[A-Za-z\u00c0-\u024f]"),
    "Hangul": re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]"),
    "Kana": re.compile("[\u3041-\u30ff]"),
    "Han": re.compile("[\u4e00-\u9fff]"),
    "Cyrillic": re.compile("[\u0400-\u052f]"),
    "Greek": re.compile("[\u0370-\u03ff]"),
    "Arabic": re.compile("[\u0600-\u06ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "Devanagari": re.compile("[\u0900-\u097f]"),
}
_WRITTEN = {
    "ko": {"Hangul", "Han", "Latin"},
    "ja": {"Kana", "Han", "Latin"},
    "zh": {"Han", "Latin"},
    **{code: {"Cyrillic", "Latin"} for code in ("ru", "uk", "bg", "sr", "mk", "be")},
    "el": {"Greek", "Latin"},
    **{code: {"Arabic", "Latin"} for code in ("ar", "fa", "ur")},
    **{code: {"Hebrew", "Latin"} for code in ("he", "yi")},
    "th": {"Thai", "Latin"},
    **{code: {"Devanagari", "Latin"} for code in ("hi", "mr", "ne")},
}
_CONFUSED = re.compile(
    "[A-Za-z][\u0400-\u04ff\u0391-\u03c9]|[\u0400-\u04ff][A-Za-z]|[\u0391-\u03c9][A-Za-z]{2}"
)


class Language(Step):
    """Flags: `unexpected_language`, scored by how sure the model is; `mixed_scripts`, by the share
    of scripts that no expected language has, or 1 where words mix alphabets; `undetermined`, by how
    unsure the model is."""

    name = "language"
    version = 1
    needs = ("text", "language")
    settings = LanguageSettings

    def __init__(self, settings: LanguageSettings) -> None:
        self._settings = settings
        self._written: set[str] = set()
        for code in settings.expected:
            self._written |= _WRITTEN.get(code, {"Latin"})

    def judge(self, chunks: pa.Table) -> pa.Table:
        return base.table(self._signal(*row) for row in base.rows(chunks, self.needs))

    def _signal(self, text: str, given: str | None) -> Signal:
        sample = text[:_SAMPLE]
        letters = sum(map(str.isalpha, sample))
        if letters < _ENOUGH:
            return FINE
        scores = {"mixed_scripts": self._mixed(sample)}
        if letters >= _PROSE * len("".join(sample.split())):
            scores |= self._of_prose(sample, given)
        flags = tuple(sorted(flag for flag, score in scores.items() if score))
        return Signal(max(scores.values()), flags)

    def _of_prose(self, sample: str, given: str | None) -> dict[str, float]:
        code, sure = detector.guess(sample)
        expected = self._settings.expected
        unexpected = bool(expected) and code not in expected and given not in expected
        unknown = given is None and sure < _UNDETERMINED and "\t" not in sample
        return {
            "unexpected_language": sure if unexpected and sure >= self._settings.sure else 0.0,
            "undetermined": 1 - sure if unknown else 0.0,
        }

    def _mixed(self, sample: str) -> float:
        if sample.isascii():
            return 0.0
        if len(_CONFUSED.findall(sample)) * 20 > len(sample.split()):
            return 1.0
        counts = Counter({name: len(of.findall(sample)) for name, of in _SCRIPTS.items()})
        foreign = sum(number for name, number in counts.items() if name not in self._written)
        share = foreign / max(counts.total(), 1)
        mixed = self._settings.share <= share <= 1 - self._settings.share
        return share if self._written and mixed else 0.0
