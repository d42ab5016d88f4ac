"""What the page shows of the document of a passage: its place, ledger, versions and chunks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from pydantic import BaseModel, Field

from doclake.index.rows import IndexRows
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.search.hits import Hit
from doclake.search.passages import chunks_of, passage
from doclake.serve.models import FoundHit
from doclake.serve.page_images import kept_back, shows_pages
from doclake.serve.slides import is_sketched
from doclake.tables.chunks import ChunkRow
from doclake.tables.documents import DOCUMENTS
from doclake.tables.ledger import LEDGER

_NEIGHBOURS = 3
_AROUND = 150  # chunks listed on each side of the hit
_BEGINNING = 120  # letters
_LEDGER = (
    "root_id", "content_hash", "media_type", "status", "stage", "error", "message", "mend",
    "attempts", "pages", "pages_with_text", "elements", "excluded", "letters", "element_letters",
    "chunks", "chunk_letters", "quarantined", "vectors", "indexed", "personal_kinds", "seconds",
    "updated_at",
)  # fmt: skip
_REGISTRY = ("size", "mtime", "first_seen", "deleted_at")
_CHUNK = ("section", "pages", "content_hash")

Fact = str | int | float | bool | datetime | None


class ChunkView(BaseModel):
    """A chunk, with its whole text or the beginning of it."""

    citation_id: str
    ordinal: int
    pages: list[int]
    section: list[str]
    text: str


class TableVersion(BaseModel):
    """What a table holds of a document."""

    table: str
    content_hash: str | None = Field(description="The version; null: one that is gone")
    recipe: str | None = Field(description="Fingerprint of the recipe, where the table has one")
    rows: int


class DocumentView(BaseModel):
    """A passage and the document that it stands in."""

    hit: FoundHit
    has_pictures: bool = Field(description="Whether pages can be drawn")
    has_slides: bool = Field(description="Whether slides can be sketched")
    neighbours: list[ChunkView] = Field(description="The passage in place, in reading order")
    ledger: dict[str, Fact] = Field(description="What every stage made of the document")
    listed: dict[str, Fact] = Field(description="What its source says of it, or of its container")
    versions: list[TableVersion]
    chunks: list[ChunkView] = Field(description="Beginnings of its chunks, those around the hit")
    chunk_count: int


def view(project: Project, citation_id: str, principals: Iterable[str]) -> DocumentView:
    """Raises `PassageGone` if the principals may not see it."""
    project = project.today()
    hit = passage(project, citation_id, principals=principals).hit
    lake, scope = project.lake, Scope(hit.source, where={"doc_id": [hit.doc_id]})
    _, index = project.index.require()
    rows = chunks_of(index, [hit], more=_CHUNK)
    place = next((n for n, row in enumerate(rows) if row["chunk_id"] == hit.chunk_id), None)
    ledger = next(iter(LEDGER.rows(lake.read("ledger", scope, _LEDGER))), None) or {}
    root = Scope(hit.source, where={"doc_id": [ledger.get("root_id") or hit.doc_id]})
    listed = next(iter(DOCUMENTS.rows(lake.read("documents", root, _REGISTRY))), None) or {}
    start = max(0, (place or 0) - _AROUND)
    around = _with_texts(index, rows[start : (place or 0) + _AROUND + 1])
    near = [] if place is None else _near(around, place - start)
    return DocumentView(
        hit=FoundHit.of(hit),
        has_pictures=shows_pages(hit.path, hit.media_type) and kept_back(project, hit) is None,
        has_slides=is_sketched(hit.media_type),
        neighbours=[_chunk(hit, row) for row in near] or [_alone(hit)],
        ledger={name: _fact(ledger.get(name)) for name in _LEDGER if name != "root_id"},
        listed={name: listed.get(name) for name in _REGISTRY},
        versions=[*_versions(lake, scope), *_indexed(rows)],
        chunks=[_chunk(hit, row, _BEGINNING) for row in around],
        chunk_count=len(rows),
    )


def _fact(value: object) -> Fact:
    return ", ".join(map(str, value)) if isinstance(value, list) else cast("Fact", value)


def _with_texts(index: IndexRows, rows: Sequence[ChunkRow]) -> list[ChunkRow]:
    """Only these: a document may have tens of thousands of chunks."""
    own = Scope(where={"chunk_id": [row["chunk_id"] for row in rows]})
    found = index.of(own, ["chunk_id", "text"]).to_pylist() if rows else []
    texts = {row["chunk_id"]: row["text"] for row in found}
    return [{**row, "text": texts.get(row["chunk_id"], "")} for row in rows]


def _near(rows: Sequence[ChunkRow], place: int) -> Sequence[ChunkRow]:
    return rows[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]


def _chunk(hit: Hit, row: ChunkRow, most: int | None = None) -> ChunkView:
    return ChunkView(
        citation_id=f"{hit.doc_id}.{row['chunk_id']}",
        ordinal=row["ordinal"],
        pages=row["pages"] or [],
        section=row["section"] or [],
        text=row["text"][:most],
    )


def _alone(hit: Hit) -> ChunkView:
    """The passage without the others: the index of an older Doclake does not know their order."""
    return ChunkView(
        citation_id=hit.citation_id, ordinal=0, pages=hit.pages, section=hit.section, text=hit.text
    )


def _versions(lake: Lake, scope: Scope) -> Iterable[TableVersion]:
    for table in ("elements", "chunks"):
        counted = lake.count_by(table, ["content_hash", "recipe"], scope)
        for (content_hash, recipe), number in sorted(counted.items()):
            yield TableVersion(table=table, content_hash=content_hash, recipe=recipe, rows=number)


def _indexed(rows: Sequence[ChunkRow]) -> Iterable[TableVersion]:
    versions = [row["content_hash"] for row in rows]
    for content_hash in sorted(set(versions), key=str):
        yield TableVersion(
            table="search_index",
            content_hash=content_hash,
            recipe=None,
            rows=versions.count(content_hash),
        )
