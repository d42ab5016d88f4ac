"""The folders of the workers: each is lent to one thread at a time and cleared after it.

What a worker left cannot be trusted to be easy to remove. A folder that is not cleared in a moment
is thrown away and removed in the background, or when the workspace is.
"""

from __future__ import annotations

import itertools
import os
import queue
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from doclake.extract.guard.protocol import DOCUMENT, WORK
from doclake.workspaces.removal import empty, unlock

_AT_ONCE = 20_000  # entries that are removed while a document waits


class Folders:
    """At most `count` folders in `workspace`. `spoiled` holds those whose next document needs a
    fresh worker: only the thread that has a folder uses its entry."""

    def __init__(self, workspace: Path, count: int) -> None:
        self.spoiled: set[Path] = set()
        self._workspace = workspace
        self._thrown = workspace / "thrown"
        self._thrown.mkdir(mode=0o700)
        self._numbers = itertools.count()
        self._free: queue.LifoQueue[Path | None] = queue.LifoQueue()
        self._sweeper = ThreadPoolExecutor(1, thread_name_prefix="doclake-sweeper")
        for _ in range(count):
            self._free.put(None)  # made when needed

    @contextmanager
    def lent(self) -> Iterator[Path]:
        """A folder, as soon as one is free; raises `OSError` if none can be made."""
        folder = self._free.get()
        try:
            if folder is None:
                folder = self._made()
            yield folder
        finally:
            self._free.put(folder if folder and self._cleared(folder) else None)

    def close(self) -> None:
        """Stop removing; what is left goes with the workspace."""
        self._sweeper.shutdown(cancel_futures=True)

    def _made(self) -> Path:
        # No worker can ask after the folder of another, which lies beside its own.
        folder = self._workspace / secrets.token_hex(8)
        (folder / WORK).mkdir(parents=True, mode=0o700)
        return folder

    def _cleared(self, folder: Path) -> bool:
        """Whether the folder can be lent again."""
        work = folder / WORK
        try:
            (folder / DOCUMENT).unlink(missing_ok=True)
            if not self._emptied(work):
                unlock(str(work))
                self._throw_away(work)
                work.mkdir(mode=0o700)
                self.spoiled.add(folder)  # the rights of its worker hang on the old one
        except Exception:  # a folder that never comes back would cost a worker
            return False
        return True

    def _emptied(self, work: Path) -> bool:
        """Whether the folder could be emptied at once. It stays: the rights of a worker hang on
        it."""
        try:
            with os.scandir(work) as entries:
                for number, entry in enumerate(entries):
                    if number == _AT_ONCE:
                        return False
                    if entry.is_dir(follow_symlinks=False):
                        self._throw_away(Path(entry.path))
                    else:
                        os.unlink(entry.path)  # noqa: PTH108 - any name, also one that is no text
        except OSError:
            return False
        return True

    def _throw_away(self, path: Path) -> None:
        """Move a folder out of every worker's reach and remove it, at once if it is small."""
        path.rename(self._thrown / str(next(self._numbers)))
        if not empty(self._thrown, _AT_ONCE):
            self._sweeper.submit(empty, self._thrown)
