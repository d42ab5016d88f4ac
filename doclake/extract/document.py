"""A listed document and what its extraction gave: the two ends of this package."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from doclake import ids
from doclake.errors import DocumentError, DocumentUnreadable
from doclake.extract import format_versions
from doclake.extract.model import MetadataField
from doclake.settings import ExtractRecipe
from doclake.tables.elements import ELEMENTS


@cache
def no_elements() -> pa.Table:
    """The table of a document without elements. Made when needed: it would import pandas."""
    return ELEMENTS.schema.empty_table()


@dataclass(frozen=True, slots=True)
class Document:
    """A listed (root) document to extract.

    `open` gives its bytes as a stream. It is called once, in a thread of the parent; it and the
    reading may raise anything. If the bytes have the content hash `known`, nothing is parsed.
    `size` (bytes, if known) and `path` only suggest whether to send it together with others.
    """

    source: str
    bucket: str
    doc_id: str
    path: str
    recipe: ExtractRecipe
    open: Callable[[], AbstractContextManager[BinaryIO]]
    known: str | None = None
    password: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Which document of a tree, with which bytes: its rows are found by this. `parent_id` is None
    for the root."""

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
    """What one document gave, from the trust border to the stage.

    `recipe` is the fingerprint for its media type; `elements` are finished rows of `ELEMENTS`.
    `letters` is how much text was seen in the bytes, `element_letters` how much stands in them.
    With an `error` it holds only measures; `unchanged` means read but not parsed. Its parser ran
    for `seconds` and computed for `cpu_seconds`; `peak_mb` is the most memory that the process ever
    held. `personal_kinds` says which kinds were found in it, and what was done to them.
    """

    recipe: str
    media_type: str | None = None
    title: str | None = None
    pages: int | None = None
    pages_with_text: int | None = None
    pages_with_elements: int | None = None
    letters: int | None = None
    element_letters: int | None = None
    metadata: tuple[MetadataField, ...] = ()
    personal_kinds: tuple[str, ...] = ()
    elements: pa.Table = field(default_factory=no_elements)
    error: DocumentError | None = None
    unchanged: bool = False
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0

    def failed(self, error: DocumentError) -> ExtractedDocument:
        """The same document, failed with `error`."""
        return replace(
            self,
            title=None,
            pages_with_text=None,
            pages_with_elements=None,
            letters=None,
            element_letters=None,
            metadata=(),
            elements=no_elements(),
            error=error,
        )


def name_of(path: str) -> str:
    """The name a parser gets: the path of a root in its source, of a child in its container."""
    return path.rsplit("!/", 1)[-1]


def of_file(
    file: Path, recipe: ExtractRecipe, *, password: str | None = None, known: str | None = None
) -> Document:
    """A local file that belongs to no source of a lake: its source is named "file"."""

    def open_file() -> BinaryIO:
        try:
            return file.open("rb")
        except OSError as error:
            raise DocumentUnreadable(f"{file}: {error.strerror}.") from error

    doc_id = ids.doc_id("file", file.name)
    return Document("file", "00", doc_id, file.name, recipe, open_file, known, password)


def identity_of(root: Document, content_hash: str, size: int) -> Identity:
    doc_id = root.doc_id
    return Identity(root.source, root.bucket, doc_id, doc_id, None, root.path, content_hash, size)


def unread(root: Document, error: DocumentError) -> ExtractedDocument:
    """A root whose content could not be read, so that it has no hash."""
    return failed(root, "", int(error.facts.get("size", 0)), error)


def failed(root: Document, content_hash: str, size: int, error: DocumentError) -> ExtractedDocument:
    """A root that was read and came no further."""
    return _unparsed(root, identity_of(root, content_hash, size), error=error)


def unchanged(root: Document, content_hash: str, size: int) -> ExtractedDocument:
    """A root whose bytes are those of its stored extraction."""
    return _unparsed(root, identity_of(root, content_hash, size), unchanged=True)


def _unparsed(root: Document, identity: Identity, **outcome: Any) -> ExtractedDocument:
    recipe = format_versions.fingerprints_of(root.recipe)[None]
    return ExtractedDocument(**identity.facts(), recipe=recipe, **outcome)
