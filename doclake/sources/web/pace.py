"""When a host may be asked next: after all who ask it in the name of one lake, since two runs at
once must not halve the pause that its robots.txt wants."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from doclake import ids

_MOST_WAIT = 100
"""So many requests may wait for one host. A turn further ahead was noted before somebody set the
clock back."""


class Pace:
    """The turns of hosts, for the threads of this process and, in files of `folder`, for all
    processes of this machine. Files cannot be where the folder above is not there or is
    read-only."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._turns: dict[str, float] = {}
        self._lock = Lock()

    def wait(self, host: str, pause: float) -> None:
        """Until it is our turn; the next one comes `pause` seconds later."""
        if pause <= 0:
            return
        with self._lock, self._file(host) as file:
            now = time.time()
            turn = max(now, self._turns.get(host, now), 0.0 if file is None else _noted(file))
            if turn > now + _MOST_WAIT * pause:
                turn = now
            self._turns[host] = turn + pause
            if file is not None:
                os.pwrite(file, f"{turn + pause:<32.6f}".encode(), 0)
        time.sleep(turn - now)

    @contextmanager
    def _file(self, host: str) -> Iterator[int | None]:
        """That of a host, which nobody else has open, or None. Closing it lets it go."""
        try:
            descriptor = self._opened(host)
        except OSError:
            descriptor = None
        try:
            if descriptor is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _opened(self, host: str) -> int | None:
        if self._folder is None:
            return None
        self._folder.mkdir(exist_ok=True)
        file = self._folder / f"host-{ids.digest(host)[:32]}"
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _noted(file: int) -> float:
    try:
        return float(os.pread(file, 64, 0))
    except ValueError:  # it is new, or a machine died while it was written
        return 0.0
