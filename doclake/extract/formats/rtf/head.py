"""The head of an RTF: its tables of fonts, colours and styles, and what it says of itself."""

from __future__ import annotations

from doclake.extract.formats.rtf.destinations import INFO
from doclake.extract.formats.rtf.tokens import Tokens
from doclake.extract.text.code_pages import codec_of_charset, codec_of_page

TABLES = frozenset({"fonttbl", "colortbl", "stylesheet"})
PARTS = TABLES | INFO.keys()
"""Destinations whose words and text are gathered here."""
_WHITE = (255, 255, 255)
_DEFAULT, _SYMBOL = (0, 1), 2  # character sets: of the document, and of symbol fonts


class Head:
    """Gathers the tables of the head. `tokens` is told in which code page each font is."""

    def __init__(self, tokens: Tokens) -> None:
        self.info: dict[str, str] = {}
        self.fonts: dict[int, str] = {}
        self.styles: dict[int, str] = {}
        self._tokens = tokens
        self._colors: list[tuple[int, int, int]] = []
        self._color = [0, 0, 0]
        self._number = 0
        self._name = ""

    def is_white(self, color: int) -> bool:
        return color < len(self._colors) and self._colors[color] == _WHITE

    def open(self, table: str) -> None:
        if table == "stylesheet":
            self._number, self._name = 0, ""

    def close(self, table: str) -> None:
        if table == "stylesheet" and self._name:
            self.styles[self._number] = self._name.strip().rstrip(";")
            self._name = ""

    def text(self, part: str, text: str) -> None:
        if part in INFO:
            self.info[INFO[part]] = self.info.get(INFO[part], "") + text
        elif part == "colortbl":
            for _ in range(text.count(";")):
                self._colors.append((self._color[0], self._color[1], self._color[2]))
                self._color = [0, 0, 0]
        else:
            self._name += text
            if part == "fonttbl" and text.endswith(";"):
                self.fonts[self._number] = self._name.rstrip(";").strip()
                self._name = ""

    def word(self, table: str, word: str, number: int | None) -> None:
        if word == ("f" if table == "fonttbl" else "s"):
            self._number = number or 0
        elif word in ("cs", "ts", "ds"):  # styles of characters, tables, sections
            self._number = -1
        elif word == "fcharset" and table == "fonttbl":
            # Every byte of a symbol font is a code of its own.
            codec = "latin-1" if number == _SYMBOL else codec_of_charset(number or 0)
            if codec and number not in _DEFAULT:
                self._tokens.fonts[self._number] = codec
        elif word == "cpg" and number:
            codec = codec_of_page(number)
            if codec:
                self._tokens.fonts[self._number] = codec
        elif word in ("red", "green", "blue"):
            self._color[("red", "green", "blue").index(word)] = number or 0
