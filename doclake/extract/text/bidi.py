"""Text that runs right to left, from the order in which it stands on the page to the order in which
it is read: the Unicode bidirectional algorithm (UAX 9) backwards.

Of two readings that look the same, the one with a Latin word before its number: `ISO 9001`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LTR = re.compile(r"[A-Za-z\u00c0-\u058f\u1e00-\u1fff]")
# Kinds of characters: R right to left, L left to right, E digit, A Arabic-Indic digit, S sign and
# C separator within numbers, T sign beside a number, N neutral.
_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "E", "AN": "A", "ES": "S", "CS": "C", "ET": "T"}
_LATIN = re.compile(r"(?:T+(?=E))?[LE](?:[^RA]*[LE])?(?:(?<=E)T+)?")
_NUMBER = re.compile(r"T*E+(?:[SC]E+)*T*|A+(?:[SC]A+)*")
_NUMBER_IN_ARABIC = re.compile(r"[EA]+(?:C[EA]+)*")
_LEFTWARDS = re.compile(r"R(?:[^L]*R)?")
_ARABIC = re.compile(r"[\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_OPENING, _CLOSING = "([{", ")]}"


def runs_leftwards(text: str, among: bool = False) -> bool:
    """Does a line run right to left as a whole? `among`: the lines around it do, so more of its
    words may be Latin."""
    if text.isascii():
        return False
    leftwards = len(RTL.findall(text))
    return leftwards * (2 if among else 1) > len(_LTR.findall(text))


def in_reading_order(shown: Sequence[str], leftwards: bool) -> list[tuple[int, str]]:
    """The characters of a line, given as they stand from left to right: the place of each, and what
    it is. A bracket in text that runs right to left is the other of its pair."""
    numbers = _NUMBER_IN_ARABIC if _ARABIC.search("".join(shown)) else _NUMBER
    places = _places("".join([_kind(one) for one in shown]), leftwards, numbers)
    as_seen = not _opens_first("".join([shown[at] for at, turned in places if turned]))
    return [
        (at, shown[at].translate(_MIRRORED) if turned and as_seen else shown[at])
        for at, turned in places
    ]


def order(texts: Sequence[str]) -> list[int]:
    """Indices of words or stretches of text, given as they stand from left to right, in the order
    of reading. Each is in that order by itself."""
    text = " ".join(texts)
    if text.isascii() or not RTL.search(text):
        return [*range(len(texts))]
    kinds = "".join([_kind_of_word(one) for one in texts])
    return [at for at, _ in _places(kinds, runs_leftwards(text), _NUMBER)]


def _places(kinds: str, leftwards: bool, numbers: re.Pattern[str]) -> list[tuple[int, bool]]:
    """Places in the order of reading, and whether the text at each runs right to left."""
    if leftwards:
        return _backwards(kinds, 0, len(kinds), numbers)
    places: list[tuple[int, bool]] = []
    end = 0
    for run in _LEFTWARDS.finditer(kinds):
        places += [(at, False) for at in range(end, run.start())]
        places += _backwards(kinds, *run.span(), numbers)
        end = run.end()
    return places + [(at, False) for at in range(end, len(kinds))]


def _backwards(
    kinds: str, start: int, end: int, numbers: re.Pattern[str]
) -> list[tuple[int, bool]]:
    """The same for text that runs right to left, with numbers and Latin words in it."""
    reversed_kinds = kinds[start:end][::-1]
    places: list[tuple[int, bool]] = []
    at = 0
    while at < len(reversed_kinds):
        run = _LATIN.match(reversed_kinds, at)
        if run is None or "L" not in run[0]:
            run = numbers.match(reversed_kinds, at)
        if run is None:
            places.append((end - 1 - at, True))
            at += 1
            continue
        places += [(place, False) for place in range(end - run.end(), end - at)]
        at = run.end()
    return places


def _opens_first(text: str) -> bool:
    """Do the brackets open before they close as they are? Some programs store what was written, not
    what is seen."""
    brackets = [one for one in text if one in _OPENING + _CLOSING]
    return len(brackets) > 1 and brackets[0] in _OPENING and brackets[-1] in _CLOSING


def _kind(text: str) -> str:
    if text.isspace() or unicodedata.category(text[0]) == "Cf":  # U+200E is no letter
        return "N"
    return _KINDS.get(unicodedata.bidirectional(text[0]), "N")


def _kind_of_word(text: str) -> str:
    if RTL.search(text):
        return "R"
    if _LTR.search(text):
        return "L"
    return "E" if any(map(str.isdigit, text)) else "N"
