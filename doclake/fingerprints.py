"""Fingerprints of the settings and the code that decide the content of a stage.

A fingerprint is stored in every row the stage made and is the Dagster asset's `code_version`. A
row is made again only where the fingerprint differs. `CODE` is raised by hand when a stage would
make other rows from the same input; for extraction it covers what all formats share, and each
format has a version of its own. The versions of the parsing libraries are part of the fingerprint
for the same reason.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from doclake import ids
from doclake.errors import ModelError
from doclake.settings import (
    ContractSettings,
    EmbeddingSettings,
    ExtractRecipe,
    InjectionSettings,
    Recipe,
    SearchSettings,
    SourceSettings,
)

T = TypeVar("T")
CODE = {
    "documents": 1,
    "extract": 6,
    "chunk": 3,
    "contract": 1,
    "injection": 1,
    "embed": 2,
    "index": 3,
    "search": 1,
}
_SPLITTERS = ("kiwipiepy", "sentencex")
_SAMPLE = 1 << 20


@cache
def version(library: str) -> str:
    """Version of an installed library, read from its files once: every stage asks for it."""
    return metadata.version(library)


def _fingerprint(stage: str, facts: dict[str, Any]) -> str:
    canonical = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return ids.digest("recipe", stage, str(CODE[stage]), canonical, size=8)


class ByMediaType(dict[str | None, str]):
    """Fingerprints of the documents of each media type. The one under None holds no format: it is
    that of documents whose type is unknown or that no format reads."""

    def __missing__(self, media_type: str | None) -> str:
        return self[None]

    @cached_property
    def of_all(self) -> str:
        """Changes when any of them does."""
        return ids.digest("formats", *sorted(f"{name} {digest}" for name, digest in self.items()))


@dataclass(frozen=True)
class Fingerprints:
    """The fingerprints of one source, each named by the table whose rows it decides.

    Those of chunks and embeddings raise `ModelError` while the folder of a local model is not
    there: what nobody can read has no fingerprint, and equals no stored one. That of signals is
    None while no step of curation is on.
    """

    source: SourceSettings
    embedding: EmbeddingSettings
    elements: ByMediaType
    signals: str | None

    @property
    def documents(self) -> str:
        return documents(self.source.access, self.source.access_from)

    @property
    def chunks(self) -> str:
        return chunk(self.source.recipe, self.embedding)

    @property
    def contract(self) -> str | None:
        """Of the rules that the settings change; None for those that are shipped."""
        return contract(self.source.contracts, self.source.recipe.injection)

    @property
    def extraction_contract(self) -> str | None:
        """As `contract`, of the rules for documents and elements."""
        return extraction_contract(self.source.contracts)

    @property
    def embeddings(self) -> str:
        return model(self.embedding)

    def code_version(self, table: str) -> str:
        """Changes when any fingerprint that decides rows of the table does, or what becomes of
        personal data."""
        fingerprint: str | ByMediaType | None = getattr(self, table)
        if table == "chunks" and self.contract is not None:
            return ids.digest("chunks", self.chunks, self.contract, size=8)
        if not isinstance(fingerprint, ByMediaType):
            return fingerprint or "off"
        facts: dict[str, Any] = {"formats": fingerprint.of_all}
        facts["personal_data"] = self.source.recipe.personal_data.actions
        if self.extraction_contract is not None:
            facts["contract"] = self.extraction_contract
        return _fingerprint("extract", facts)


def documents(access: Sequence[str], access_from: Sequence[str] = ()) -> str:
    """Who may read is the recipe of the registry, so a change of it starts a run by itself."""
    asked = {"access_from": sorted(access_from)} if access_from else {}
    return _fingerprint("documents", {"access": list(access), **asked})


def extract(recipe: ExtractRecipe, formats: Mapping[str, Mapping[str, Any]]) -> ByMediaType:
    """`formats` holds, for each media type, the facts of its format that decide its rows
    (`extract.format_versions.facts`)."""
    # Servers decide rows of few formats: those of the others stay when one is switched on.
    settings = recipe.model_dump(mode="json", exclude={"vision", "transcription"})
    fingerprints = ByMediaType({None: _fingerprint("extract", {"recipe": settings})})
    for media_type, facts in formats.items():
        fingerprints[media_type] = _fingerprint("extract", {"recipe": settings, **facts})
    return fingerprints


def chunk(recipe: Recipe, embedding: EmbeddingSettings) -> str:
    """Chunks depend on the model's tokenizer, but not on its device or dtype. Raises
    `ModelError`."""
    facts = recipe.chunk.model_dump(mode="json")
    folder = model_folder(embedding)
    counted_by = embedding.model if folder is None else _of_folder(_tokenizer_digest, folder)
    tokenizer = [counted_by, embedding.revision, embedding.document_prompt]
    splitters = {name: version(name) for name in _SPLITTERS}
    return _fingerprint("chunk", facts | {"tokenizer": tokenizer} | splitters)


def contract(contracts: ContractSettings, injection: InjectionSettings | None = None) -> str | None:
    """None while every rule is as shipped: those are part of the code. A chunk that is only flagged
    stays, so the score and its threshold count where they keep chunks back."""
    rules = contracts.model_dump(mode="json")["chunks"]
    if injection is not None and injection.action != "flag":
        asked: dict[str, Any] = {"action": injection.action}
        if injection.action != "off":
            asked |= {"above": injection.threshold, "code": CODE["injection"]}
        rules["recipe.injection"] = asked
    return _fingerprint("contract", rules) if rules else None


def extraction_contract(contracts: ContractSettings) -> str | None:
    """As `contract`, of the rules for documents and elements."""
    rules = contracts.model_dump(mode="json", include={"documents", "elements"})
    return _fingerprint("contract", rules) if any(rules.values()) else None


def model(embedding: EmbeddingSettings) -> str:
    """Where and how fast a vector is computed moves it by less than its noise: that doesn't count.
    Raises `ModelError`."""
    folder = model_folder(embedding)
    facts: dict[str, Any] = {
        # The content of a folder, not its path: a model that is trained again is another one.
        "model": embedding.model if folder is None else _of_folder(_folder_digest, folder),
        "revision": embedding.revision,
        "late_interaction": embedding.late_interaction,
    }
    if embedding.dimension is not None:
        facts["dimension"] = embedding.dimension
    prompts = {"query": embedding.query_prompt, "document": embedding.document_prompt}
    return _fingerprint("embed", facts | prompts)


def model_folder(embedding: EmbeddingSettings) -> Path | None:
    """The folder of a local model; None for any other model. Raises `ModelError` if it is not
    there, or is empty as a mount point is whose mount is gone."""
    folder = embedding.folder
    if folder is not None and not _of_folder(os.listdir, folder):
        raise _not_there(folder, "it is empty, without a tokenizer.json")
    return folder


def _of_folder(look: Callable[[Path], T], folder: Path) -> T:
    try:
        return look(folder)
    except OSError as error:
        raise _not_there(folder, error.strerror or str(error)) from error


def _not_there(folder: Path, why: str) -> ModelError:
    return ModelError(
        f"The folder of the embedding model, {folder}, cannot be read: {why}.",
        mend="Mount it, put the model there, or correct embedding.model. Until then nothing is "
        "chunked, embedded or forgotten.",
        folder=str(folder),
    )


@lru_cache(maxsize=8)
def _tokenizer_digest(folder: Path) -> str:
    """Digest of the model's tokenizer; the place of the model, if it has none."""
    file = folder / "tokenizer.json"
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else str(folder)


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


def search(settings: SearchSettings) -> str:
    """How passages are found and put in order."""
    return _fingerprint("search", settings.model_dump(mode="json"))
