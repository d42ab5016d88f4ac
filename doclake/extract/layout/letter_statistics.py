"""Do the letters of a text layer make words of some language, or is its map from glyphs to letters
broken? Told by statistics alone."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Iterator

_ENOUGH = 200  # letters: fewer tell nothing
_LETTERS = "etaoinsrhldcumfpgwybvkxjqz"
_COUNTED = "127 91 82 75 70 67 63 60 61 40 43 28 28 24 22 19 20 14 16 15 10 8 2 3 1 4"
_SHARES = [int(share) for share in _COUNTED.split()]
"""How often each of them stands among 1,000 letters of English (Lewand, Cryptological
Mathematics). Other languages in Latin letters are alike."""
_LIKE = 0.35  # least correlation with these: in languages over .6, of letters exchanged about 0
_LONG = 20  # letters of a usual word: longer ones are keys and dumps of bytes
_LATIN = re.compile("[a-z]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MIXED = 0.2  # share of the words in letters of two scripts that no language mixes
_RARE_SYLLABLES = 0.15  # share of the Hangul that KS X 1001, 2,350 syllables, lacks
_KNOWN = 2  # bytes of one of them in EUC-KR
_SIGNS = 0.4  # share of the signs that are neither letter, digit nor usual mark
_MARKS = frozenset(".,:;-–—_()[]'\"“”‘’·•…=|/%+*<>")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "ARMENIAN", "THAI", "DEVANAGARI")
_EAST_ASIAN = ("HANGUL", "CJK", "HIRAGANA", "KATAKANA")


def make_no_words(text: str) -> bool:
    """Are these letters those of no language?"""
    if len(text) < _ENOUGH:
        return False
    return _is_odd_latin(text) or _mixes_scripts(text) or _is_odd_hangul(text) or _is_signs(text)


def _is_odd_latin(text: str) -> bool:
    lower = text.lower()
    if not lower.isascii():
        lower = unicodedata.normalize("NFD", lower)
    latin = _LATIN.findall(lower)
    if 2 * sum(map(len, latin)) < sum(map(str.isalpha, lower)):
        return False
    counts = Counter("".join({*latin}))  # a word that is repeated tells no more than once
    if counts.total() < _ENOUGH or counts.total() > _LONG * len({*latin}):
        return False
    found = [counts[letter] for letter in _LETTERS]
    return statistics.correlation(found, _SHARES) < _LIKE


def _mixes_scripts(text: str) -> bool:
    if text.isascii():
        return False
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    mixed = sum(len({*_scripts(word)}) > 1 for word in words)
    return len(words) * 4 > _ENOUGH and mixed > _MIXED * len(words)


def _scripts(word: str) -> Iterator[str]:
    """The scripts of a word. Those of East Asia count as one, and mix with Latin."""
    east_asian = False
    for letter in word:
        name = unicodedata.name(letter, "").partition(" ")[0]
        if name in _EAST_ASIAN:
            east_asian = True
        elif name in _SCRIPTS:
            yield name
    if east_asian:
        yield "LATIN"


def _is_odd_hangul(text: str) -> bool:
    hangul = [letter for letter in text if "가" <= letter <= "힣"]
    if len(hangul) < _ENOUGH:
        return False
    known = sum(len(letter.encode("euc_kr")) == _KNOWN for letter in hangul)
    return known < (1 - _RARE_SYLLABLES) * len(hangul)


def _is_signs(text: str) -> bool:
    signs = [letter for letter in text if not letter.isspace() and letter not in _MARKS]
    letters = sum(map(str.isalnum, signs))
    return len(signs) > _ENOUGH and letters < (1 - _SIGNS) * len(signs)
