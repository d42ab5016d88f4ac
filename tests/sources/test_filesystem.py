"""Any fsspec filesystem, here the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

from doclake.errors import DocumentUnreadable, ListingIncomplete
from doclake.sources import signature
from tests.sources.places import Opener, paths, read, silent_server


@pytest.fixture
def memory() -> Iterator[Any]:
    filesystem = fsspec.filesystem("memory")
    filesystem.store.clear()
    yield filesystem
    filesystem.store.clear()


def test_a_tree_is_listed_and_read_back(opened: Opener, memory: Any) -> None:
    names = {"a.txt", "b/c.txt", "b/한글.txt"}
    memory.pipe({f"/docs/{name}": name.encode() for name in names})
    memory.pipe({"/docs/.git/HEAD": b"x", "/docs/b/Thumbs.db": b"x", "/other/d.txt": b"x"})
    source = opened("memory://docs", exclude=["old/"])
    assert paths(source.list()) == names
    assert source.left_out == {"folder: junk": 1, "junk": 1}
    assert read(source, "b/한글.txt") == "b/한글.txt".encode()
    assert source.local_file("a.txt") is None


def test_a_file_of_ftp_has_the_time_of_its_change_in_its_signature(opened: Opener) -> None:
    source = opened("ftp://ftp.example.com/pub")
    told = {"name": "/pub/a.txt", "type": "file", "size": 12}  # as MLSD tells it
    tags = [source._file("a.txt", told | {"modify": f"2026113012000{n}"}).etag for n in range(2)]
    assert len({*tags, None}) == 3


def test_a_rewritten_file_changes_its_signature(opened: Opener, memory: Any) -> None:
    def told() -> str:
        (batch,) = opened("memory://docs").list()
        return signature(batch.to_pylist()[0])

    memory.pipe("/docs/a.txt", b"one")
    before = told()
    assert told() == before
    memory.pipe("/docs/a.txt", b"two")
    assert told() != before


def test_a_missing_place_makes_the_listing_incomplete(opened: Opener, memory: Any) -> None:
    with pytest.raises(ListingIncomplete):
        list(opened("memory://nowhere").list())


def test_a_missing_file_is_unreadable(opened: Opener, memory: Any) -> None:
    memory.pipe("/docs/a.txt", b"a")
    for path in ("b.txt", "../other/d.txt"):
        with pytest.raises(DocumentUnreadable):
            read(opened("memory://docs"), path)


def test_a_file_url_is_a_folder(opened: Opener, files: Any) -> None:
    root = files("a.txt")
    source = opened(f"file://{root}")
    assert paths(source.list()) == {"a.txt"}
    assert source.local_file("a.txt") == root / "a.txt"


def test_a_server_that_hangs_makes_the_listing_incomplete_in_time(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doclake.sources.filesystem.ANSWER_SECONDS", 0.5)
    with silent_server() as address:
        source = opened(f"ftp://{address}/docs", storage_options={"timeout": 3})
        with pytest.raises(ListingIncomplete, match=r"no answer within 0\.5 s"):
            list(source.list())


def test_a_package_that_is_not_installed_makes_the_listing_incomplete(opened: Opener) -> None:
    with pytest.raises(ListingIncomplete, match="lakefs"):
        list(opened("lakefs://papers/docs").list())
