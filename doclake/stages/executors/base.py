"""What a stage asks of an executor, and the count of what it gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, Self

from doclake.errors import ParserCrashed
from doclake.extract.document import Document, ExtractedDocument, unread

ExtractedTree = tuple[ExtractedDocument, ...]


class Executor(Protocol):
    """Extracts documents somewhere; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def extract(self, documents: Iterable[Document]) -> Iterator[ExtractedTree]:
        """One tuple for each root, in any order: the root first, then its descendants. Streams,
        and never raises for a document."""
        ...


def accounted(executor: Executor, documents: Iterable[Document]) -> Iterator[ExtractedTree]:
    """What the executor gives: for each document that goes in, one tree comes out. One that it lost
    is a failure; one that it did not get, or gave already, is left out."""
    within: dict[str, Document] = {}

    def handed_in() -> Iterator[Document]:
        for document in documents:
            within[document.doc_id] = document
            yield document

    for tree in executor.extract(handed_in()):
        if within.pop(tree[0].doc_id, None) is not None:
            yield tree
    for document in within.values():
        yield (unread(document, no_outcome()),)


def no_outcome(actors: int = 1) -> ParserCrashed:
    """The error of a document for which nothing came back, though its guard lets nothing out."""
    return ParserCrashed(
        f"Actors of the cluster that had it gave no outcome: {actors}.",
        mend="Look for the end of an actor in Ray's log, such as for want of memory on its node. "
        "If only this document does it, exclude it.",
    )
