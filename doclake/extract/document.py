"""A listed document and what its extraction gave: the two ends of this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from doclake import ids
from doclake.errors import ContentChanged, DocumentError, DocumentUnreadable
from doclake.extract.guard.reply import Outcome, no_elements
from doclake.extract.limits import check_size
from doclake.extract.row_key import Place
from doclake.settings import ExtractRecipe, Limits


@dataclass(frozen=True, slots=True)
class Document:
    """A listed (root) document to extract. `read` is called once, in a thread of the parent, and
    may raise a `DocumentError`. `size` in bytes, if known, and `path` say only whether it may be
    worth sending together with others."""

    source: str
    bucket: str
    doc_id: str
    path: str
    content_hash: str
    recipe: ExtractRecipe
    recipe_fingerprint: str
    read: Callable[[], bytes]
    password: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """What one document gave. `parent_id` is None for the root; `elements` are finished rows of
    `ELEMENTS`, empty where `error` tells why; `seconds` is the time its parser ran."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    parent_id: str | None
    path: str
    content_hash: str
    size: int
    media_type: str | None = None
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    pages_with_elements: int | None = None
    elements: pa.Table = field(default_factory=no_elements)
    error: DocumentError | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Which document of a tree it is."""

    path: str
    doc_id: str
    parent_id: str | None
    content_hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a root that were read, and their hash."""

    data: bytes
    digest: str


def name_of(path: str) -> str:
    """What a parser is told: the path of a root in its source, of others in their container."""
    return path.rsplit("!/", 1)[-1]


def read(root: Document, limits: Limits) -> Content:
    """The content of a root; raises a `DocumentError`."""
    try:
        data = root.read()
    except DocumentError:
        raise
    except Exception as error:  # a source's library may raise anything
        raise DocumentUnreadable(
            f"It could not be read: {type(error).__name__}: {str(error)[:200]}"
        ) from error
    check_size(len(data), limits)
    digest = ids.content_hash(data)
    if root.content_hash and digest != root.content_hash:
        raise ContentChanged("Its bytes are no longer those that were listed.")
    return Content(data, digest)


def root_place(root: Document, content: Content) -> Place:
    doc_id = root.doc_id
    return Place(root.source, root.bucket, doc_id, doc_id, content.digest, root.recipe_fingerprint)


def extracted(
    root: Document, it: Identity, outcome: Outcome, error: DocumentError | None = None
) -> ExtractedDocument:
    """A document of the tree of `root`. Of one that failed with `error` only measures are told."""
    return ExtractedDocument(
        root.source,
        root.bucket,
        root.doc_id,
        it.doc_id,
        it.parent_id,
        it.path,
        it.content_hash,
        it.size,
        media_type=outcome.media_type,
        title=None if error else outcome.title,
        pages=outcome.pages,
        pages_with_text=None if error else outcome.pages_with_text,
        pages_with_elements=None if error else outcome.pages_with_elements,
        elements=no_elements() if error else outcome.elements,
        error=error,
        seconds=outcome.seconds,
        peak_mb=outcome.peak_mb,
    )


def unread(root: Document, error: DocumentError) -> ExtractedDocument:
    """A root whose content could not be read."""
    return ExtractedDocument(
        root.source,
        root.bucket,
        root.doc_id,
        root.doc_id,
        None,
        root.path,
        root.content_hash,
        int(error.facts.get("size", 0)),
        error=error,
    )
