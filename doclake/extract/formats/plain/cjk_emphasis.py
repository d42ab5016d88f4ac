"""Emphasis beside Hangul, kana and Han characters, which put no space around it.

CommonMark lets `**` close after a bracket only before a space or a punctuation mark, so that the
marks of `**용어(term)**를` would stay in the text. This is the CJK-friendly amendment: beside a CJK
character a punctuation mark counts as a letter would.
https://github.com/tats-u/markdown-cjk-friendly/blob/main/specification.md
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned

_VARIATIONS = range(0xFE00, 0xFE10)
_IDEOGRAPHIC_VARIATIONS = range(0xE0100, 0xE01F0)
_SYMBOLS = range(0x1F000, 0x20000)  # emoji are wide, too


def use(parser: MarkdownIt) -> MarkdownIt:
    """Let a parser read emphasis and strike-through by the amendment."""
    inline = _Inline()
    inline.ruler, inline.ruler2 = parser.inline.ruler, parser.inline.ruler2
    parser.inline = inline
    return parser


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Any]) -> list[Any]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        rule: Callable[[StateInline], None]
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        end, marker = start, self.src[start]
        while end < self.posMax and self.src[end] == marker:
            end += 1
        before = self._before(start)
        after = self.src[end] if end < self.posMax else " "
        follows, leads = _Side(before), _Side(after)
        left = not leads.space and (not leads.mark or follows.space or follows.mark or follows.cjk)
        right = not follows.space and (not follows.mark or leads.space or leads.mark or leads.cjk)
        return Scanned(
            left and (canSplitWord or not right or follows.punctuation),
            right and (canSplitWord or not left or leads.punctuation),
            end - start,
        )

    def _before(self, start: int) -> str:
        """The character before a run of marks; one that only varies another counts as that."""
        if start > 1 and ord(self.src[start - 1]) in _IDEOGRAPHIC_VARIATIONS:
            return self.src[start - 2]
        if start > 1 and ord(self.src[start - 1]) in _VARIATIONS and _is_cjk(self.src[start - 2]):
            return self.src[start - 2]
        return self.src[start - 1] if start else " "


class _Side:
    """What stands at one side of a run of marks. `mark`: punctuation that is not CJK."""

    def __init__(self, character: str) -> None:
        self.space = isWhiteSpace(ord(character))
        self.cjk = _is_cjk(character)
        self.punctuation = isMdAsciiPunct(ord(character)) or isPunctChar(character)
        self.mark = self.punctuation and not self.cjk


def _is_cjk(character: str) -> bool:
    if ord(character) in _SYMBOLS:
        return False
    hangul = "\u1100" <= character <= "\u11ff" or "\ua960" <= character <= "\ua97f"
    return hangul or unicodedata.east_asian_width(character) in "WFH"
