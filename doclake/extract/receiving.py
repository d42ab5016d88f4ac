"""Reads and hashes the bytes of a document once, between where they lie and the parser."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from doclake.errors import DocumentError, DocumentUnreadable
from doclake.errors.foreign import in_words
from doclake.extract.document import Document
from doclake.extract.failure import failure_of
from doclake.extract.limits import check_size
from doclake.secrets import redact
from doclake.settings import Limits

_BLOCK = 1 << 20  # bytes held at once; a document of one block stays in memory


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a document, in memory or in a private file, with their hash and size."""

    digest: str
    size: int
    data: bytes = b""
    file: Path | None = None


def receive(document: Document, limits: Limits, new_file: Callable[[], Path]) -> Content:
    """Copy what the source hands over; raises a `DocumentError`. Stops at `limits.file_mb`."""
    with _arriving(document, limits) as arriving:
        first, second = next(arriving, b""), next(arriving, b"")
        check_size(len(first), limits)
        if second:
            return store(itertools.chain((first, second), arriving), new_file())
    return Content(hashlib.sha256(first).hexdigest(), len(first), first)


def read(document: Document, limits: Limits) -> bytes:
    """All that the source hands over, in memory; raises as `receive`."""
    with _arriving(document, limits) as arriving:
        return b"".join(arriving)


def store(arriving: Iterable[bytes], file: Path) -> Content:
    """Write the blocks to a private file. Raises `NoSpace` if they do not fit; whatever is raised,
    no part of them stays."""
    digest, size = hashlib.sha256(), 0
    with ExitStack() as undo:
        undo.callback(_discard, file)
        try:
            with file.open("wb") as target:
                for block in arriving:
                    digest.update(block)
                    size += len(block)
                    target.write(block)
        except OSError as error:  # those of a source are typed already
            raise failure_of(error) from error
        undo.pop_all()
    return Content(digest.hexdigest(), size, file=file)


def _discard(file: Path) -> None:
    if file.is_file():
        file.unlink()


def blocks(stream: BinaryIO, most: int) -> Iterator[bytes]:
    """The bytes of a stream, at most `most` of them, in blocks."""
    while most > 0 and (block := stream.read(min(most, _BLOCK))):
        most -= len(block)
        yield block


@contextmanager
def _arriving(document: Document, limits: Limits) -> Iterator[Iterator[bytes]]:
    if document.size:  # what the listing says is too large is not fetched at all
        check_size(document.size, limits)
    with closing(_handed_over(document)) as handed_over:
        yield _limited(handed_over, limits)


def _handed_over(document: Document) -> Generator[bytes, None, None]:
    try:
        with document.open() as stream:
            yield from blocks(stream, 1 << 62)
    except DocumentError:
        raise
    except Exception as error:  # a source's library may raise anything
        raise DocumentUnreadable(
            f"It could not be read: {redact(in_words(error))[:200]}"
        ) from error


def _limited(arriving: Iterator[bytes], limits: Limits) -> Iterator[bytes]:
    size = 0
    for block in arriving:
        size += len(block)
        check_size(size, limits)
        yield block
