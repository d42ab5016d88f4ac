"""Headings whose letters are set apart, `H A R B O U R`, are put together to words again."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

_SPACED_OUT = re.compile(r"\s*(?:[^\W\d_]\s+){3,}[^\W\d_][.:!?]?\s*(?:\s[^\W\d_]\s*)*")
_HANGUL = re.compile("[가-힣]")
_WIDEST = 1.3  # text sizes of white within a word: further apart are the marks of a scale
_WORD = 0.25  # text sizes, beyond the white between letters, between two words
_SYLLABLES = 0.5  # text sizes of white between syllables that are no words of their own


def are_any(texts: Iterable[str]) -> bool:
    """Is one of the lines set letter by letter?"""
    return any(" " in text and _SPACED_OUT.fullmatch(text) for text in texts)


def close(lines: Iterable[dict[str, Any]]) -> None:
    """Take the spaces between the letters of a word out of the `chars` and the `text` of the spans
    of raw lines. Only lines that are set letter by letter change."""
    for line in lines:
        if are_any(["".join([span["text"] for span in line["spans"]])]) and _is_level(line):
            _close(line["spans"])


def _is_level(line: dict[str, Any]) -> bool:
    return bool(line["dir"][0] > 0.99 and not line["wmode"])


def _close(spans: Sequence[dict[str, Any]]) -> None:
    letters = [char for span in spans for char in span["chars"] if not char["c"].isspace()]
    whites = [after["bbox"][0] - char["bbox"][2] for char, after in pairwise(letters)]
    size = spans[0]["size"] or 1.0
    between = statistics.median_low(whites)
    if not 0 < between < _WIDEST * size:
        return
    if _HANGUL.match(letters[0]["c"]) and between < _SYLLABLES * size:
        return
    ends = {
        id(char)
        for char, white in zip(letters, whites, strict=False)
        if white > between + _WORD * size
    }
    for span in spans:
        span["chars"] = [
            part
            for char in span["chars"]
            if not char["c"].isspace()
            for part in ([char, {"c": " ", "bbox": char["bbox"]}] if id(char) in ends else [char])
        ]
        span["text"] = "".join([char["c"] for char in span["chars"]])
