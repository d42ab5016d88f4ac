"""Elements made by hand, and the real tokenizer that measures them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from doclake.chunk import ChunkedDocument, DocumentFacts, chunk_document
from doclake.embed import TokenCounter
from doclake.settings import ChunkRecipe, EmbeddingSettings
from doclake.tables.elements import ELEMENTS

Chunker = Callable[..., ChunkedDocument]


@pytest.fixture(scope="session")
def counter() -> TokenCounter:
    return TokenCounter.from_settings(EmbeddingSettings())


@pytest.fixture(scope="session")
def elements() -> Callable[[list[dict[str, Any]]], pa.Table]:
    """Rows of `ELEMENTS` from the fields that matter; ids are e0, e1 ..."""

    def make(rows: list[dict[str, Any]]) -> pa.Table:
        common = {"source": "s", "bucket": "00", "root_id": "r", "doc_id": "d"}
        common |= {"content_hash": "c", "recipe": "x", "type": "NarrativeText", "section": []}
        full = [
            {**common, "element_id": f"e{ordinal}", "ordinal": ordinal, **row}
            for ordinal, row in enumerate(rows)
        ]
        return pa.Table.from_pylist(full, schema=ELEMENTS.schema)

    return make


@pytest.fixture(scope="session")
def chunk(counter: TokenCounter, elements: Callable[..., pa.Table]) -> Chunker:
    """Chunks of elements; keywords are those of `ChunkRecipe`, the document's `title`, and
    whether its pages are `slides`."""

    def run(
        rows: list[dict[str, Any]],
        *,
        title: str | None = None,
        by: TokenCounter = counter,
        include: frozenset[str] = frozenset(),
        slides: bool = False,
        **recipe: Any,
    ) -> ChunkedDocument:
        facts = DocumentFacts("s", "00", "r", "d", "a.pdf", "c", title, ["everyone"], slides)
        return chunk_document(elements(rows), facts, ChunkRecipe(**recipe), by, "fp", include)

    return run
