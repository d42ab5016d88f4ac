"""Which documents may share a request: small ones that only Python code will parse.

Moving one document to a worker and its rows back costs several times what parsing a short text
does. So short texts of one source go there together. A batch gives only successes: a document that
is of another kind, that fails in any way, or whose batch did not end well is done again by itself.
No outcome depends on the documents beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from doclake.extract import registry
from doclake.extract.document import Document

TOGETHER = 32  # documents of a batch
SMALL = 1 << 16  # bytes
_SUFFIXES = frozenset(
    suffix for row, kind in registry.kinds() if row.batchable for suffix in kind.suffixes
)
_BINARY = (b"%PDF", b"PK\x03\x04", b"{\\rtf", b"<")


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """The documents in their order, neighbours that may share a request in one list."""
    batch: list[Document] = []
    for document in documents:
        if batch and (len(batch) == TOGETHER or _kind(batch[0]) != _kind(document)):
            yield batch
            batch = []
        batch.append(document)
        if not _promising(document):
            yield batch
            batch = []
    if batch:
        yield batch


def _promising(document: Document) -> bool:
    """Judged by what the listing says; the bytes and the worker decide."""
    return (
        document.size is not None
        and document.size <= SMALL
        and document.password is None
        and PurePosixPath(document.path).suffix.lower() in _SUFFIXES
    )


def _kind(document: Document) -> tuple[Any, ...]:
    return document.source, document.recipe, _promising(document)


def may_join(data: bytes) -> bool:
    """Whether the bytes are short, without a signature of a format that a native parser reads."""
    return len(data) <= SMALL and b"\0" not in data and not data.lstrip()[:5].startswith(_BINARY)
