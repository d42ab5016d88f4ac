"""How a document is cut: the groups whose blocks may share a chunk, packed into drafts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from doclake.chunk.budget import Budget
from doclake.chunk.model import Block, Draft, Group, Piece, Section
from doclake.chunk.pack import Packer, whole
from doclake.chunk.sections import sections
from doclake.chunk.split import Splitter
from doclake.settings import ChunkRecipe

Strategy = Callable[[Sequence[Block], Budget, ChunkRecipe], list[Draft]]


def structure(blocks: Sequence[Block], budget: Budget, recipe: ChunkRecipe) -> list[Draft]:
    """Section by section; tables, list items and code whole where they fit."""
    splitter = Splitter(budget)
    return [
        draft
        for group in sections(blocks)
        for draft in Packer(budget, splitter, group, recipe.overlap_tokens).pack(group.blocks)
    ]


def sentence(blocks: Sequence[Block], budget: Budget, recipe: ChunkRecipe) -> list[Draft]:
    """Section by section, filled with whole sentences across the borders of blocks."""
    splitter = Splitter(budget)
    drafts = []
    for group in sections(blocks):
        packer = Packer(budget, splitter, group, recipe.overlap_tokens)
        drafts += packer.pack(_sentences(group, splitter, budget, recipe))
    return drafts


def page(blocks: Sequence[Block], budget: Budget, recipe: ChunkRecipe) -> list[Draft]:
    """Page by page; a page that does not fit is cut between its blocks."""
    splitter = Splitter(budget)
    drafts = []
    for _, members in groupby(blocks, key=lambda block: block.page):
        group = Group(common_section(on_page := list(members)), on_page)
        drafts += Packer(budget, splitter, group, recipe.overlap_tokens).pack(on_page)
    return drafts


def tokens(blocks: Sequence[Block], budget: Budget, recipe: ChunkRecipe) -> list[Draft]:
    """Windows of equal size over the whole text, overlapping by tokens."""
    text = "\n".join(block.text for block in blocks)
    starts = _starts(blocks)
    context = budget.context(())
    room = budget.room(context)
    splitter = Splitter(budget)
    spans = splitter.windows(text, room, min(recipe.overlap_tokens, room // 2))
    drafts = []
    for start, end in spans:
        shown = text[start:end].strip()
        if not shown:
            continue
        inside = tuple(
            block
            for block, at in zip(blocks, starts, strict=True)
            if at < end and at + len(block.text) > start
        )
        piece = Piece(shown, budget.counter.count_bare([shown])[0], inside, "text")
        drafts.append(Draft(common_section(inside), context, (piece,)))
    return drafts


STRATEGIES: dict[str, Strategy] = {
    "structure": structure,
    "sentence": sentence,
    "page": page,
    "tokens": tokens,
}


def common_section(blocks: Sequence[Block]) -> Section:
    """The headings that stand above all of the blocks."""
    paths = [block.section for block in blocks]
    first, last = min(paths, default=()), max(paths, default=())
    shared = 0
    while shared < min(len(first), len(last)) and first[shared] == last[shared]:
        shared += 1
    return first[:shared]


def _sentences(
    group: Group, splitter: Splitter, budget: Budget, recipe: ChunkRecipe
) -> list[Piece]:
    """The sentences of a section; one too long to follow an overlap is cut. A table stays whole
    if it fits, and else is cut between its rows."""
    room = budget.room(budget.context(group.section))
    room -= min(recipe.overlap_tokens, room // 2)
    pieces = []
    for block in group.blocks:
        if block.kind == "table":
            fits = not budget.too_long(len(block.text), block.tokens, room)
            pieces += [whole(block)] if fits else splitter.split(block, room, room)
            continue
        for piece in splitter.sentences(block):
            if budget.too_long(len(piece.text), piece.tokens, room):
                part = Block(block.element_id, block.type, piece.text, piece.tokens, block.section)
                cut = splitter.split(part, room, room)
                pieces += [Piece(p.text, p.tokens, (block,), p.kind, p.joins) for p in cut]
            else:
                pieces.append(piece)
    return pieces


def _starts(blocks: Sequence[Block]) -> list[int]:
    starts, at = [], 0
    for block in blocks:
        starts.append(at)
        at += len(block.text) + 1
    return starts
