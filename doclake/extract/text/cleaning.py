"""Text without control characters, invisible marks and lone surrogates."""

from __future__ import annotations

import re
import unicodedata

from doclake.extract.text.scripts import spelled

# Controls that mean nothing in text. Tab and line feed stay; other line ends become line feeds.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0c\x85\u2028\u2029]")
# Marks that show nothing: soft hyphen, zero-width space, word joiner, byte order mark, bidi
# controls. The joiners U+200C and U+200D stay: Persian and emoji are spelled with them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_FLAG = "\U0001f3f4"  # black flag: tag characters after it spell the flag of a region


def clean(text: str, *, lines: bool = True) -> str:
    """NFC text without controls and invisible marks, with raised and lowered text written out. Runs
    of spaces become one, ends are stripped.

    `lines` keeps line feeds, at most two in a row; else a line feed becomes a space.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROLS.sub("", spelled(text))
    if not text.isascii():
        text = _SURROGATES.sub("\ufffd", text)
        text = _INVISIBLE.sub("", text)
        text = _TAGS.sub("", text) if _FLAG not in text else text
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    if not lines:
        return " ".join(text.split())
    text = re.sub(r" ?\n ?", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def clean_code(text: str) -> str:
    """Like `clean`, but keeps indentation and blank lines."""
    text = _CONTROLS.sub("", spelled(_LINE_ENDS.sub("\n", text)).expandtabs(4))
    text = _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", text).strip("\n").rstrip()


def smuggled(text: str) -> str:
    """The ASCII text spelled in Unicode tag characters: a reader does not see it, a language model
    does."""
    if text.isascii() or _FLAG in text:
        return ""
    runs = "".join(_TAGS.findall(text))
    return "".join(chr(ord(c) - 0xE0000) for c in runs if 0xE0020 <= ord(c) <= 0xE007E).strip()
