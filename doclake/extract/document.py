"""A listed document and what its extraction gave: the two ends of this package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pyarrow as pa

from doclake import ids
from doclake.errors import ContentChanged, DocumentError, DocumentUnreadable
from doclake.extract import format_versions
from doclake.extract.limits import check_size
from doclake.extract.model import MetadataField
from doclake.settings import ExtractRecipe, Limits
from doclake.tables.elements import ELEMENTS


@cache
def no_elements() -> pa.Table:
    """The table of a document without elements. Made when needed: it would import pandas."""
    return ELEMENTS.schema.empty_table()


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
    read: Callable[[], bytes]
    password: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which document of a tree it is, and which bytes: what its rows are found by. `parent_id` is
    None for the root."""

    source: str
    bucket: str
    root_id: str
    doc_id: str
    parent_id: str | None
    path: str
    content_hash: str
    size: int

    def facts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Identity.__slots__}


@dataclass(frozen=True, slots=True)
class ExtractedDocument(Identity):
    """What one document gave, from the trust border to the stage. `recipe` is the fingerprint for
    its media type; `elements` are finished rows of `ELEMENTS`. Where `error` tells why there are
    none, only measures are told. `seconds` its parser ran; `peak_mb` is the most that the parser's
    process ever held."""

    recipe: str
    media_type: str | None = None
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    pages_with_elements: int | None = None
    metadata: tuple[MetadataField, ...] = ()
    elements: pa.Table = field(default_factory=no_elements)
    error: DocumentError | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0

    def failed(self, error: DocumentError) -> ExtractedDocument:
        """The same document, if it may not stand."""
        return replace(
            self,
            title=None,
            pages_with_text=None,
            pages_with_elements=None,
            metadata=(),
            elements=no_elements(),
            error=error,
        )


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


def identity_of(root: Document, content_hash: str, size: int) -> Identity:
    doc_id = root.doc_id
    return Identity(root.source, root.bucket, doc_id, doc_id, None, root.path, content_hash, size)


def unread(root: Document, error: DocumentError) -> ExtractedDocument:
    """A root whose content could not be read."""
    identity = identity_of(root, root.content_hash, int(error.facts.get("size", 0)))
    recipe = format_versions.fingerprints_of(root.recipe)[None]
    return ExtractedDocument(**identity.facts(), recipe=recipe, error=error)
