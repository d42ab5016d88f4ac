"""Documents that make odd parsers misbehave, through the real guard."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from doclake import ids
from doclake.extract.extractor import Document, ExtractedDocument, Extractor
from doclake.settings import ExtractRecipe, Limits

ODD = {"detect": "odd_parsers:media_type", "load": "odd_parsers:load"}
Extract = Callable[..., list[tuple[ExtractedDocument, ...]]]


@pytest.fixture
def odd_parsers(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Arguments of `Extractor` that name the odd parsers."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "odd"))
    return ODD


@pytest.fixture
def document() -> Callable[..., Document]:
    """Make a document of source `s` that holds the given text."""

    def make(content: str | bytes, path: str = "a.odd", **changes: object) -> Document:
        data = content.encode() if isinstance(content, str) else content
        facts = {
            "source": "s",
            "bucket": "00",
            "doc_id": ids.doc_id("s", path),
            "path": path,
            "recipe": ExtractRecipe(),
            "open": lambda: io.BytesIO(data),
        }
        return Document(**(facts | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def extract(odd_parsers: dict[str, str], document: Callable[..., Document]) -> Extract:
    """Extract each text as one document and give the trees, in order."""

    def run(
        *contents: str, workers: int = 1, **limits: float
    ) -> list[tuple[ExtractedDocument, ...]]:
        documents = [document(c, f"{i}.odd") for i, c in enumerate(contents)]
        with Extractor(Limits(**limits), workers, **odd_parsers) as extractor:
            return list(extractor.extract(documents))

    return run
