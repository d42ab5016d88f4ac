"""Words that no reader could say: what bad OCR and a wrong charset leave behind."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

_EDGES = "\"'“”‘’()[]{}<>«»‹›「」『』《》〈〉【】.,;:!?…·•*/-–—~"
_LONGEST = 60  # letters: longer ones are no word that was read wrongly
_SINGLE = frozenset("|\\~^_¬¦°`´¨¸¯¤§¶«»¿¡=+<>{}[]©®™")
_FINE = re.compile(
    r"[A-Z]?[a-z]+|[A-Z]+|[A-Z]*[a-z]+(?:[A-Z][a-z]+)+|[가-힣]+|[A-Za-z]+\d+|\d+[A-Za-z]{1,4}|[\d.,:%/-]+"
)
_PART = re.compile(r"[A-Za-z]+|[가-힣]+|[ㄱ-ㅣ]+|\d+|[^A-Za-z가-힣ㄱ-ㅣ\d]+")
_HINGES = frozenset("-'’./@&+:_#=?%,~()[]\"·*;→×°|<>$")
_CHAT = re.compile(r"[ㅋㅎㅠㅜㅇㄱㄴㄷㅅㅂ]+|[ㄱ-ㅎ]")
_LOOKS_ALIKE = re.compile(
    r"[a-z][|@#+!$015][a-z]|^[+|][a-z]{2}|[a-z]{4}[015]$|[a-z]{2}[+|]$"
    r"|[a-z가-힣][|~^¬¦°`\\<>{}«»][a-z가-힣]"
)
_NO_VOWEL = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
_FOUR_EQUAL = re.compile(r"([A-Za-z])\1{3}")
_LINK = re.compile(r"://|www\.|@\w+\.|^[\w./\\:-]*[/\\][\w./\\-]+$|_")
_BYTE = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"  # 80 to BF, in Latin 1 or Windows-1252
_MOJIBAKE = re.compile(
    # UTF-8 read as one of those: accents, quotation marks, Hangul
    rf"Ã{_BYTE}|Â[\xa0-\xbf]|[âìëêí]{_BYTE}{_BYTE}"
    # the sign for what could not be read: itself, and as CP949 and Latin 1 show it
    r"|\ufffd|占쏙옙|占\?|ï¿½"
)
_HIGH = re.compile(r"[\xa1-\xfe]")


def share_strange(words: Sequence[str]) -> float:
    """Of the words, those that no reader could say."""
    return sum(map(_strange, words)) / len(words) if words else 0.0


def share_mojibake(text: str, words: int) -> float:
    """Of the words, those that were decoded by a wrong charset; one word may count twice."""
    if text.isascii():
        return 0.0
    found = sum(1 for _ in _MOJIBAKE.finditer(text))
    high = sum(1 for _ in _HIGH.finditer(text))
    if high * 3 > len(text) and _reads_as_korean(text):
        return 1.0
    return min(found / max(words, 1), 1.0)


def _reads_as_korean(text: str) -> bool:
    """Is it EUC-KR that was read as Latin 1?"""
    try:
        again = text[:2_000].encode("latin-1").decode("euc-kr", "ignore")
    except UnicodeEncodeError:
        return False
    return sum("가" <= char <= "힣" for char in again) * 2 > len(again.split()) > 0


def _strange(word: str) -> bool:
    return len(word) <= _LONGEST and _is_strange(word)


@functools.lru_cache(maxsize=65_536)
def _is_strange(word: str) -> bool:
    core = word.strip(_EDGES)
    if not core:
        return len(word) == 1 and word in _SINGLE
    if len(core) == 1:
        return core in _SINGLE or "ㄱ" <= core <= "ㅣ"
    if _LINK.search(core):
        return False
    if _LOOKS_ALIKE.search(word.rstrip(".,;:")):
        return True
    if _FINE.fullmatch(core):
        return _unsayable(core)
    return _mixed(_PART.findall(core))


def _unsayable(word: str) -> bool:
    if "가" <= word[0] <= "힣":
        return not _is_common_korean(word)
    if word.isupper() or not word.isalpha():
        return False
    humps = 1 + sum(map(str.isupper, word[1:]))
    if humps > 2 and len(word) < 3 * humps:
        return True
    return bool(_NO_VOWEL.search(word.lower()) or _FOUR_EQUAL.search(word))


def _is_common_korean(word: str) -> bool:
    """The syllables of KS X 1001: the other 8,822 stand in next to no word. Python writes those as
    sequences of eight bytes."""
    return len(word.encode("euc-kr")) == 2 * len(word)


def _mixed(parts: list[str]) -> bool:
    """Letters with signs between them that no word has there, or that change too often."""
    changes = 0
    for before, part, after in zip(["", *parts], parts, [*parts[1:], ""], strict=False):
        if part[0].isalpha():
            if "ㄱ" <= part[0] <= "ㅣ" and not _CHAT.fullmatch(part):
                return True
            if "가" <= part[0] <= "힣" and not _is_common_korean(part):
                return True
            odd_case = part.isascii() and not (part.islower() or part.isupper() or part.istitle())
            changes += odd_case and not _FINE.fullmatch(part)
        inside = before[:1].isalpha() and after[:1].isalpha()
        if inside and part.isdigit():
            changes += len(part) == 1
        elif inside and not part[0].isalnum():
            changes += 2 * any(sign not in _HINGES for sign in part)
        elif "가" <= before[:1] <= "힣" and "가" <= after[:1] <= "힣" and part.isascii():
            changes += len(part) == 1 and part.islower()
    return changes > 0
