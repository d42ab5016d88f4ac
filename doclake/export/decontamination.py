"""Leaves out what repeats a text of an evaluation set, by which a model would be judged later.

A row is left out if it shares a run of 13 words with one of them, letter case, width, punctuation
and blanks aside: T. Brown et al., "Language models are few-shot learners" (2020), appendix C, who
take 13 words at most. Korean, Chinese and Japanese are compared by letters, since their words
change their ends and their blanks move: a letter counts as a third of a word, so a run is 39
letters, or any mixture of as much. An evaluation text of 8 words up to that is looked for as a
whole, as there; a shorter one says too little, and is only counted.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doclake.errors import ExportRefused, SettingsError
from doclake.errors.foreign import in_words
from doclake.evaluate import questions

WORD, LETTER = 3, 1
RUN, SHORTEST = 13 * WORD, 8 * WORD
FIELDS = ("text", "question", "query", "prompt", "context", "passage", "document", "answer")
"""Of a line of JSON; each that is a text is taken."""
_LETTERS = r"\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_UNITS = re.compile(rf"[{_LETTERS}]|[^\W_{_LETTERS}]+")
_IS_LETTER = re.compile(rf"[{_LETTERS}]")


@dataclass(frozen=True)
class EvaluationSet:
    """A file as it was asked for, with what it holds. `too_short` texts are not looked for."""

    path: str
    sha256: str
    texts: int
    too_short: int


@dataclass
class Runs:
    """The runs of all evaluation texts. Answers are kept nowhere."""

    _whole: set[tuple[str, ...]] = field(default_factory=set)
    _known: set[str] = field(default_factory=set)
    _lengths: set[int] = field(default_factory=set)

    def add(self, text: str) -> bool:
        """False if it is too short."""
        words = units(text)
        if sum(map(_weight, words)) < SHORTEST:
            return False
        found = list(_runs(words)) or [tuple(words)]
        self._whole |= set(found)
        self._lengths |= {len(run) for run in found}
        self._known |= {word for run in found for word in run}
        return True

    def are_in(self, text: str) -> bool:
        """Whether a text holds one of them."""
        return any(self._are_in(words) for words in self._stretches(units(text)))

    def _stretches(self, words: Sequence[str]) -> Iterator[Sequence[str]]:
        """Words one after the other that all stand in evaluation texts: elsewhere is no run."""
        start = 0
        for place, word in enumerate([*words, ""]):
            if word not in self._known:
                if place > start:
                    yield words[start:place]
                start = place + 1

    def _are_in(self, words: Sequence[str]) -> bool:
        return any(
            tuple(words[start : start + length]) in self._whole
            for length in self._lengths
            for start in range(len(words) - length + 1)
        )


def units(text: str) -> list[str]:
    """Words, and single letters of scripts that are compared by them."""
    return _UNITS.findall(unicodedata.normalize("NFKC", text).casefold())


def _weight(unit: str) -> int:
    return LETTER if _IS_LETTER.match(unit) else WORD


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """From each word on the shortest run that weighs enough."""
    end, weight = 0, 0
    for start in range(len(words)):
        while weight < RUN and end < len(words):
            weight += _weight(words[end])
            end += 1
        if weight < RUN:
            return
        yield tuple(words[start:end])
        weight -= _weight(words[start])


def read(files: Iterable[tuple[str, Path]]) -> tuple[Runs, list[EvaluationSet]]:
    """The runs of all files, each by the name that it was asked for by. Raises `ExportRefused` for
    one that cannot be read, holds no text, or is of another shape."""
    runs, sets = Runs(), []
    for name, path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise _wrong(name, in_words(error, name)) from None
        texts = list(_texts(name, path, content))
        if not texts:
            raise _wrong(name, "it holds no text")
        too_short = sum(not runs.add(text) for text in texts)
        digest = hashlib.sha256(content).hexdigest()
        sets.append(EvaluationSet(name, digest, len(texts), too_short))
    return runs, sets


def _texts(name: str, path: Path, content: bytes) -> Iterator[str]:
    """Of JSON Lines, or of golden questions in YAML."""
    if path.suffix.lower() in (".yaml", ".yml"):
        try:
            for one in questions.parsed("of_evaluation", path, content):
                yield from (text for text in (one.text, one.holds) if text)
        except SettingsError as error:
            raise _wrong(name, error.message.rstrip(".")) from None
        return
    try:
        rows = content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise _wrong(name, "it is no UTF-8") from None
    for number, line in enumerate(rows, 1):
        if line.strip():
            yield from _of_line(name, number, line)


def _of_line(name: str, number: int, line: str) -> list[str]:
    expected = f"an object with one of {', '.join(FIELDS)}"
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise _wrong(name, f"line {number} is no JSON; expected: {expected}") from None
    texts = (
        [row[key] for key in FIELDS if isinstance(row.get(key), str)]
        if isinstance(row, dict)
        else []
    )
    if not any(text.strip() for text in texts):
        raise _wrong(name, f"line {number} has no text; expected: {expected}")
    return texts


def _wrong(name: str, why: str) -> ExportRefused:
    return ExportRefused(
        f"The evaluation set {name} cannot be used: {why}.",
        mend="Give JSON Lines, or golden questions in YAML (docs/retrieval.md).",
        problems=[("decontaminate", name, "JSON Lines or golden questions")],
    )
