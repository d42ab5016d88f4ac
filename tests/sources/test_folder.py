"""Listing and reading a folder of this machine."""

from __future__ import annotations

import os
import tarfile
import tempfile
import unicodedata
from pathlib import Path

import pytest

from doclake.errors import DocumentUnreadable, ListingIncomplete
from doclake.sources import base
from doclake.tables.listing import LISTING
from tests import corpus
from tests.sources.places import Files, Opener, paths, read, unprivileged


def unpacked(archive: str, folder: Path) -> Path:
    with tarfile.open(corpus.path("hostile") / archive) as tar:
        tar.extractall(folder, filter="fully_trusted")
    return folder


def test_a_listing_holds_path_size_and_time_of_every_file(opened: Opener, files: Files) -> None:
    root = files("a.txt", "b/c/d.txt")
    os.utime(root / "a.txt", ns=(0, 1_700_000_000_123_456_789))
    (batch,) = opened().list()
    assert batch.schema.equals(LISTING, check_metadata=True)
    rows = {row["path"]: row for row in batch.to_pylist()}
    assert set(rows) == {"a.txt", "b/c/d.txt"}
    assert rows["b/c/d.txt"]["size"] == len("b/c/d.txt")
    assert rows["a.txt"]["mtime"].timestamp() == pytest.approx(1_700_000_000.123456, abs=1e-6)


def test_a_listing_streams_in_batches(
    opened: Opener, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 3)
    files(*(f"{number}.txt" for number in range(8)))
    batches = list(opened().list())
    assert [batch.num_rows for batch in batches] == [3, 3, 2]
    assert len(paths(batches)) == 8


def test_only_the_wanted_buckets_are_listed(opened: Opener, files: Files) -> None:
    files(*(f"{number}.txt" for number in range(60)))
    source = opened(buckets=4)
    parts = [paths(source.list({bucket})) for bucket in ("00", "01", "02", "03")]
    assert all(parts)
    assert sum(map(len, parts)) == 60
    assert set.union(*parts) == paths(source.list())
    assert all(source.bucket(path) == "02" for path in parts[2])


def test_hidden_files_locks_and_system_litter_are_left_out_and_counted(
    opened: Opener, files: Files
) -> None:
    files("a.docx", "~$a.docx", ".~lock.b.odt#", "Thumbs.db", ".DS_Store", "._a.docx")
    files(".cache/x.txt", ".git/HEAD", "x/.hidden.md", "__MACOSX/a.docx")
    source = opened()
    assert paths(source.list()) == {"a.docx"}
    assert source.left_out == {"junk": 5, "hidden": 1, "folder: hidden": 1, "folder: junk": 2}
    assert paths(opened(hidden=True).list()) == {"a.docx", ".cache/x.txt", "x/.hidden.md"}


