"""Bytes on their way from a source to a parser: in blocks, hashed once."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from doclake.errors import LimitExceeded, NoSpace
from doclake.extract.receiving import read, receive
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


def test_what_is_not_taken_leaves_nothing_behind(document, tmp_path):
    with pytest.raises(LimitExceeded):
        receive(
            document("", open=lambda: Zeros(3 << 20)), Limits(file_mb=2), lambda: tmp_path / "in"
        )
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_for_an_actor_has_the_same_limit(document):
    assert read(document("", open=lambda: Zeros(2 << 20)), Limits(file_mb=2)) == bytes(2 << 20)
    with pytest.raises(LimitExceeded):
        read(document("", open=lambda: Zeros(3 << 20)), Limits(file_mb=2))
    with pytest.raises(LimitExceeded):
        read(document("", open=lambda: Zeros(1), size=3 << 20), Limits(file_mb=2))


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


_OF_LARGE_DOCUMENTS = """
import resource, sys, zipfile
from pathlib import Path
from doclake import ids
from doclake.extract.extractor import Document, Extractor
from doclake.settings import ExtractRecipe, Limits

folder, size = Path(sys.argv[1]), 300 << 20
for number in range(8):
    with (folder / f"{number}.bin").open("wb") as file:
        file.truncate(size)
with zipfile.ZipFile(folder / "a.zip", "w") as archive, archive.open("a.bin", "w") as member:
    for _ in range(size >> 20):
        member.write(bytes(1 << 20))

def documents():
    for file in sorted(folder.iterdir()):
        facts = ("s", "00", ids.doc_id("s", file.name), file.name, ExtractRecipe())
        yield Document(*facts, lambda file=file: file.open("rb"))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

with Extractor(Limits(), 8) as extractor:
    before = peak()
    sizes = [each.size for tree in extractor.extract(documents()) for each in tree]
print(sizes.count(size), peak() - before)
"""


@pytest.mark.slow
def test_large_documents_do_not_stand_in_memory_whole_however_many_are_read(tmp_path):
    run = [sys.executable, "-c", _OF_LARGE_DOCUMENTS, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run(run, env=environment, stdout=subprocess.PIPE, check=True).stdout.split()
    assert int(said[0]) == 9
    assert int(said[1]) < 100 << 10  # KB, of 2.7 GB
