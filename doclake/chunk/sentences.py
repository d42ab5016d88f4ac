"""Where sentences end: Kiwi for Korean, Wikimedia's sentencex for everything else.

Spans are contiguous and cover the text: nothing is lost at a border.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

Span = tuple[int, int]

_HANGUL = re.compile("[\uac00-\ud7a3]")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\s*[(\[]?(\d{1,3}|[가-하]|[a-zA-Z])[.)\]]{1,2}\s*")
_KIWI_LIMIT = 100_000
"""Characters. Kiwi reads some 60,000 a second; a longer paragraph is data, not prose."""


def sentence_spans(text: str, language: str | None = None) -> list[Span]:
    """(start, end) of each sentence in characters; white space belongs to the one before it."""
    korean = len(text) <= _KIWI_LIMIT and _is_korean(text)
    starts = _korean(text) if korean else _other(text, language or "en")
    spans = zip(starts, [*starts[1:], len(text)], strict=True)
    return _with_numbers_joined(text, spans)


def _with_numbers_joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """The number of a list item belongs to the sentence after it."""
    joined: list[Span] = []
    open_start: int | None = None
    for start, end in spans:
        first = start if open_start is None else open_start
        open_start = None
        if end < len(text) and _NUMBER.fullmatch(text, first, end):
            open_start = first
        else:
            joined.append((first, end))
    return joined


def _other(text: str, language: str) -> list[int]:
    import sentencex

    starts, at = [], 0
    for sentence in sentencex.segment(language, text):
        # Its lengths don't add up: beyond some 10,000 characters sentencex drops line breaks.
        start = text.find(sentence, at)
        if start < 0:
            break
        starts.append(start)
        at = start + len(sentence)
    return [0, *starts[1:]]


def _is_korean(text: str) -> bool:
    hangul = len(_HANGUL.findall(text))
    return hangul > 0 and hangul * 3 >= len(_LETTER.findall(text))


def _korean(text: str) -> list[int]:
    sentences = _kiwi().split_into_sents(text)
    return [0, *(sentence.start for sentence in sentences[1:])]


@lru_cache(maxsize=1)
def _kiwi() -> Any:
    """One per process: it takes a second to load, so only Korean that must be cut pays for it."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)
