"""One spelling for signs that look alike, so that a number is found however it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_UNUSUAL = re.compile("[^\x00-\x7e가-힣ㄱ-ㅎㅏ-ㅣ一-鿿ぁ-ゖァ-ヺ]")
_GONE = re.compile("[\u00ad\u034f\u180b-\u180f\u20e3\ufe00-\ufe0f]")
_SAME = {"ー": "-", "−": "-", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"}


class _Table(dict[int, str | None]):
    """For `str.translate`; knows a character once it was asked for."""

    def __missing__(self, code: int) -> str | None:
        self[code] = self._of(chr(code))
        return self[code]

    @staticmethod
    def _of(character: str) -> str | None:
        kind = unicodedata.category(character)
        if kind == "Cf" or _GONE.match(character):
            return None
        if character in _SAME:
            return _SAME[character]
        if kind == "Nd":
            return str(unicodedata.digit(character))
        if kind == "Zs":
            return " "
        if kind == "Pd":
            return "-"
        plain = unicodedata.normalize("NFKC", character)
        return plain if len(plain) == 1 and plain.isascii() else character


_TABLE = _Table()


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text in one spelling, and where each of its characters stands in `text`.

    Full-width letters and signs, digits of any script, dashes and blanks become those of ASCII;
    what has no width is gone.
    """
    if text.isascii() or not _UNUSUAL.search(text):
        return text, range(len(text))
    folded = text.translate(_TABLE)
    if len(folded) == len(text):
        return folded, range(len(text))
    return folded, [at for at, sign in enumerate(text) if _TABLE[ord(sign)] is not None]
