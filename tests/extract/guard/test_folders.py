"""A worker's folder is cleared, or thrown away, whatever its worker left there."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from doclake.extract.guard import guard
from doclake.extract.guard.folders import Folders
from doclake.extract.guard.protocol import DOCUMENT, WORK
from doclake.workspaces.removal import empty, remove, unlock

IMMUTABLE = 0x10


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    return tmp_path / "workspace"


@pytest.fixture
def folders(workspace: Path) -> Iterator[Folders]:
    folders = Folders(workspace, 1)
    yield folders
    folders.close()
    assert remove(workspace)
    assert not workspace.exists()


def nest(place: Path, depth: int) -> None:
    """Folders in folders, deeper than any path can name."""
    here = os.open(place, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        inside = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inside
    os.close(here)


def pin(path: Path) -> None:
    """Make it immovable; skips where the system does not let this user."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux pins files so")
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, 0x40086602, struct.pack("l", IMMUTABLE))
    except OSError:
        pytest.skip("this user may pin no file")
    finally:
        os.close(handle)


def test_what_lies_about_is_gone_when_the_folder_is_lent_again(folders, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    with folders.lent() as first:
        work = first / WORK
        (first / DOCUMENT).write_text("x")
        (work / "link").symlink_to(kept)
        os.mkfifo(work / "fifo")
        (work / "sub" / "sub").mkdir(parents=True)
        (work / "sub" / "link").symlink_to(kept)
        (work / os.fsdecode(b"\xff\n")).write_text("x")
        monkeypatch.chdir(work)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("socket")
    with folders.lent() as second:
        assert second == first
        assert [path.name for path in second.iterdir()] == [WORK]
        assert list((second / WORK).iterdir()) == []
    assert not folders.spoiled
    assert (kept / "file").read_text() == "x"


def test_folders_nested_without_end_are_removed_and_the_folder_is_lent_again(folders):
    with folders.lent() as first:
        nest(first / WORK, 3_000)
    with folders.lent() as second:
        assert second == first
        assert list((second / WORK).iterdir()) == []


def test_more_files_than_can_be_removed_at_once_do_not_hold_up_the_next(folders, workspace):
    with folders.lent() as folder:
        for number in range(25_000):
            (folder / WORK / str(number)).touch()
    with folders.lent() as again:
        assert list((again / WORK).iterdir()) == []
        assert again in folders.spoiled  # its worker has rights to what was thrown away
    deadline = time.monotonic() + 60
    while list((workspace / "thrown").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list((workspace / "thrown").iterdir()) == []


@pytest.mark.parametrize("which", ["a file", "a folder", "the work folder"])
def test_what_may_not_be_moved_is_removed_all_the_same(folders, which):
    with folders.lent() as folder:
        work = folder / WORK
        (work / "sub").mkdir()
        (work / "file").touch()
        pin({"a file": work / "file", "a folder": work / "sub"}.get(which, work))
    with folders.lent() as again:
        assert list((again / WORK).iterdir()) == []


def test_folders_without_rights_are_removed(folders):
    with folders.lent() as folder:
        (folder / WORK / "sub" / "sub").mkdir(parents=True)
        (folder / WORK / "sub" / "sub" / "file").touch()
        (folder / WORK / "sub" / "sub").chmod(0)
        (folder / WORK / "sub").chmod(0)
        (folder / WORK).chmod(0)
    with folders.lent() as again:
        assert list((again / WORK).iterdir()) == []


def test_a_folder_that_is_lost_is_replaced(folders):
    with folders.lent() as folder:
        (folder / DOCUMENT).mkdir()
        (folder / DOCUMENT / "x").touch()
    with folders.lent() as other:
        assert other != folder
        assert list((other / WORK).iterdir()) == []


def test_an_error_gives_the_folder_back(folders):
    with pytest.raises(KeyError), folders.lent():
        raise KeyError
    with folders.lent() as folder:
        assert folder.exists()


def test_removing_goes_on_where_it_stopped(tmp_path):
    heap = tmp_path / "heap"
    (heap / "sub").mkdir(parents=True)
    nest(heap / "sub", 50)
    calls = 0
    while not empty(heap, 10):
        calls += 1
    assert 3 <= calls <= 10
    assert list(heap.iterdir()) == []


def test_what_cannot_be_removed_leaves_the_folder_around_it_as_it_is(tmp_path):
    heap = tmp_path / "heap"
    heap.mkdir()
    tmp_path.chmod(0o1777)
    pin(heap)
    assert not remove(heap)
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777
    unlock(str(heap))
    assert remove(heap)


@pytest.mark.skipif(not guard.protections()["files_hidden"], reason="this machine mounts nothing")
def test_what_is_mounted_in_a_folder_is_not_touched(tmp_path):
    """As the new root of a supervisor is, should it be stopped while it builds it."""
    outside = tmp_path / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "file").write_text("x")
    outside.chmod(0o755)
    heap = tmp_path / "heap"
    (heap / "root").mkdir(parents=True)
    command = [sys.executable, "-c", _MOUNTED, json.dumps(sys.path), str(heap), str(outside)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "0o755"]
    assert (outside / "file").read_text() == "x"


_MOUNTED = """
import json, os, sys
sys.path[:] = json.loads(sys.argv[1])
from pathlib import Path
from doclake.extract.guard import private_root
from doclake.workspaces.removal import remove
heap, outside = Path(sys.argv[2]), Path(sys.argv[3])
private_root.prepare()
private_root._mount("tmpfs", heap / "root", "tmpfs", 0)
private_root._bind(outside, heap / "root", 0)
print(remove(heap), oct(outside.stat().st_mode & 0o777))
"""
