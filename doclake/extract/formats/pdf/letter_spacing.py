"""The spaces that MuPDF leaves out. It puts one where white stands between two letters, but only
after letters of Europe and the Near East (below U+0700): words in Hangul that stand apart by their
position alone, as Hancom Office and LibreOffice write them, run together.

For the other scripts, the white between letters decides here. Han and Kana stand without spaces.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from doclake.extract.layout.geometry import Word

_HAN_KANA = "[\u2e80-\u312f\u3190-\ua95f\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
_LATE = rf"(?!{_HAN_KANA})[\u0700-\u1fff\u2100-\U0010ffff]"  # MuPDF puts no space after these
_UNSPACED = re.compile(rf"{_LATE}\S|{_HAN_KANA}{_LATE}")
_CLOSING = frozenset(".,:;!?)]}%’”」』》〉")
_SPACE = 0.15  # text sizes of white, beyond that between the letters of a word, that make a space
_EVEN_SPACE = 0.08  # the same on a page that sets the letters of its words evenly
_UNEVEN = 4  # times the spread of the white between letters
_OF_TWO_SCRIPTS = 0.3  # the same beside a digit or a Latin letter, where programs that set type put
# white that is no space
_USUAL = 0.85  # share of the line's usual space that is one there as well
_ENOUGH = 4  # pairs of letters that show how far apart a line sets them

Character = dict[str, Any]
"""A letter as `extractRAWDICT` gives it."""


@dataclass(slots=True)
class _White:
    """The white between a letter and the next, in text sizes. `at` is the index of the letter in
    its line; `of_two_scripts`: one is Hangul and the other a digit or a Latin letter."""

    at: int
    width: float
    of_two_scripts: bool


def lacks_spaces(texts: Iterable[str]) -> bool:
    """May spaces be missing from a text?"""
    return any(not text.isascii() and _UNSPACED.search(text) for text in texts)


def add_spaces(blocks: Sequence[dict[str, Any]]) -> None:
    """Put the missing spaces among the `chars` of raw blocks, and give each span its `text`."""
    lines = [_Letters(line) for block in blocks if block["type"] == 0 for line in block["lines"]]
    by_size: defaultdict[int, list[_Letters]] = defaultdict(list)
    for line in lines:
        if line.whites:
            by_size[line.size].append(line)
        else:
            line.add_spaces(frozenset())
    for alike in by_size.values():
        _add_spaces(alike)


def _add_spaces(lines: Sequence[_Letters]) -> None:
    """Add spaces to lines of one text size."""
    widths = [white.width for line in lines for white in line.whites if not white.of_two_scripts]
    between = _quartile(widths)
    spread = statistics.median(widths) - sorted(widths)[len(widths) // 10] if widths else 1.0
    least = min(max(_UNEVEN * spread, _EVEN_SPACE), _SPACE)
    wide = [width - between for width in widths if width - between > least]
    for line in lines:
        own = [white.width for white in line.whites if not white.of_two_scripts]
        normal = _quartile(own) if len(own) >= _ENOUGH else between
        own_wide = [width - normal for width in own if width - normal > least]
        usual = statistics.median(own_wide or wide or [1.0])
        mixed = min(_OF_TWO_SCRIPTS, _USUAL * usual)
        line.add_spaces(
            {
                white.at
                for white in line.whites
                if white.width - normal > (mixed if white.of_two_scripts else least)
            }
        )


class _Letters:
    """The letters of a line, and the white between those that MuPDF may have put no space
    between."""

    def __init__(self, line: dict[str, Any]) -> None:
        self._spans = line["spans"]
        letters = [(char, span) for span in self._spans for char in span["chars"]]
        kept = [pair for at, pair in enumerate(letters) if not _is_guess(letters, at)]
        self._letters: list[tuple[Character, dict[str, Any]]] = kept
        self.size = round(self._spans[0]["size"]) if self._spans else 0
        self.whites = list(self._measured(line))

    def _measured(self, line: dict[str, Any]) -> Iterator[_White]:
        axis = _axis(line)
        if axis is None:
            return
        end, start, sign = axis
        for at, ((char, span), (after, beside)) in enumerate(pairwise(self._letters)):
            pair = char["c"] + after["c"]
            if not _UNSPACED.match(pair) and not _HANGUL.match(after["c"]):
                continue
            if char["c"].isspace() or after["c"].isspace() or after["c"] in _CLOSING:
                continue
            size = span["size"] if _HANGUL.match(char["c"]) else beside["size"]
            width = sign * (after["bbox"][start] - char["bbox"][end]) / (size or 1.0)
            of_two = any(one.isascii() and one.isalnum() for one in (pair[0], pair[-1]))
            yield _White(at, width, of_two)

    def add_spaces(self, spaced: Set[int]) -> None:
        """Put a space after each of the letters at these indices."""
        for span in self._spans:
            span["chars"] = []
        for at, (char, span) in enumerate(self._letters):
            span["chars"].append(char)
            if at in spaced:
                span["chars"].append({"c": " ", "bbox": char["bbox"]})
        for span in self._spans:
            span["text"] = "".join([char["c"] for char in span["chars"]])


def _is_guess(letters: Sequence[tuple[Character, dict[str, Any]]], at: int) -> bool:
    """Is it a space that MuPDF put beside a letter in Hangul?"""
    char = letters[at][0]
    if char["c"] != " " or not char["synthetic"]:
        return False
    return any(_HANGUL.match(beside["c"]) for beside, _ in letters[max(at - 1, 0) : at + 2])


def _axis(line: dict[str, Any]) -> tuple[int, int, int] | None:
    """Where in its box a letter ends, where the next begins, and the sign of the direction; None
    for a line at a slant."""
    across, down = line["dir"]
    if line["wmode"] or down > 0.99:
        return 3, 1, 1
    if across > 0.99:
        return 2, 0, 1
    if across < -0.99:
        return 0, 2, -1
    return (1, 3, -1) if down < -0.99 else None


def _quartile(widths: Sequence[float]) -> float:
    return sorted(widths)[len(widths) // 4] if widths else 0.0


def words(blocks: Sequence[dict[str, Any]]) -> list[Word]:
    """The words of raw blocks, as `extractWORDS` gives them."""
    found: list[Word] = []
    for block in blocks:
        for line in block["lines"] if block["type"] == 0 else ():
            letters: list[Character] = []
            for span in line["spans"]:
                for char in span["chars"]:
                    if not char["c"].isspace():
                        letters.append(char)
                    elif letters:
                        found.append(_word(letters))
                        letters = []
            if letters:
                found.append(_word(letters))
    return found


def _word(letters: Sequence[Character]) -> Word:
    boxes = [char["bbox"] for char in letters]
    return (
        min([box[0] for box in boxes]),
        min([box[1] for box in boxes]),
        max([box[2] for box in boxes]),
        max([box[3] for box in boxes]),
        "".join([char["c"] for char in letters]),
    )