def test_the_lake_is_not_a_document_of_a_source_around_it(
    opened: Opener, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCLAKE_LAKE", "docs/lake")
    files("a.txt", "lake/documents/part-0.parquet")
    assert paths(opened().list()) == {"a.txt"}


@pytest.mark.parametrize(
    "name",
    [
        "한글 파일.txt",
        unicodedata.normalize("NFD", "한글 파일.txt"),
        "line\nbreak.txt",
        "😀.txt",
        "-rf --help;$(id).txt",
        "back\\slash.txt",
        r"looks\xc6escaped.txt",
        r"looks\x5cescaped.txt",
        os.fsdecode("파일.txt".encode("cp949")),
        os.fsdecode(b"\\x\xc6\\xc6\\\xff.txt"),
    ],
)
def test_any_name_is_listed_as_text_and_read_back(opened: Opener, files: Files, name: str) -> None:
    root = files("folder/other.txt")
    (root / "folder" / name).write_bytes(b"content")
    source = opened()
    (path,) = paths(source.list()) - {"folder/other.txt"}
    assert path.encode("utf-8").decode("utf-8") == path
    assert read(source, path) == b"content"
    found = source.local_file(path)
    assert found is not None
    assert found.name == name


def test_names_that_differ_only_in_their_spelling_stay_apart(opened: Opener, files: Files) -> None:
    root = files("가.txt", unicodedata.normalize("NFD", "가.txt"), r"\xc6.txt")
    (root / os.fsdecode(b"\xc6.txt")).write_text("bytes")
    source = opened()
    listed = paths(source.list())
    assert len(listed) == 4
    assert {read(source, path).decode() for path in listed} == {
        "가.txt",
        unicodedata.normalize("NFD", "가.txt"),
        r"\xc6.txt",
        "bytes",
    }


def test_every_odd_name_of_the_corpus_is_read(opened: Opener, tmp_path: Path) -> None:
    unpacked("odd_names.tar.gz", tmp_path / "docs")
    source = opened(hidden=True)
    listed = paths(source.list())
    assert len(listed) == 11
    assert all(read(source, path) for path in listed)


def test_symlinks_of_the_corpus_lead_nowhere(opened: Opener, tmp_path: Path) -> None:
    root = unpacked("symlinks.tar.gz", tmp_path / "docs")
    (root / "symlinks" / "real.txt").write_text("real")
    source = opened()
    assert paths(source.list()) == {"symlinks/real.txt"}
    assert source.left_out == {
        "link: broken": 1,
        "link: leads outside": 1,
        "link: to a folder": 1,
    }
    with pytest.raises(DocumentUnreadable, match="outside"):
        read(source, "symlinks/escape.txt")


def test_a_link_that_nobody_can_follow_now_is_no_broken_one(opened: Opener) -> None:
    """What it leads to may be there: a listing without it must not look complete."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / ".store").mkdir()
        (root / ".store" / "a.txt").write_text("a")
        (root / "linked.txt").symlink_to(".store/a.txt")
        root.chmod(0o755)
        (root / ".store").chmod(0o700 if os.geteuid() == 0 else 0)
        source = opened(str(root))
        try:
            with unprivileged(), pytest.raises(ListingIncomplete):
                list(source.list())
        finally:
            (root / ".store").chmod(0o700)
    assert source.left_out == {}


def test_a_link_to_a_file_inside_is_a_document(opened: Opener, files: Files) -> None:
    root = files("..data/a.txt")  # how Kubernetes mounts a config map
    (root / "a.txt").symlink_to("..data/a.txt")
    source = opened()
    assert paths(source.list()) == {"a.txt"}
    assert read(source, "a.txt") == b"..data/a.txt"


def test_a_link_to_a_sibling_that_begins_alike_is_outside(opened: Opener, files: Files) -> None:
    root = files("a.txt")
    beside = root.with_name("docs_secret")
    beside.mkdir()
    (beside / "b.txt").write_text("secret")
    (root / "b.txt").symlink_to(beside / "b.txt")
    assert paths(opened().list()) == {"a.txt"}


def test_a_source_that_is_itself_a_link_is_followed(
    opened: Opener, files: Files, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(files("a.txt"))
    assert paths(opened("link").list()) == {"a.txt"}


def test_a_pipe_is_left_out_and_never_opened(opened: Opener, files: Files) -> None:
    root = files("a.txt")
    os.mkfifo(root / "pipe.txt")
    source = opened()
    assert paths(source.list()) == {"a.txt"}
    assert source.left_out == {"not a file": 1}
    with pytest.raises(DocumentUnreadable, match="not a file"):
        read(source, "pipe.txt")


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/passwd", "a/../../outside.txt", "", "."])
def test_no_path_reads_outside_the_source(
    opened: Opener, files: Files, tmp_path: Path, path: str
) -> None:
    files("a/b.txt")
    (tmp_path / "outside.txt").write_text("outside")
    with pytest.raises(DocumentUnreadable) as error:
        read(opened(), path)
    assert error.value.facts["path"] == path


def test_a_document_that_is_gone_is_unreadable(opened: Opener, files: Files) -> None:
    files("a.txt")
    with pytest.raises(DocumentUnreadable, match="No such file"):
        read(opened(), "b.txt")


def test_a_folder_that_may_not_be_entered_makes_the_listing_incomplete(
    opened: Opener, open_to_all: Path
) -> None:
    for name in ("a.txt", "shut/b.txt", "c/d.txt"):
        (open_to_all / name).parent.mkdir(exist_ok=True)
        (open_to_all / name).write_text(name)
    source = opened(str(open_to_all))
    (open_to_all / "shut").chmod(0)
    listed = []
    with unprivileged(), pytest.raises(ListingIncomplete, match="Permission denied") as error:
        listed.extend(source.list())
    assert paths(listed) == {"a.txt", "c/d.txt"}
    assert error.value.facts["failed"] == 1
    assert "shut" in error.value.facts["failures"][0]


def test_a_vanished_folder_is_an_error_not_an_empty_listing(
    opened: Opener, files: Files, tmp_path: Path
) -> None:
    files("a.txt").rename(tmp_path / "away")
    for allow_empty in (False, True):
        with pytest.raises(ListingIncomplete, match="No such file"):
            list(opened(allow_empty=allow_empty).list())


def test_a_file_in_place_of_the_folder_makes_the_listing_incomplete(
    opened: Opener, tmp_path: Path
) -> None:
    (tmp_path / "docs").write_text("")
    with pytest.raises(ListingIncomplete, match="Not a directory"):
        list(opened(allow_empty=True).list())


def test_documents_are_counted_for_a_while_only(
    opened: Opener, files: Files, tmp_path: Path
) -> None:
    files("a.txt", "b/c.txt", "old/d.txt")
    source = opened(exclude=["old/"])
    assert source.count(60) == (2, True)
    assert source.count(0) == (1, False)
    source.require()


def test_an_empty_folder_is_taken_for_a_missing_mount_unless_allowed(
    opened: Opener, tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    with pytest.raises(ListingIncomplete, match="allow_empty"):
        list(opened().list())
    assert list(opened(allow_empty=True).list()) == []


def test_a_folder_swapped_while_it_is_listed_makes_the_listing_incomplete(
    opened: Opener, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 1)
    root = files("a.txt", "b.txt")
    listing = opened().list()
    next(listing)
    root.rename(tmp_path / "before")
    root.mkdir()
    with pytest.raises(ListingIncomplete, match="replaced or unmounted"):
        list(listing)


def test_a_folder_deleted_while_it_is_listed_ends_the_listing_early(
    opened: Opener, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "BATCH_ROWS", 1)
    root = files("a.txt", "b.txt", "c/d.txt")
    listing = opened().list()
    seen = paths([next(listing)])
    root.rename(tmp_path / "away")
    rest = []
    with pytest.raises(ListingIncomplete):
        rest.extend(listing)
    assert "c/d.txt" not in seen | paths(rest)
