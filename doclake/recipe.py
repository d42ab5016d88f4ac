"""Fingerprints of the settings and the code that decide the content of a stage.

A fingerprint is stored in every row the stage made and is the Dagster asset's `code_version`:
where it differs, the row is made again; where it does not, the row stands. `CODE` is raised by
hand when a stage would make other rows from the same input, and the versions of the parsing
libraries are part of the fingerprint for the same reason.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any

from doclake import ids
from doclake.settings import EmbeddingSettings, Recipe

CODE = {"documents": 1, "extract": 1, "chunk": 1, "embed": 1, "index": 1}
_SPLITTERS = ("kiwipiepy", "sentencex")
_PARSERS = ("pymupdf", "pypdfium2", "unstructured")


def _fingerprint(stage: str, facts: dict[str, Any]) -> str:
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return ids.digest("recipe", stage, str(CODE[stage]), canonical, size=8)


def documents() -> str:
    return _fingerprint("documents", {})


def extract(recipe: Recipe) -> str:
    facts = recipe.extract.model_dump(mode="json")
    return _fingerprint("extract", facts | {name: version(name) for name in _PARSERS})


def chunk(recipe: Recipe, embedding: EmbeddingSettings) -> str:
    """The tokenizer counts, so the model's name is part of it, but not its device or dtype."""
    facts = recipe.chunk.model_dump(mode="json")
    tokenizer = [embedding.model, embedding.revision, embedding.document_prompt]
    splitters = {name: version(name) for name in _SPLITTERS}
    return _fingerprint("chunk", facts | {"tokenizer": tokenizer} | splitters)


def model(embedding: EmbeddingSettings) -> str:
    """Device, dtype and batch size move a vector by less than its noise: they don't count."""
    facts = {"model": embedding.model, "revision": embedding.revision}
    prompts = {"query": embedding.query_prompt, "document": embedding.document_prompt}
    return _fingerprint("embed", facts | prompts)


def index(embedding: EmbeddingSettings) -> str:
    return _fingerprint("index", {"model": model(embedding)})
