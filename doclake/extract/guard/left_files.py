"""Opens what a worker left in its folder, as the work of a stranger: regular files of a limited
size, never through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_END = 4096  # bytes


class Forged(ValueError):
    """A worker left what no sound worker leaves."""


@contextmanager
def opened(path: Path, most: int) -> Iterator[tuple[BinaryIO, int]]:
    """The file and its size in bytes. Raises `Forged` for anything but a regular file of at most
    `most` bytes, or `OSError`. The worker may still write to it, so read no more than the size."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > most:
            raise Forged(f"{path.name} is no regular file of at most {most} bytes")
        yield stream, facts.st_size


def content(path: Path, most: int) -> bytes:
    """The bytes of a file; raises as `opened`."""
    with opened(path, most) as (stream, size):
        return stream.read(size)


def end(path: Path) -> bytes:
    """The last bytes of a file of any size; none if it cannot be read."""
    try:
        with opened(path, 1 << 62) as (stream, size):
            stream.seek(max(0, size - _END))
            return stream.read(_END)
    except (OSError, ValueError):
        return b""
