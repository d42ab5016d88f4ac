"""What stands on every page and under every mail: menus, notices, signatures, disclaimers.

By patterns of our own (`words/boilerplate.txt`, `words/menu.txt`), which begin with the lines that
C4 leaves out (Raffel et al. 2020, JMLR 21(140): `javascript`, `terms of use`, `cookie policy`); and
by repetition: a line that many documents of a source have is furniture, as in CCNet (Wenzek et al.
2020, arXiv:1911.00359), which drops normalised paragraphs that stand in another document.

`line_counts()` counts lines over documents. Counts of disjoint documents add up, so a source is
counted in parts, in any order. Their sum is handed to `Boilerplate`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b

import pyarrow as pa

from doclake.curate import base, word_list
from doclake.curate.base import Signal, Step
from doclake.settings.curation import BoilerplateSettings

COUNTS = pa.schema(
    [
        pa.field("line", pa.int64(), nullable=False),
        pa.field("documents", pa.int64(), nullable=False),
    ]
)
"""A digest of a line and in how many documents it stands."""

_LONG = 200  # characters: a longer line is read by sentences
_LONGEST = 600  # characters: no notice is longer, and patterns look no further
_SHORTEST = 8  # letters of a line that counts as repeated
_COPY = 0.8  # of a document's letters
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
_DIGITS, _SPACE = re.compile(r"\d+"), re.compile(r"\W+")


class Boilerplate(Step):
    """Flags: `cookie_notice`, `copyright`, `sharing`, `unsubscribe`, `disclaimer`, `no_script`,
    `sent_from`, `menu`, `signature`, and `repeated`. The score grows with the share of the letters
    that stand in such lines."""

    name = "boilerplate"
    version = 1
    needs = ("doc_id", "text")
    settings = BoilerplateSettings

    def __init__(self, settings: BoilerplateSettings, counts: pa.Table | None = None) -> None:
        """`counts`, of schema `COUNTS`: the lines of the whole source. Without it nothing counts as
        repeated."""
        self._settings = settings
        self._kinds = {
            group.name: group.pattern(flags=re.IGNORECASE)
            for group in word_list.read("boilerplate")
        }
        self._menu = word_list.plain("menu")
        self._repeated: frozenset[int] = frozenset()
        if counts is not None:
            pairs = base.rows(counts, COUNTS.names)
            self._repeated = frozenset(at for at, times in pairs if times >= settings.documents)

    def judge(self, chunks: pa.Table) -> pa.Table:
        copies = self._copies(chunks) if self._repeated else set()
        rows = base.rows(chunks, self.needs)
        return base.table(self._signal(text, doc_id not in copies) for doc_id, text in rows)

    def _copies(self, chunks: pa.Table) -> set[str]:
        """Documents of which others are copies: nearly all their lines are repeated, and none of
        them is furniture."""
        letters: Counter[str] = Counter()
        repeated: Counter[str] = Counter()
        for doc_id, text in base.rows(chunks, self.needs):
            for line in _lines(text):
                letters[doc_id] += len(line)
                repeated[doc_id] += len(line) * (digest(line) in self._repeated)
        return {doc_id for doc_id in letters if repeated[doc_id] > _COPY * letters[doc_id]}

    def _signal(self, text: str, may_repeat: bool) -> Signal:
        lines = list(_lines(text))
        whole = set(_whole_lines(text)) if may_repeat and self._repeated else set()
        kinds = [self._kind(line, line in whole) for line in lines]
        _mark_menu(lines, kinds, self._menu)
        _mark_signature(lines, kinds)
        letters = sum(map(len, lines))
        marked = sum(len(line) for line, kind in zip(lines, kinds, strict=True) if kind)
        score = base.over(marked / max(letters, 1), self._settings.share)
        return Signal(score, tuple(sorted({kind for kind in kinds if kind})) if score else ())

    def _kind(self, line: str, may_repeat: bool) -> str:
        if may_repeat and digest(line) in self._repeated:
            return "repeated"
        if len(line) <= _LONGEST:
            for kind, pattern in self._kinds.items():
                if pattern.search(line):
                    return kind
        return ""


def line_counts(chunks: pa.Table) -> pa.Table:
    """In how many documents each short line stands, of schema `COUNTS`. A long one that stands in
    many is a clause or a paragraph, which somebody may ask for. `chunks` has the columns `doc_id`
    and `text`, and all chunks of each document."""
    seen: dict[str, set[int]] = {}
    for doc_id, text in base.rows(chunks, ("doc_id", "text")):
        seen.setdefault(doc_id, set()).update(map(digest, _whole_lines(text)))
    counts: dict[int, int] = {}
    for lines in seen.values():
        for line in lines - {0}:
            counts[line] = counts.get(line, 0) + 1
    columns = [pa.array(counts.keys(), pa.int64()), pa.array(counts.values(), pa.int64())]
    return pa.table(columns, schema=COUNTS)


def digest(line: str) -> int:
    """Of a line without its numbers, marks and letter case; 0 if little is left of it."""
    plain = _SPACE.sub("", _DIGITS.sub("", line.casefold()))
    if len(plain) < _SHORTEST:
        return 0
    return int.from_bytes(blake2b(plain.encode(), digest_size=8).digest(), signed=True)


def _whole_lines(text: str) -> Iterator[str]:
    return (line for line in map(str.strip, text.splitlines()) if 0 < len(line) <= _LONG)


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
