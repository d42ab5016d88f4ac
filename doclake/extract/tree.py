"""One root document and all that was found inside it: attachments, members, embedded files.

Every document of the tree is its own guarded task; the limits on depth, count, size and time are
those of the whole tree.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from doclake import ids
from doclake.errors import ContentChanged, DocumentError, DocumentUnreadable, LimitExceeded
from doclake.extract.guard import Guard, Task
from doclake.extract.limits import check_size
from doclake.extract.place import Place
from doclake.extract.result import Inner, Outcome
from doclake.schemas import ELEMENTS
from doclake.settings import ExtractRecipe, Limits

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Document:
    """A listed (root) document to extract. `read` is called once, in a thread of the parent, and
    may raise a `DocumentError`."""

    source: str
    bucket: str
    doc_id: str
    path: str
    content_hash: str
    recipe: ExtractRecipe
    recipe_fingerprint: str
    read: Callable[[], bytes]
    password: str | None = None


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """What one document gave. `parent_id` is None for the root; `elements` are finished rows of
    `schemas.ELEMENTS`, empty where `error` tells why; `seconds` is the time its parser ran."""

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
    elements: pa.Table = field(default_factory=ELEMENTS.empty_table)
    error: DocumentError | None = None
    seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    """A document of the tree that waits for its turn. `depth` 0 is the root."""

    file: Path
    path: str
    doc_id: str
    parent_id: str | None
    content_hash: str
    size: int
    depth: int


class Tree:
    """Extracts one root and its descendants, breadth first."""

    def __init__(self, root: Document, guard: Guard, limits: Limits) -> None:
        self._root = root
        self._guard = guard
        self._limits = limits
        self._waiting: deque[_Found] = deque()
        self._entries = 0
        self._bytes = 0
        self._paths = {root.path}

    def extract(self) -> tuple[ExtractedDocument, ...]:
        try:
            data = self._read_root()
        except DocumentError as error:
            return (self._unread(error),)
        root = self._root
        digest = ids.content_hash(data)
        file = self._guard.put(data)
        found = _Found(file, root.path, root.doc_id, None, digest, len(data), 0)
        del data  # the parser reads the file; a large document need not stay in memory as well
        done = [self._one(found)]
        deadline = time.monotonic() + self._limits.archive_seconds
        while self._waiting:
            found = self._waiting.popleft()
            done.append(self._one(found) if time.monotonic() < deadline else self._too_late(found))
        return tuple(done)

    def _read_root(self) -> bytes:
        root = self._root
        try:
            data = root.read()
        except DocumentError:
            raise
        except Exception as error:  # a source's library may raise anything
            raise DocumentUnreadable(
                f"It could not be read: {type(error).__name__}: {str(error)[:200]}"
            ) from error
        check_size(len(data), self._limits)
        if root.content_hash and ids.content_hash(data) != root.content_hash:
            raise ContentChanged("Its bytes are no longer those that were listed.")
        return data

    def _unread(self, error: DocumentError) -> ExtractedDocument:
        root = self._root
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

    def _one(self, found: _Found) -> ExtractedDocument:
        root = self._root
        try:
            check_size(found.size, self._limits)
        except DocumentError as refused:
            found.file.unlink(missing_ok=True)
            return self._result(found, error=refused)
        place = Place(
            root.source,
            root.bucket,
            root.doc_id,
            found.doc_id,
            found.content_hash,
            root.recipe_fingerprint,
        )
        name = found.path.rsplit("!/", 1)[-1]
        task = Task(found.file, name, place, root.recipe, self._limits, root.password)
        outcome = self._guard.run(task)
        error = outcome.error or self._adopt(found, outcome.children)
        return self._result(found, outcome, error)

    def _adopt(self, parent: _Found, children: list[Inner]) -> DocumentError | None:
        """Put what was found inside in the queue, or say why it may not stand there."""
        refused = self._refusal(parent, children)
        for child in children:
            if refused:
                child.file.unlink()
            else:
                self._waiting.append(self._found(parent, child))
        return refused

    def _refusal(self, parent: _Found, children: list[Inner]) -> DocumentError | None:
        limits = self._limits
        self._entries += len(children)
        self._bytes += sum(child.size for child in children)
        if children and parent.depth > limits.archive_depth:
            return _beyond("archive_depth", limits.archive_depth, "levels of containers")
        if self._entries > limits.archive_entries:
            return _beyond("archive_entries", limits.archive_entries, "documents in one container")
        if self._bytes > limits.archive_mb * _MIB:
            return _beyond("archive_mb", limits.archive_mb, "MB of documents in one container")
        return None

    def _found(self, parent: _Found, child: Inner) -> _Found:
        path = ids.child_path(parent.path, child.name or "unnamed")
        unique, number = path, 1
        while unique in self._paths:
            number += 1
            unique = f"{path}#{number}"
        self._paths.add(unique)
        return _Found(
            child.file,
            unique,
            ids.doc_id(self._root.source, unique),
            parent.doc_id,
            child.content_hash,
            child.size,
            parent.depth + 1,
        )

    def _too_late(self, found: _Found) -> ExtractedDocument:
        found.file.unlink(missing_ok=True)
        seconds = self._limits.archive_seconds
        return self._result(
            found, error=_beyond("archive_seconds", seconds, "seconds for one container")
        )

    def _result(
        self,
        found: _Found,
        outcome: Outcome | None = None,
        error: DocumentError | None = None,
    ) -> ExtractedDocument:
        root = self._root
        bare = ExtractedDocument(
            root.source,
            root.bucket,
            root.doc_id,
            found.doc_id,
            found.parent_id,
            found.path,
            found.content_hash,
            found.size,
            error=error,
        )
        return _filled(bare, outcome) if outcome else bare


def _filled(bare: ExtractedDocument, outcome: Outcome) -> ExtractedDocument:
    measured = replace(
        bare,
        media_type=outcome.media_type,
        pages=outcome.pages,
        seconds=outcome.seconds,
        peak_mb=outcome.peak_mb,
    )
    if bare.error:
        return measured
    return replace(
        measured,
        title=outcome.title,
        pages_with_text=outcome.pages_with_text,
        pages_with_elements=outcome.pages_with_elements,
        elements=outcome.elements,
    )


def _beyond(limit: str, allowed: float, what: str) -> LimitExceeded:
    return LimitExceeded(f"More than {allowed:g} {what}.", limit=limit)
