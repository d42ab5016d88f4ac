"""Reads and hashes the bytes of a listed document once, between the source and the parser."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from doclake.errors import DocumentError, DocumentUnreadable, NoSpace
from doclake.extract.document import Document
from doclake.extract.limits import check_size
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
    if document.size:  # what the listing says is too large is not fetched at all
        check_size(document.size, limits)
    digest, size = hashlib.sha256(), 0
    first, file = b"", None
    with ExitStack() as opened:
        target: BinaryIO | None = None
        for block in _blocks(document):
            size += len(block)
            check_size(size, limits)
            digest.update(block)
            if not first:
                first = block
                continue
            if target is None:
                file = new_file()
                target = opened.enter_context(file.open("wb"))
                _write(target, first)
            _write(target, block)
    check_size(size, limits)
    return Content(digest.hexdigest(), size, b"" if file else first, file)


def _blocks(document: Document) -> Iterator[bytes]:
    try:
        with document.open() as stream:
            while block := stream.read(_BLOCK):
                yield block
    except DocumentError:
        raise
    except Exception as error:  # a source's library may raise anything
        raise DocumentUnreadable(
            f"It could not be read: {type(error).__name__}: {str(error)[:200]}"
        ) from error


def _write(target: BinaryIO, block: bytes) -> None:
    try:
        target.write(block)
        target.flush()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace("The temporary folder is full.") from error
        raise
