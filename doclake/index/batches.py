"""Batches of whole documents, one for each commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

BATCH = 10_000  # rows in a commit
T = TypeVar("T")


def batches(documents: Iterable[T], rows_of: Callable[[T], int]) -> Iterator[list[T]]:
    """Lists of documents with at most `BATCH` rows together; a larger document goes alone."""
    batch: list[T] = []
    size = 0
    for document in documents:
        rows = rows_of(document)
        if batch and size + rows > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += rows
    if batch:
        yield batch
