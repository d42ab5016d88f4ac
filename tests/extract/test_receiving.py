"""Bytes on their way from a source to a parser: in blocks, hashed once."""

from __future__ import annotations

import hashlib
import io
import tracemalloc
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded, NoSpace
from doclake.extract.receiving import receive
from doclake.settings import Limits


def test_a_large_document_never_stands_in_memory_whole(document, tmp_path):
    size = 64 << 20
    large = document("", open=lambda: Zeros(size))
    tracemalloc.start()
    content = receive(large, Limits(), lambda: tmp_path / "in")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (content.size, content.data) == (size, b"")
    assert content.file.stat().st_size == size
    assert content.digest == hashlib.sha256(bytes(size)).hexdigest()
    assert peak < 8 << 20


def test_a_full_temporary_folder_is_the_failure_of_that_document(document):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(NoSpace):
        receive(document("", open=lambda: Zeros(2 << 20)), Limits(), lambda: Path("/dev/full"))


class Zeros(io.RawIOBase):
    """A stream of zeros, none of which are kept."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        count = min(len(buffer), self._left)
        buffer[:count] = bytes(count)
        self._left -= count
        return count


def test_a_document_that_is_listed_as_too_large_is_not_fetched(document):
    def opened() -> io.BytesIO:
        raise AssertionError("it was opened")

    with pytest.raises(LimitExceeded):
        receive(document("", size=2 << 20, open=opened), Limits(file_mb=1), Path)
