"""The temporary folder of a run, which holds the bytes of documents: made, swept, removed.

Whoever works in it holds a lock on it, which the kernel releases when that process ends, however it
ends. The supervisor removes the folder of a run that was killed. Where both were killed at once,
the next run finds a folder that nobody holds and removes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import threading
import time
from pathlib import Path

from doclake.workspaces.removal import remove

_PREFIX = "doclake-run-"
_TRIES, _PAUSE = 20, 0.05  # a library's thread may still be writing there


class Workspace:
    """A new folder at `path`, held until it is closed. Removes those of runs that are gone."""

    def __init__(self) -> None:
        _sweep(Path(tempfile.gettempdir()))
        self._lock = threading.Lock()
        self._handle: int | None = None
        while self._handle is None:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
            try:
                self._handle = _held(self.path)
            except BlockingIOError:
                continue  # another run took it for one to be swept, before it was held
            except OSError:
                break  # there are no locks here, so nobody sweeps
            if not self.path.exists():
                self._release()

    def close(self) -> None:
        """Remove it. Any thread may, and more than once."""
        with self._lock:
            clear_away(self.path)
            self._release()

    def _release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def clear_away(folder: Path, above: int | None = None) -> None:
    """Remove a folder of ours; see `removal.remove`. What cannot be removed stays, silently."""
    for _ in range(_TRIES):
        if remove(folder, above) or not folder.exists():
            return
        time.sleep(_PAUSE)


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):  # held, gone, or not a folder
            if folder.lstat().st_uid == os.geteuid():
                handle = _held(folder)
                clear_away(folder)
                os.close(handle)


def _held(folder: Path) -> int:
    """A handle with the lock; raises `BlockingIOError` if another process has it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise
    return handle
