"""A text as a model reads it, whatever disguise its letters wear.

Folded are compatibility forms (NFKC: full width, mathematical and circled letters), signs that show
nothing, letters that look Latin (after the confusables of Unicode TS 39), letters with blanks
between them, and digits in place of letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from doclake.injection.vocabulary import WORDS

UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Signs that show nothing."""

_LOOKALIKES = {
    "a": "аɑαᴀ", "b": "ƅьʙв", "c": "сϲᴄ", "d": "ԁᴅ", "e": "еҽεᴇє", "f": "ꜰ", "g": "ɡԍɢ",
    "h": "һнʜ", "i": "іıɩιɪ", "j": "јᴊ", "k": "кκᴋ", "l": "ӏʟ", "m": "мᴍ", "n": "ոпɴη",
    "o": "оοօσᴏ", "p": "рρᴘ", "q": "ԛ", "r": "гʀ", "s": "ѕꜱ", "t": "тτᴛ", "u": "υսᴜ",
    "v": "νѵᴠ", "w": "ԝшωᴡ", "x": "хχ", "y": "уγʏ", "z": "ᴢ",
    "'": "‘’‛′`´", '"': "“”„‟″«»「」『』《》", "-": "‐‑‒–—―",
}  # fmt: skip
_TABLE = {ord(odd): plain for plain, odds in _LOOKALIKES.items() for odd in odds}
_MARK = re.compile("[\u0300-\u036f\u0489\u20d0-\u20ff]+")  # piled on letters to hide them
_SPACED = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .·_*|~-]{1,2}[^\W\d_](?![^\W_])){5,}")
_SPELLED = re.compile(r"(?<![\w@$!|])(?=[\w@$!|]{0,15}[0-9@$!|])[\w@$!|]{3,16}(?![\w@$!|])")
_SIGNS = str.maketrans("013457@$!|il", "oleastasllll")
_BLANKS = re.compile(r"[ \t\r\f\v\xa0]+")


def fold(text: str) -> str:
    """The text in small letters, each as what it looks like; line feeds stay."""
    if not text.isascii():
        text = UNSEEN.sub("", text)
        decomposed = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFKC", _MARK.sub("", decomposed))
        text = text.lower().translate(_TABLE)
    else:
        text = text.lower()
    text = _SPELLED.sub(_spelt_out, text)
    if _SPACED.search(text):
        text = _SPACED.sub(_joined, text)
    return _BLANKS.sub(" ", text)


def _joined(match: re.Match[str]) -> str:
    """Letters with one blank between them are a word, with two they are the end of one."""
    words = re.split(r"[ ]{2}", match[0])
    if len(words) == 1:
        return _apart(re.sub(r"[\W_]", "", match[0]))
    return " ".join(re.sub(r"[\W_]", "", word) for word in words)


def _apart(run: str) -> str:
    """Letters of words that nothing parts: the words that are known, with blanks between them."""
    return " ".join(_KNOWN.split(run)).strip() if run.isascii() else run


def _spelt_out(match: re.Match[str]) -> str:
    """`1gn0re` as `ignore`: only words that the rules know."""
    return _by_shape().get(match[0].translate(_SIGNS), match[0])


@lru_cache(maxsize=1)
def _by_shape() -> dict[str, str]:
    return {word.translate(_SIGNS): word for word in WORDS}


_KNOWN = re.compile(f"({'|'.join(sorted(WORDS, key=len, reverse=True))})")
