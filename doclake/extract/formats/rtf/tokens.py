"""RTF as tokens: groups, control words, text decoded by the code page in force."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from doclake.errors import LimitExceeded
from doclake.extract.text.code_pages import PAGES, codec_of_page

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])"
    rb"|([^\\{}\r\n]+)|[\r\n]+|\\'?"
)
MAX_DEPTH = 5000
_SYMBOL_CODEC = "latin-1"  # of symbol fonts: every byte is a code of their own


@dataclass(slots=True, frozen=True)
class Token:
    """`kind` is open, close, word or text; words carry a number or None."""

    kind: str
    text: str = ""
    number: int | None = None


@dataclass(slots=True, frozen=True)
class _Encoding:
    """The state that ends with a group: the code page, and how many stand-ins follow a Unicode
    character."""

    codec: str
    skip: int = 1


class Tokens:
    """Iterates over tokens. `fonts` maps a font number to its codec; the reader fills it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.fonts: dict[int, str] = {}
        self._base = "cp1252"
        self._encoding = _Encoding(self._base)
        self._bytes = bytearray()
        self._skipping = 0
        self._high: int | None = None

    def __iter__(self) -> Iterator[Token]:
        stack: list[_Encoding] = []
        for word, number, byte, sign, brace, run in self._matches():
            if byte is not None:
                if not self._skips():
                    self._bytes.append(int(byte, 16))
                continue
            if run is not None:
                self._bytes += self._unskipped(run)
                continue
            if self._bytes:
                yield self._text()
            if brace == b"{":
                if len(stack) > MAX_DEPTH:
                    raise LimitExceeded(f"Its groups nest more than {MAX_DEPTH} deep.")
                stack.append(self._encoding)
                yield Token("open")
            elif brace == b"}":
                self._encoding = stack.pop() if stack else self._encoding
                self._skipping = 0
                yield Token("close")
            elif word is not None:
                yield from self._word(word.decode(), int(number) if number else None)
            elif sign is not None:
                yield from self._sign(sign)
        if self._bytes:
            yield self._text()

    def _matches(self) -> Iterator[tuple[bytes | None, ...]]:
        """What stands in the data, without the bytes that follow each `\\bin`: they are no RTF. A
        number beyond the end is that of a file cut short."""
        start = 0
        while start < len(self._data):
            for match in _TOKEN.finditer(self._data, start):
                start = match.end()
                if match[1] == b"bin":
                    start += max(int(match[2] or 0), 0)
                    break
                yield match.groups()

    def _skips(self) -> bool:
        if self._skipping:
            self._skipping -= 1
            return True
        return False

    def _unskipped(self, run: bytes) -> bytes:
        taken = min(self._skipping, len(run))
        self._skipping -= taken
        return run[taken:]

    def _text(self) -> Token:
        text = self._bytes.decode(self._encoding.codec, "replace")
        self._bytes.clear()
        return Token("text", text)

    def _word(self, word: str, number: int | None) -> Iterator[Token]:
        if word == "u" and number is not None:
            self._skipping = self._encoding.skip
            text = self._unicode(number & 0xFFFF)
            if text:
                yield Token("text", text)
            return
        if word == "uc" and number is not None:
            # No writer leaves more than a few stand-ins; a larger number would eat the text.
            self._encoding = replace(self._encoding, skip=number if 0 <= number <= 8 else 1)
        elif word in PAGES:
            self._base = PAGES[word]
            self._encoding = replace(self._encoding, codec=self._base)
        elif word == "ansicpg" and number:
            self._base = codec_of_page(number) or self._base
            self._encoding = replace(self._encoding, codec=self._base)
        elif word == "f" and number is not None:
            codec = self.fonts.get(number)
            self._encoding = replace(self._encoding, codec=codec or self._base)
        elif word == "plain":
            self._encoding = replace(self._encoding, codec=self._base)
        yield Token("word", word, number)

    def _unicode(self, unit: int) -> str:
        """UTF-16 units come one by one; a pair makes one character."""
        if 0xD800 <= unit < 0xDC00:
            self._high = unit
            return ""
        high, self._high = self._high, None
        if 0xDC00 <= unit < 0xE000:
            return chr(0x10000 + ((high - 0xD800) << 10) + unit - 0xDC00) if high else ""
        return chr(unit)

    def _sign(self, sign: bytes) -> Iterator[Token]:
        known = {b"~": "\u00a0", b"-": "", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}"}
        if sign == b"*":
            yield Token("word", "*")
        elif sign in (b"\n", b"\r"):
            yield Token("word", "par")
        elif known.get(sign) and not self._skips():
            yield Token("text", known[sign])


def is_rtf(data: bytes) -> bool:
    return re.search(rb"\{\\rtf", data[:1024]) is not None
