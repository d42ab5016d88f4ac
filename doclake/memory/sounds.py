"""Names by their sound, for those that stand in Latin letters here and in Hangul there.

Of a name its consonants are kept, as Soundex (Russell, 1918) does: those that one script does not
tell apart are one, and vowels fall away, and what Korean leaves out of foreign names. So 김민지 is
like Kim Minji, and 에마 휴스 like Emma Hughes; names spelt as in French or Hungarian often have no
key in common. A key finds candidates: that it names a subject, the subject's memories must show.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LEAST = 3  # consonants: fewer tell nobody
_WORDS, _SYLLABLES = 3, 8  # of a name, and of a word of it, at most
_HANGUL, _LATIN = re.compile("[가-힣]+"), re.compile("[a-z]+")
_IN_LATIN, _IN_HANGUL = "0", "1"  # end a key: no word looks so, and no stemmer shortens it
_SPELT = [
    (re.compile(letters), sound)
    for letters, sound in (
        (r"([a-z])\1", r"\1"),
        ("sch|sh", "S"),
        ("t?ch", "C"),
        ("ph|[bfv]", "P"),
        ("(?<=[^n])gh", ""),
        ("dt|th|d", "T"),
        ("ck|q", "K"),
        ("x", "KS"),
        ("c(?=[eiy])", "S"),
        ("[rh](?![aeiouwy])", ""),
        ("[jz]", "C"),
        ("[cgk]", "K"),
        ("[lr]", "L"),
        ("[aeiouwy]", ""),
    )
]
_DOUBLED = re.compile(r"(.)\1")
_INITIALS = ("K", "K", "N", "T", "T", "L", "M", "P", "P", "S", "S", "", *"CCCKTPH")
_FINALS = ("", *"KKKNNNTLKMLLLPLMPPTT", "NK", *"TTKTP", "")
_YI = frozenset((2, 3, 6, 7, 12, 17, 20))
"""Vowels before which Koreans write no L that others do: 이 is Lee, 유 is Ryu."""


def of_name(name: str) -> list[str]:
    """Keys of a name, to be found by: of each of its words, and of all in both orders."""
    latin, hangul = _words(name)
    heard = [*_joined([*map(_hangul, hangul)]), *_joined([*map(_with_l, hangul)])]
    return _keys(_joined([*map(_latin, latin)]), _IN_LATIN) + _keys(heard, _IN_HANGUL)


def of_question(text: str) -> list[str]:
    """Keys of whatever in a text may be a name that memories spell in the other script."""
    latin, hangul = _words(text)
    spelt = (key for words in _windows(latin) for key in _joined([*map(_latin, words)]))
    heard = (
        key
        for words in _windows(hangul)
        for name in _without_endings(words)
        for key in _heard(name)
    )
    return _keys(heard, _IN_LATIN) + _keys(spelt, _IN_HANGUL)


def _keys(sounds: Iterable[str], script: str) -> list[str]:
    return [f"{sound}{script}" for sound in dict.fromkeys(sounds) if len(sound) >= _LEAST]


def _words(text: str) -> tuple[list[str], list[str]]:
    """In Latin letters, without accents, and in Hangul."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    apart = unicodedata.normalize("NFD", plain)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return _LATIN.findall(bare), _HANGUL.findall(plain)


def _windows(words: list[str]) -> Iterator[list[str]]:
    for start in range(len(words)):
        for end in range(start + 1, min(start + _WORDS, len(words)) + 1):
            yield words[start:end]


def _joined(sounds: list[str]) -> Iterator[str]:
    """The family's name is the first of all in Korea, and the last elsewhere."""
    yield from sounds
    yield "".join(sounds)
    yield "".join(reversed(sounds))


def _without_endings(words: list[str]) -> Iterator[list[str]]:
    """All words, the last one shortened in each way; of one word, each part of it."""
    *before, last = words
    for start in range(1 if before else len(last)):
        for end in range(start + 1, min(start + _SYLLABLES, len(last)) + 1):
            yield [*before, last[start:end]]


def _heard(name: list[str]) -> Iterator[str]:
    first, *rest = name
    sounds = "".join(map(_hangul, rest))
    for key in (_hangul(first) + sounds, _with_l(first) + sounds):
        yield from (key, _DOUBLED.sub(r"\1", key))


def _latin(word: str) -> str:
    for letters, sound in _SPELT:
        word = letters.sub(sound, word)
    return word.upper()


def _hangul(word: str) -> str:
    sounds, before = "", 0
    for place, syllable in enumerate(word):
        initial, _, final = _jamo(syllable)
        if place and syllable == "르":  # an R that others do not hear
            continue
        sounds = sounds.removesuffix("L") if before == 8 and initial == 5 else sounds  # LL is one
        sounds += _INITIALS[initial] + _FINALS[final]
        before = final
    return sounds


def _with_l(word: str) -> str:
    initial, vowel, _ = _jamo(word[0])
    is_dropped = not _INITIALS[initial] and vowel in _YI
    return ("L" if is_dropped else "") + _hangul(word)


def _jamo(syllable: str) -> tuple[int, int, int]:
    """Numbers of its initial, vowel and final, as Unicode composes syllables of Hangul."""
    number = ord(syllable) - ord("가")
    return number // 588, number % 588 // 28, number % 28
