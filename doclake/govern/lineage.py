"""From a chunk back to the bytes it was read from, and from a document or a source to all that was
made of it.

No text is read: a lineage may be shown to who may not read the document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doclake.errors import IndexStateError, ModelError
from doclake.govern.erased_document import ErasedDocument
from doclake.govern.erased_document import find as find_erased
from doclake.health import places
from doclake.health.places import ERASED, Place
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.columns import PageBox
from doclake.tables.registry import TABLES
from doclake.tables.rows import strings

_ID = re.compile(r"[0-9a-f]{32}")
_CHUNK = (
    *("source", "bucket", "doc_id", "chunk_id", "ordinal", "pages", "text_hash", "recipe"),
    "element_ids",
)
_ELEMENT = ("element_id", "type", "page", "box", "method", "recipe")
_MADE = ("pages", "elements", "chunks", "quarantined", "dropped", "vectors", "indexed")
_LEDGER = (
    *("doc_id", "parent_id", "path", "content_hash", "media_type", "status", "stage", "error"),
    *("extract_recipe", "chunk_recipe", "model", "run_id", "updated_at", *_MADE),
)
_REGISTRY = ("path", "signature", "size", "mtime", "access", "first_seen", "deleted_at")


@dataclass(frozen=True)
class Recipe:
    """The fingerprint that rows were made by, and whether it is that of today's settings and code;
    None where a stage has not run or today's cannot be known."""

    fingerprint: str | None
    is_current: bool | None


@dataclass(frozen=True)
class DocumentLineage:
    """A document, the bytes it was read from and what was made of it.

    `containers` are the paths of those it was found in, the listed one first; `inside` those found
    in it. `signature`, `size`, `mtime` and `first_seen` are the listed document's. `made` counts
    rows by table; `versions` are the Delta versions that this was read from. Of an erased one
    `erasure` says when, and nothing else is known.
    """

    source: str
    bucket: str
    doc_id: str
    path: str
    owner: str
    url: str
    status: str
    containers: Sequence[str]
    inside: Sequence[str]
    content_hash: str | None
    media_type: str | None
    signature: str | None
    size: int | None
    mtime: datetime | None
    first_seen: datetime | None
    deleted_at: datetime | None
    access: Sequence[str]
    denied: Sequence[str]
    error: str | None
    recipes: Mapping[str, Recipe]
    made: Mapping[str, int]
    chunk_ids: Sequence[str]
    run_id: str | None
    updated_at: datetime | None
    versions: Mapping[str, int]
    erasure: ErasedDocument | None = None


@dataclass(frozen=True)
class Element:
    """What a chunk was made from."""

    element_id: str
    type: str
    page: int | None
    box: PageBox | None
    method: str | None
    recipe: str


@dataclass(frozen=True)
class Vector:
    """Of the text of a chunk, by the model it was computed with."""

    model: str
    model_name: str
    created_at: datetime | None


@dataclass(frozen=True)
class ChunkLineage:
    """A chunk, the elements it was made from and their document. `index` is the table of the search
    index that holds it; None if none does."""

    chunk_id: str
    ordinal: int
    pages: Sequence[int]
    text_hash: str
    recipe: str
    elements: Sequence[Element]
    vectors: Sequence[Vector]
    index: str | None
    document: DocumentLineage


@dataclass(frozen=True)
class SourceLineage:
    """A source and all that was made of it. `documents` counts them by status, `recipes` those of
    each stage by fingerprint, `runs` by the Dagster run that last wrote them."""

    source: str
    url: str
    owner: str
    access: Sequence[str]
    documents: Mapping[str, int]
    made: Mapping[str, int]
    recipes: Mapping[str, Mapping[str, int]]
    runs: Mapping[str, int]
    versions: Mapping[str, int]


Lineage = ChunkLineage | DocumentLineage | SourceLineage


def find(project: Project, name: str, source: str | None = None) -> list[Lineage]:
    """That of the source, the documents (by path or doc_id) or the chunk of this name; of the first
    of these kinds that there is."""
    if name in project.settings.sources and source in (None, name):
        return [of_source(project, name)]
    if documents := places.of_document(project, name, source):
        return [_of_place(project, place) for place in documents]
    return [*of_chunk(project, name)] if _ID.fullmatch(name) else []


def of_source(project: Project, source: str) -> SourceLineage:
    settings = project.source(source)
    rows = project.lake.read("ledger", Scope(source), _LEDGER).to_pylist()
    stages = {"extraction": "extract_recipe", "chunking": "chunk_recipe", "model": "model"}
    return SourceLineage(
        source=source,
        url=settings.url,
        owner=settings.owner,
        access=settings.access,
        documents=_counted(rows, "status"),
        made={name: sum(row[name] or 0 for row in rows) for name in _MADE},
        recipes={stage: _counted(rows, column) for stage, column in stages.items()},
        runs=_counted(rows, "run_id"),
        versions=_versions(project),
    )


