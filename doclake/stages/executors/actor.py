"""What runs on a node of a cluster: an extractor and its own way to the source. Nothing of Ray.

Bytes come from the source where the node sees it. Only content goes back: rows and errors.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from doclake import fingerprints
from doclake.cluster import versions as cluster
from doclake.errors import DocumentUnreadable
from doclake.extract import registry
from doclake.extract.document import Document
from doclake.extract.extractor import Extractor
from doclake.project import Project
from doclake.settings import Settings
from doclake.sources import Source
from doclake.stages.executors.base import ExtractedTree

Given = tuple[str, ExtractedTree | None]
"""The identifier of a document and its tree; None where this node cannot read it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A listed document on its way to an actor. `data` are its bytes, or None if the actor is to
    read them itself."""

    bucket: str
    doc_id: str
    path: str
    known: str | None
    size: int | None
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A document that an actor must see as the driver does. `file` are size, time of change in
    nanoseconds and inode of a local file; None for what an object store holds."""

    path: str
    file: tuple[int, int, int] | None


class ExtractingActor:
    """Made and called by the driver. The guard works inside: a bad document harms nobody."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._extractor: Extractor | None = None

    def versions(self) -> dict[str, str]:
        return versions()

    def begin(self, source: str, settings: Settings, workers: int, sample: Sample | None) -> bool:
        """Open the source. Whether this node can read it, as far as the sample tells. Raises
        `SandboxMissing`, see `Limits.require_sandbox`."""
        self._settings = settings
        self._source = Project.of(settings).open_source(source, read_only=True)
        reuse = settings.processing.documents_per_child
        self._extractor = Extractor(settings.limits, workers, reuse=reuse)
        return sample is not None and sample == sample_of(self._source, sample.path)

    def extract(self, batch: list[Sent]) -> list[Given]:
        """A tree for each document, in their order."""
        assert self._extractor is not None
        trees = self._extractor.extract([self._document(sent) for sent in batch])
        return [
            (tree[0].doc_id, None if sent.data is None and _could_not_be_read(tree) else tree)
            for sent, tree in zip(batch, trees, strict=True)
        ]

    def end(self) -> None:
        """End its workers, also in the midst of a batch, and remove its temporary folder."""
        if self._extractor is not None:
            self._extractor.close()

    def _document(self, sent: Sent) -> Document:
        assert self._source is not None
        source = self._source
        read: Callable[[], AbstractContextManager[BinaryIO]] = (
            partial(source.open, sent.path) if sent.data is None else partial(io.BytesIO, sent.data)
        )
        recipe = self._settings.sources[source.name].recipe.extract
        return Document(
            source.name,
            sent.bucket,
            sent.doc_id,
            sent.path,
            recipe,
            read,
            known=sent.known,
            size=sent.size,
        )


def _could_not_be_read(tree: ExtractedTree) -> bool:
    return not tree[0].content_hash and isinstance(tree[0].error, DocumentUnreadable)


def versions() -> dict[str, str]:
    """What must be equal where documents are extracted and where their rows are judged."""
    packages = {name for row in registry.FORMATS for name in row.packages}
    facts = cluster.versions(sorted(packages))
    facts["its code of extraction"] = str(fingerprints.CODE["extract"])
    return facts | {f"its reader of {row.name}": str(row.version) for row in registry.FORMATS}


def sample_of(source: Source, path: str) -> Sample | None:
    """What this machine sees of a document; None if it cannot be read."""
    try:
        file = source.local_file(path)
        with source.open(path) as stream:
            stream.read(1)
        if file is None:
            return Sample(path, None)
        status = file.stat()
    except Exception:  # each backend has error types of its own
        return None
    return Sample(path, (status.st_size, status.st_mtime_ns, status.st_ino))
