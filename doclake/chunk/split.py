"""Cuts a block that does not fit: tables at rows, code at lines, prose at sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from doclake.chunk.budget import CHARACTERS_PER_TOKEN, Budget
from doclake.chunk.model import Block, Kind, Piece
from doclake.chunk.sentences import Span, sentence_spans

Cut = Callable[[str], list[Span]]
_TABLE_ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr\s*>", re.DOTALL | re.IGNORECASE)
_CELL = re.compile(r"<(t[hd])\b", re.IGNORECASE)


class Splitter:
    """Splits blocks into pieces that fit a room."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._count = budget.counter.count_bare

    def split(self, block: Block, first: int, rest: int) -> list[Piece]:
        """Pieces of `block`: the first at most `first` tokens, every other at most `rest`.

        The parts of a table begin with its header rows, if those take at most a third of the room.
        """
        header, body = _header(block) if block.kind == "table" else ("", block.text)
        cost = self._count([header])[0] + self._budget.joint if header else 0
        third = min(first, rest) // 3
        if header and self._budget.too_long(len(header), cost, third):
            header, body, cost = "", block.text, 0
        joins = " " if block.kind in ("text", "item", "heading") else "\n"
        pieces = []
        for text in self.texts(body, block.kind, first - cost, rest - cost, block.language):
            whole = f"{header}\n{text}" if header else text
            pieces.append(Piece(whole, self._count([whole])[0], (block,), block.kind, joins))
        return pieces

    def texts(
        self, text: str, kind: Kind, first: int, rest: int, language: str | None
    ) -> list[str]:
        """`text` in parts that fit, cut at the coarsest borders that allow it."""
        spans = list(self._fitting(text, (0, len(text)), self._cuts(kind, language), first, rest))
        sizes = self._count([text[a:b] for a, b in spans])
        parts: list[Span] = []
        used = 0
        for span, size in zip(spans, sizes, strict=True):
            room = first if len(parts) <= 1 else rest
            start = parts[-1][0] if parts else 0
            if parts and not self._budget.too_long(span[1] - start, used + size, room):
                parts[-1] = (start, span[1])
                used += size + self._budget.joint
            else:
                parts.append(span)
                used = size
        return [part for part in (text[a:b].strip() for a, b in parts) if part]

    def sentences(self, block: Block) -> list[Piece]:
        """The block's sentences; the lines of tables and code."""
        cut = _lines if block.kind in ("table", "code") else self._cuts("text", block.language)[0]
        joins = "\n" if block.kind in ("table", "code") else " "
        texts = [text for text in (block.text[a:b].strip() for a, b in cut(block.text)) if text]
        sizes = self._count(texts)
        return [
            Piece(text, size, (block,), block.kind, joins)
            for text, size in zip(texts, sizes, strict=True)
        ]

    def _cuts(self, kind: Kind, language: str | None) -> list[Cut]:
        prose = partial(sentence_spans, language=language)
        if kind == "table":
            return [_lines, _cells, prose]
        return [_lines] if kind == "code" else [prose, _lines]

    def _fitting(
        self, text: str, span: Span, cuts: list[Cut], first: int, rest: int
    ) -> Iterator[Span]:
        """Contiguous spans that each fit the smaller room, cut only where they must be."""
        room = min(first, rest)
        part = text[span[0] : span[1]]
        if not cuts:
            yield from (_shift(at, span[0]) for at in self.windows(part, room))
            return
        spans = cuts[0](part)
        sizes = self._count([part[a:b] for a, b in spans])
        for (a, b), size in zip(spans, sizes, strict=True):
            here = _shift((a, b), span[0])
            if self._budget.too_long(b - a, size, room):
                yield from self._fitting(text, here, cuts[1:], first, rest)
            else:
                yield here

    def windows(self, text: str, room: int, overlap: int = 0) -> list[Span]:
        """Spans of at most `room` tokens, each beginning `overlap` tokens before the last ended.

        A border inside a word moves back to the beginning of the word, if that costs less than a
        quarter of the window.
        """
        offsets = self._budget.counter.offsets(text)
        spans: list[Span] = []
        at = 0
        while at < len(offsets):
            end = min(at + room, len(offsets))
            if end < len(offsets):
                end = _word_start(text, offsets, end, at + max(1, room * 3 // 4))
            start_character = offsets[at][0] if spans else 0
            end_character = offsets[end][0] if end < len(offsets) else len(text)
            spans += self._narrow((start_character, max(end_character, start_character)), room)
            at = end if end == len(offsets) else max(end - overlap, at + 1)
        return [(a, b) for a, b in spans if b > a]

    def _narrow(self, span: Span, room: int) -> list[Span]:
        step = room * CHARACTERS_PER_TOKEN
        starts = range(span[0], span[1], step)
        return [(start, min(start + step, span[1])) for start in starts]


def _word_start(text: str, offsets: list[Span], end: int, least: int) -> int:
    for index in range(end, least - 1, -1):
        start = offsets[index][0]
        if start > 0 and (text[start - 1].isspace() or text[start].isspace()):
            return index
    return end


def _shift(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _lines(text: str) -> list[Span]:
    return _at_separator(text, "\n")


def _cells(text: str) -> list[Span]:
    return _at_separator(text, "\t")


def _at_separator(text: str, separator: str) -> list[Span]:
    ends = [match.end() for match in re.finditer(re.escape(separator), text)]
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _header(block: Block) -> tuple[str, str]:
    """The header rows of a table and the rest. Rows of `th` only; else the first row."""
    lines = block.text.split("\n")
    rows = 0
    for match in _TABLE_ROW.finditer(block.html or ""):
        cells = {cell.lower() for cell in _CELL.findall(match[1])}
        if cells != {"th"}:
            break
        rows += 1
    rows = rows or 1
    if rows >= len(lines):
        return "", block.text
    return "\n".join(lines[:rows]), "\n".join(lines[rows:])
