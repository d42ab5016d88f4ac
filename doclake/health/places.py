"""Where documents stand: in which bucket, and how far they have come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from doclake import ids
from doclake.errors import SettingsError
from doclake.lake import erased, ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project

WAITING, ERASED = "waiting", "erased"
_COLUMNS = ("doc_id", "status", "elements", "chunks", "vectors", "indexed")
_DOC_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Place:
    """A document, its bucket, and what each stage made of it. `waiting` is one that is registered
    and that no run has extracted yet; `deleted` one that is gone from the source; `erased` one that
    nothing but its id is known of, and that is found by it or by its path alone."""

    source: str
    bucket: str
    path: str
    doc_id: str
    status: str
    elements: int | None = None
    chunks: int | None = None
    vectors: int | None = None
    indexed: int | None = None


def in_buckets(lake: Lake, source: str, buckets: Sequence[str]) -> list[Place]:
    """Every document of these buckets, those found inside others too, sorted by path."""
    scope = Scope(source, buckets)
    known = [
        Place(
            source,
            row["bucket"],
            row["path"],
            row["doc_id"],
            row["status"],
            row["elements"],
            row["chunks"],
            row["vectors"],
            row["indexed"],
        )
        for row in ledger.read(lake, scope, _COLUMNS)
    ]
    extracted = {place.doc_id for place in known}
    registry = lake.read("documents", scope, ["bucket", "path", "doc_id", "deleted_at"])
    waiting = [
        Place(source, row["bucket"], row["path"], row["doc_id"], WAITING)
        for row in registry.to_pylist()
        if row["deleted_at"] is None and row["doc_id"] not in extracted
    ]
    return sorted([*known, *waiting], key=lambda place: (place.bucket, place.path))


def of_document(project: Project, document: str, source: str | None = None) -> list[Place]:
    """The documents of a path or a doc_id, in one source or in all. A path names its bucket, so
    nothing else is read."""
    found: list[Place] = []
    for name, settings in project.settings.sources.items():
        if source in (None, name):
            root = ids.doc_id(name, document.partition("!/")[0])
            buckets = {ids.bucket(root, settings.buckets)}
            if _DOC_ID.fullmatch(document):
                where = Scope(name, where={"doc_id": [document]})
                rows = project.lake.count_by("ledger", ["bucket"], where)
                buckets |= {bucket for (bucket,) in rows}
                buckets.add(ids.bucket(document, settings.buckets))
            places = in_buckets(project.lake, name, sorted(buckets))
            found += [place for place in places if document in (place.path, place.doc_id)]
            for doc_id in erased.ids(project.lake, name) & {root, document}:
                bucket = ids.bucket(doc_id, settings.buckets)
                found.append(Place(name, bucket, document, doc_id, ERASED))
    return found


def no_such_document(name: str, source: str | None) -> SettingsError:
    """The error for what is named as a document and is none of this source, or of any."""
    return SettingsError(
        f"No document {name} in {source or 'any source'}.",
        mend="`doclake where` lists the documents of a source.",
        problems=[("--document", name, "a path or a doc_id that the lake knows")],
    )
