"""Cuts a block that does not fit: code at lines, prose at sentences, tables by `split_table`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from doclake.chunk import table
from doclake.chunk.budget import CHARACTERS_PER_TOKEN, Budget
from doclake.chunk.model import Block, Kind, Piece
from doclake.chunk.sentences import Span, sentence_spans
from doclake.chunk.split_table import TableSplitter

Cut = Callable[[str], list[Span]]


class Splitter:
    """Splits blocks into pieces that fit a room."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._count = budget.counter.count_bare

    def split(self, block: Block, first: int, rest: int) -> list[Piece]:
        """Pieces of `block`: the first at most `first` tokens, every other at most `rest`."""
        joins = " " if block.kind in ("text", "item", "heading") else "\n"
        if block.kind == "table":
            texts = self._table(block, first, rest)
        else:
            texts = self.texts(block.text, block.kind, first, rest, block.language)
        sizes = self._count(texts)
        return [
            Piece(text, size, (block,), block.kind, joins)
            for text, size in zip(texts, sizes, strict=True)
        ]

    def _table(self, block: Block, first: int, rest: int) -> list[str]:
        def cut(text: str, room: int) -> list[str]:
            return self.texts(text, "text", room, room, block.language)

        grid = table.read(block.text, block.html, block.continues)
        return TableSplitter(self._budget, cut, first, rest).texts(grid)

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
        """The block's sentences; the lines of code."""
        cut = _lines if block.kind == "code" else self._cuts("text", block.language)[0]
        joins = "\n" if block.kind == "code" else " "
        texts = [text for text in (block.text[a:b].strip() for a, b in cut(block.text)) if text]
        sizes = self._count(texts)
        return [
            Piece(text, size, (block,), block.kind, joins)
            for text, size in zip(texts, sizes, strict=True)
        ]

    def _cuts(self, kind: Kind, language: str | None) -> list[Cut]:
        return [_lines] if kind == "code" else [partial(sentence_spans, language=language), _lines]

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
    ends = [match.end() for match in re.finditer("\n", text)]
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    return list(zip([0, *ends[:-1]], ends, strict=True))
