"""From the elements of one document to its chunks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pyarrow as pa

from doclake.chunk import table
from doclake.chunk.budget import Budget
from doclake.chunk.exclusions import exclusions
from doclake.chunk.model import Block, ChunkedDocument, DocumentFacts, Draft, Piece
from doclake.chunk.rows import rows
from doclake.chunk.split import Splitter
from doclake.chunk.strategies import STRATEGIES
from doclake.embed.text import embedding_text
from doclake.embed.tokens import TokenCounter
from doclake.settings import ChunkRecipe
from doclake.tables.chunks import CHUNKS

_COLUMNS = ["element_id", "type", "text", "html", "page", "box", "section", "language", "hidden"]
_COLUMNS += ["parent_id"]


def chunk_document(
    elements: pa.Table,
    document: DocumentFacts,
    recipe: ChunkRecipe,
    counter: TokenCounter,
    fingerprint: str,
    include: frozenset[str] = frozenset(),
) -> ChunkedDocument:
    """Chunks of one document.

    `elements` follows `ELEMENTS`, in reading order. `fingerprint` is that of `recipe`,
    `include` are reasons of exclusion that do not count. No chunk has more tokens than the recipe
    allows or the model takes, prompt and special tokens included. The same input gives the same
    rows.
    """
    blocks, excluded = _select(elements, include, counter)
    if not blocks:
        return ChunkedDocument(CHUNKS.schema.empty_table(), excluded)
    budget = Budget(counter, recipe.max_tokens, document.title, recipe.context)
    parts = [blocks]
    if document.pages_are_sections:
        parts = [list(page) for _, page in groupby(blocks, key=lambda block: block.page)]
    drafts = [d for part in parts for d in STRATEGIES[recipe.strategy](part, budget, recipe)]
    drafts, counts = _within_limit(drafts, budget)
    table = CHUNKS.arrow(rows(drafts, counts, document, fingerprint))
    return ChunkedDocument(table, excluded)


def _select(
    elements: pa.Table, include: frozenset[str], counter: TokenCounter
) -> tuple[list[Block], dict[str, str]]:
    """The blocks that go into chunks, with their tokens, and why the others do not."""
    excluded: dict[str, str] = {}
    kept = []
    rows: list[Any] = elements.select(_COLUMNS).to_pylist()
    tables: dict[str | None, str] = {}  # HTML by id: a table whose parent is one continues it
    for row, reason in zip(rows, exclusions(rows, include), strict=True):
        del row["hidden"]
        parent = row.pop("parent_id")
        if row["type"] == "Table":
            row["continues"] = tables.get(parent)
            tables[row["element_id"]] = row["html"] or ""
            if reason is None:
                row["text"] = table.read(row["text"], row["html"], row["continues"]).text
        if reason is None:
            row["text"] = row["text"].rstrip().lstrip("\n")
            kept.append(row)
        else:
            excluded[row["element_id"]] = reason
    sizes = counter.count_bare([row["text"] for row in kept])
    blocks = [
        Block(**row | {"section": tuple(row["section"] or ()), "tokens": size})
        for row, size in zip(kept, sizes, strict=True)
    ]
    return blocks, excluded


def _within_limit(drafts: Sequence[Draft], budget: Budget) -> tuple[list[Draft], list[int]]:
    """The drafts and their exact tokens; a draft that is too long is halved.

    Packing adds up the tokens of parts; joined, the parts rarely have a few more.
    """
    counts = _count(drafts, budget)
    if all(count <= budget.limit for count in counts):
        return list(drafts), counts
    fitting: list[Draft] = []
    exact: list[int] = []
    for draft, count in zip(drafts, counts, strict=True):
        if count <= budget.limit:
            fitting.append(draft)
            exact.append(count)
        else:
            halves, sizes = _within_limit(_halved(draft, count - budget.limit, budget), budget)
            fitting += halves
            exact += sizes
    return fitting, exact


def _count(drafts: Sequence[Draft], budget: Budget) -> list[int]:
    return budget.counter.count([embedding_text(draft.context, draft.text) for draft in drafts])


def _halved(draft: Draft, over: int, budget: Budget) -> list[Draft]:
    pieces = draft.pieces
    if len(pieces) > 1:
        middle = len(pieces) // 2
        parts = [pieces[:middle], pieces[middle:]]
        return [Draft(draft.section, draft.context, part) for part in parts]
    piece = pieces[0]
    room = max(1, min(budget.room(draft.context) - over, piece.tokens - 1))
    texts = [piece.text[a:b].strip() for a, b in Splitter(budget).windows(piece.text, room)]
    texts = [text for text in texts if text]
    sizes = budget.counter.count_bare(texts)
    return [
        Draft(draft.section, draft.context, (Piece(text, size, piece.blocks, piece.kind),))
        for text, size in zip(texts, sizes, strict=True)
    ]
