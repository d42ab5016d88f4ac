"""Fills chunks: greedily, in reading order, never over the budget and never across groups."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doclake.chunk.budget import Budget
from doclake.chunk.model import Block, Draft, Group, Piece, Section
from doclake.chunk.split import Splitter

_LEADS_IN = re.compile(
    r"([:：]|다음과 같(다|습니다|이)\.?|as follows\.?|the following\.?)\s*$", re.IGNORECASE
)
_PROSE = ("text", "item")


class Packer:
    """Packs one group into drafts. `overlap` is in tokens of whole sentences."""

    def __init__(self, budget: Budget, splitter: Splitter, group: Group, overlap: int) -> None:
        self._budget = budget
        self._splitter = splitter
        self._section = group.section
        self._context = budget.context(group.section)
        self._overlap = min(overlap, budget.room(self._context) // 2)
        self._lead_in: Piece | None = None
        self._drafts: list[Draft] = []
        self._open(self._context, [])
        self._begin(group)

    def pack(self, pieces: Iterable[Piece | Block]) -> list[Draft]:
        """Keeps a block whole if it fits a chunk, and cuts it if not; never cuts a piece."""
        for part in pieces:
            piece = part if isinstance(part, Piece) else whole(part)
            if isinstance(part, Block) and self._needs_cutting(piece):
                self._add_cut(part)
            else:
                self._add(piece)
            self._remember_lead_in(piece)
        self._close()
        return self._drafts

    def _begin(self, group: Group) -> None:
        """Puts the headings that open the group in the text of its first chunk.

        The context of that chunk leaves them out, so each is embedded once. Headings that take more
        than half the room are text like any other.
        """
        if not group.headings:
            return
        pieces = [whole(heading) for heading in group.headings]
        texts = [" ".join(piece.text.split()) for piece in pieces]
        path = list(group.section)
        stands_above = path[len(path) - len(texts) :] == texts
        above: Section = tuple(path[: len(path) - len(texts)]) if stands_above else group.section
        context = self._budget.context(above)
        used = sum(piece.tokens + self._budget.joint for piece in pieces)
        if used * 2 <= self._budget.room(context):
            self._open(context, pieces)
            self._heads = len(pieces)
        else:
            for heading, piece in zip(group.headings, pieces, strict=True):
                self._add_cut(heading) if self._needs_cutting(piece) else self._add(piece)

    def _open(self, context: str, pieces: list[Piece]) -> None:
        self._draft_context = context
        self._room = self._budget.room(context)
        self._pieces = list(pieces)
        self._heads = 0  # pieces at the front that are headings: never a chunk of their own

    def _used(self) -> int:
        return sum(piece.tokens + self._budget.joint for piece in self._pieces)

    def _fits(self, piece: Piece) -> bool:
        characters = sum(len(other.text) for other in self._pieces) + len(piece.text)
        return not self._budget.too_long(characters, self._used() + piece.tokens, self._room)

    def _needs_cutting(self, piece: Piece) -> bool:
        """True if it fits neither a fresh chunk nor the one that holds only its headings."""
        if self._only_headings():
            return not self._fits(piece)
        room = self._budget.room(self._context)
        return self._budget.too_long(len(piece.text), piece.tokens, room) and not self._fits(piece)

    def _only_headings(self) -> bool:
        return 0 < len(self._pieces) == self._heads

    def _add(self, piece: Piece) -> None:
        if not self._pieces or self._fits(piece):
            self._pieces.append(piece)
            return
        carried = self._carried(piece)
        last = self._pieces[-1]
        self._close()
        self._open(self._context, [])
        self._pieces = carried or self._tail(last, piece)
        if not self._fits(piece):
            if carried:
                self._close()
            self._pieces = []
        self._pieces.append(piece)

    def _add_cut(self, block: Block) -> None:
        """The parts of a block too large for one chunk.

        The first follows what is in the current chunk if that is prose and leaves half of it.
        """
        fills = block.kind in _PROSE and self._used() * 2 <= self._room
        if self._pieces and not self._only_headings() and not fills:
            carried = self._carried(whole(block))
            self._close()
            self._open(self._context, carried)
        first = self._room - self._used()
        rest = self._budget.room(self._context)
        rest -= self._overlap if block.kind in _PROSE else 0
        for piece in self._splitter.split(block, first, rest):
            self._add(piece)

    def _carried(self, piece: Piece) -> list[Piece]:
        """What goes to the next chunk before `piece`: the caption of a table or lead-in of a list.

        It leaves the current chunk, unless items of the list are in it already: then it is shown
        again above the rest of them. A long piece counts as neither and stays.
        """
        last = self._pieces[-1] if self._pieces else None
        has_caption = (
            last is not None and piece.kind == "table" and last.blocks[-1].type == "Caption"
        )
        has_lead_in = self._lead_in is not None and piece.kind not in ("text", "heading")
        before = last if has_caption else self._lead_in if has_lead_in else None
        room = self._budget.room(self._context)
        if before is None or before.tokens * 4 > room or self._too_large(before, piece, room):
            return []
        if before is not last:
            return [before]
        if len(self._pieces) <= max(1, self._heads):
            return []
        return [self._pieces.pop()]

    def _too_large(self, before: Piece, piece: Piece, room: int) -> bool:
        """True for a piece that fits a chunk by itself but not together with what leads to it."""
        both = before.tokens + piece.tokens + 2 * self._budget.joint
        return both > room >= piece.tokens

    def _tail(self, last: Piece, piece: Piece) -> list[Piece]:
        """The last whole sentences before `piece` that fit the overlap."""
        if not self._overlap or last.kind not in _PROSE or piece.kind not in _PROSE:
            return []
        kept: list[Piece] = []
        room = self._overlap
        for sentence in reversed(self._sentences_of(last)):
            if sentence.tokens + self._budget.joint > room:
                break
            room -= sentence.tokens + self._budget.joint
            kept.insert(0, sentence)
        return kept

    def _sentences_of(self, piece: Piece) -> list[Piece]:
        block = piece.blocks[-1]
        part = Block(block.element_id, block.type, piece.text, piece.tokens, block.section)
        sentences = self._splitter.sentences(part)
        return [Piece(s.text, s.tokens, piece.blocks, s.kind, s.joins) for s in sentences]

    def _remember_lead_in(self, piece: Piece) -> None:
        if piece.kind == "text":
            self._lead_in = piece if _LEADS_IN.search(piece.text) else None
        elif piece.kind != "item":
            self._lead_in = None

    def _close(self) -> None:
        if self._pieces:
            self._drafts.append(Draft(self._section, self._draft_context, tuple(self._pieces)))


def whole(block: Block) -> Piece:
    return Piece(block.text, block.tokens, (block,), block.kind)
