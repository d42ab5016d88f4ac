"""What stands on every page and under every mail: menus, notices, signatures, disclaimers.

By patterns of our own (`words/boilerplate.txt`, `words/menu.txt`), which begin with the lines that
C4 leaves out (Raffel et al. 2020, JMLR 21(140): `javascript`, `terms of use`, `cookie policy`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from doclake.curate import base, word_list
from doclake.curate.base import Signal, Step
from doclake.settings.curation import BoilerplateSettings

_LONG = 200  # characters: a longer line is read by sentences
_LONGEST = 600  # characters: no notice is longer, and patterns look no further
_SIGNATURE = 10  # lines
_SIGNATURE_LINE = 80  # characters
_MENU_ITEMS = 3
_CLOSING = re.compile(
    r"^\W*(?:(?:with )?(?:(?:best|kind|warm|many) )*(?:regards|wishes|thanks)|thank you|cheers"
    r"|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?"
    r"|감사합니다|고맙습니다|수고하세요|.{1,20}\s(?:드림|올림|배상))\W*$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"-- ?")
_REACHED = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|\bwww\.|https?://|\+\d{1,3}[ .\-(]\d|\b0\d{1,2}[-. )]\d{3,4}[-. ]\d{4}"
    r"|\b(?:tel|phone|mobile|cell|fax|direct|office|ext|m|t|f|e)\b ?[.:)]? ?\+?[\d(]"
    r"|(?:전화|휴대폰|핸드폰|팩스|이메일|메일|직통|내선|주소)\s?[:.)]",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?。])\s+")
_BETWEEN = re.compile(r"\s*[|·•/>»›‹«–]\s*|\t+| {2,}")


class Boilerplate(Step):
    """Flags: `cookie_notice`, `copyright`, `sharing`, `unsubscribe`, `disclaimer`, `no_script`,
    `sent_from`, `menu` and `signature`. The score grows with the share of the letters that stand in
    such lines."""

    name = "boilerplate"
    version = 1
    needs = ("text",)
    settings = BoilerplateSettings

    def __init__(self, settings: BoilerplateSettings) -> None:
        self._settings = settings
        self._kinds = {
            group.name: group.pattern(flags=re.IGNORECASE)
            for group in word_list.read("boilerplate")
        }
        self._menu = word_list.plain("menu")

    def judge(self, chunks: pa.Table) -> pa.Table:
        return base.table(self._signal(text) for (text,) in base.rows(chunks, self.needs))

    def _signal(self, text: str) -> Signal:
        lines = list(_lines(text))
        kinds = [self._kind(line) for line in lines]
        _mark_menu(lines, kinds, self._menu)
        _mark_signature(lines, kinds)
        letters = sum(map(len, lines))
        marked = sum(len(line) for line, kind in zip(lines, kinds, strict=True) if kind)
        score = base.over(marked / max(letters, 1), self._settings.share)
        return Signal(score, tuple(sorted({kind for kind in kinds if kind})) if score else ())

    def _kind(self, line: str) -> str:
        if len(line) <= _LONGEST:
            for kind, pattern in self._kinds.items():
                if pattern.search(line):
                    return kind
        return ""


def _lines(text: str) -> Iterator[str]:
    """Lines, and the sentences of long ones."""
    for line in map(str.strip, text.splitlines()):
        if len(line) > _LONG:
            yield from _SENTENCES.split(line)
        elif line:
            yield line


def _mark_menu(lines: list[str], kinds: list[str], menu: frozenset[str]) -> None:
    """Items of menus in one line, or one below the other."""
    alone = []
    for at, line in enumerate(lines):
        items = [item.strip(" []()*") for item in _BETWEEN.split(line.casefold()) if item]
        known = sum(item in menu for item in set(items))
        if known >= _MENU_ITEMS and known * 2 >= len(set(items)):
            kinds[at] = kinds[at] or "menu"
        elif len(items) == known == 1:
            alone.append(at)
    if len(alone) > _MENU_ITEMS:
        for at in alone:
            kinds[at] = kinds[at] or "menu"


def _mark_signature(lines: list[str], kinds: list[str]) -> None:
    """From `-- ` or a closing such as `Best regards` on, where short lines below say how to reach
    somebody."""
    for at, line in enumerate(lines):
        if not (_DASHES.fullmatch(line) or _CLOSING.match(line[:_SIGNATURE_LINE])):
            continue
        end = at + 1
        while end < min(len(lines), at + _SIGNATURE) and len(lines[end]) <= _SIGNATURE_LINE:
            end += 1
        if any(_REACHED.search(below) for below in lines[at + 1 : end]):
            kinds[at:end] = [kind or "signature" for kind in kinds[at:end]]
