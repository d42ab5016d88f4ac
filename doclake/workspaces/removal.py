"""Removes what a parser left, whatever it left: folders in folders by the thousand, files by the
million, some that may not be moved. Nothing here recurses, follows a link or raises."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import stat
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_SET_FLAGS = 0x40086602  # FS_IOC_SETFLAGS of Linux; no flags: neither immutable nor append-only
_numbers = itertools.count()


def remove(folder: Path, above: int | None = None) -> bool:
    """Remove a folder and all in it, as `empty` does. False if something stays. `above` is a handle
    on the folder that it lies in, for a process that does not see that one."""
    if empty(folder):
        with contextlib.suppress(OSError):  # what is around it is left as it is
            os.rmdir(folder if above is None else folder.name, dir_fd=above)
            return True
    return False


def empty(folder: Path, most: int = sys.maxsize) -> bool:
    """Remove all in a folder. False if something stays: what cannot be removed, or what there is
    beyond `most` entries. A later call then goes on.

    What stands deeper is moved up to `folder` first, so that no path grows long. A worker that
    still lives must have no rights to `folder` itself: it loses those to what was moved.
    """
    heap, left, whole = str(folder), most, True
    device = _device(heap)
    waiting = [heap]
    while waiting:
        place = waiting.pop()
        for path, is_folder in _entries(place):
            left -= 1
            if left < 0:
                return False
            if not is_folder:
                whole &= _done(os.unlink, path)
            elif _device(path) != device:  # another file system, mounted there
                whole = False
            elif place == heap:
                waiting.append(path)
            else:
                moved = f"{heap}/up-{os.getpid()}-{next(_numbers)}"
                if _done(os.rename, path, moved):
                    waiting.append(moved)
        if place != heap:
            whole &= _done(os.rmdir, place)
    return whole


def _device(path: str) -> int | None:
    with contextlib.suppress(OSError):
        return os.lstat(path).st_dev
    return None


def unlock(path: str) -> None:
    """Let a file or folder be removed, as far as this process may decide."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError), _handle(path, os.O_PATH | os.O_NOFOLLOW) as handle:
        mode, itself = os.fstat(handle).st_mode, f"/proc/self/fd/{handle}"  # follows no link
        if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
            _clear_flags(itself)
        if stat.S_ISDIR(mode):
            os.chmod(itself, 0o700)  # noqa: PTH101


def _clear_flags(path: str) -> None:
    with contextlib.suppress(OSError), _handle(path, os.O_RDONLY | os.O_NONBLOCK) as handle:
        fcntl.ioctl(handle, _SET_FLAGS, struct.pack("l", 0))


def _entries(place: str) -> Iterator[tuple[str, bool]]:
    """The path of each entry, and whether it is a folder."""
    if not os.access(place, os.R_OK | os.X_OK):
        unlock(place)
    with contextlib.suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            yield entry.path, entry.is_dir(follow_symlinks=False)


def _done(action: Callable[..., Any], path: str, *more: Any) -> bool:
    """Do it, if need be after unlocking the path and its folder; False if it cannot be done."""
    with contextlib.suppress(OSError):
        action(path, *more)
        return True
    unlock(path)
    unlock(str(Path(path).parent))
    with contextlib.suppress(OSError):
        action(path, *more)
        return True
    return False


@contextlib.contextmanager
def _handle(path: str, flags: int) -> Iterator[int]:
    handle = os.open(path, flags | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)