def _counted(rows: Sequence[Mapping[str, Any]], column: str) -> dict[str, int]:
    return dict(Counter(row[column] for row in rows if row[column]))


def of_chunk(project: Project, chunk_id: str) -> list[ChunkLineage]:
    """One for each source that has the chunk."""
    where = Scope(where={"chunk_id": [chunk_id]})
    chunks = project.lake.read("chunks", where, _CHUNK).to_pylist()
    return [_of_chunk(project, row) for row in chunks if row["source"] in project.settings.sources]


def _of_chunk(project: Project, chunk: Mapping[str, Any]) -> ChunkLineage:
    source, buckets = chunk["source"], [chunk["bucket"]]
    ids = chunk["element_ids"] or []
    of_elements = Scope(source, buckets, {"element_id": ids})
    elements = {
        row["element_id"]: row
        for row in project.lake.read("elements", of_elements, _ELEMENT).to_pylist()
    }
    of_text = Scope(source, buckets, {"text_hash": [chunk["text_hash"]]})
    vectors = project.lake.read("embeddings", of_text, ["model", "model_name", "created_at"])
    (place,) = places.of_document(project, chunk["doc_id"], source)
    return ChunkLineage(
        chunk_id=chunk["chunk_id"],
        ordinal=chunk["ordinal"],
        pages=chunk["pages"] or [],
        text_hash=chunk["text_hash"],
        recipe=chunk["recipe"],
        elements=[_element(elements[one]) for one in ids if one in elements],
        vectors=[Vector(**row) for row in vectors.to_pylist()],
        index=_index(project, Scope(source, buckets, {"chunk_id": [chunk["chunk_id"]]})),
        document=_of_place(project, place),
    )


def _element(row: Mapping[str, Any]) -> Element:
    return Element(
        row["element_id"], row["type"], row["page"], row["box"], row["method"], row["recipe"]
    )


def _index(project: Project, scope: Scope) -> str | None:
    with suppress(IndexStateError):  # the doctor says what it lacks
        state = project.index.state()
        if state and project.index.rows(state, scope, ["chunk_id"]).num_rows:
            return state.table
    return None


def _of_place(project: Project, place: Place) -> DocumentLineage:
    lake, settings = project.lake, project.source(place.source)
    bucket = Scope(place.source, [place.bucket])
    entries = {row["doc_id"]: row for row in lake.read("ledger", bucket, _LEDGER).to_pylist()}
    entry = entries.get(place.doc_id, {})
    path = place.path.partition("!/")[0]
    listed = [row for row in lake.read("documents", bucket).to_pylist() if row["path"] == path]
    registry = listed[0] if listed else {}
    chunks = lake.read(
        "chunks",
        Scope(place.source, [place.bucket], {"doc_id": [place.doc_id]}),
        ["chunk_id", "ordinal"],
    )
    return DocumentLineage(
        source=place.source,
        bucket=place.bucket,
        doc_id=place.doc_id,
        path=place.path,
        owner=settings.owner,
        url=settings.url,
        status=place.status,
        containers=_containers(entry, entries),
        inside=sorted(
            row["path"] for row in entries.values() if place.path in _containers(row, entries)
        ),
        content_hash=entry.get("content_hash"),
        media_type=entry.get("media_type"),
        signature=registry.get("signature"),
        size=registry.get("size"),
        mtime=registry.get("mtime"),
        first_seen=registry.get("first_seen"),
        deleted_at=registry.get("deleted_at"),
        access=registry.get("access") or [],
        denied=registry.get("denied") or [],
        error=entry.get("error"),
        recipes=_recipes(project, place.source, entry),
        made={name: entry.get(name) or 0 for name in _MADE},
        chunk_ids=strings(chunks.sort_by("ordinal")["chunk_id"]),
        run_id=entry.get("run_id"),
        updated_at=entry.get("updated_at"),
        versions=_versions(project),
        erasure=find_erased(lake, place.source, place.doc_id) if place.status == ERASED else None,
    )


def _containers(entry: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Paths of those that a document was found in, the listed one first."""
    found: list[str] = []
    while (parent := entries.get(entry.get("parent_id") or "")) is not None:
        found.insert(0, parent["path"])
        entry = parent
    return found


def _recipes(project: Project, source: str, entry: Mapping[str, Any]) -> dict[str, Recipe]:
    """By stage."""
    today = project.fingerprints(source)
    extraction = today.elements[entry.get("media_type")]
    chunking = model = None
    with suppress(ModelError):  # its folder is not there: nobody can tell
        chunking, model = today.chunks, today.embeddings
    made = {
        "extraction": (entry.get("extract_recipe"), extraction),
        "chunking": (entry.get("chunk_recipe"), chunking),
        "model": (entry.get("model"), model),
    }
    return {
        stage: Recipe(then, then == now if then and now else None)
        for stage, (then, now) in made.items()
    }


def _versions(project: Project) -> dict[str, int]:
    """Of the Delta tables that exist."""
    versions = {name: project.lake.version(name) for name in TABLES}
    return {name: version for name, version in versions.items() if version is not None}
