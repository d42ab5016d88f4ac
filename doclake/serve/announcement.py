"""How the command line finds the running server of a lake: a file in the lake that it keeps locked.

The file is for its owner alone and holds a key, with which the command line may name principals: it
could read the lake itself. The lock ends with the process, so a file that was left behind is known
at once and its key is shown to nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NAME = "server.json"


@dataclass(frozen=True)
class Announcement:
    url: str
    key: str


@contextmanager
def announced(lake_url: str, announcement: Announcement) -> Iterator[bool]:
    """Inside, the server can be found; gives whether it can: not for a lake on a store, nor for one
    that cannot be written, nor beside a server that was there first."""
    descriptor = None if "://" in lake_url else _locked(Path(lake_url))
    if descriptor is None:
        yield False
        return
    facts = {"url": announcement.url, "key": announcement.key, "machine": socket.gethostname()}
    file = Path(lake_url) / NAME
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(facts).encode(), 0)
        yield True
    finally:
        file.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(folder: Path) -> int | None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(folder / NAME, flags, 0o600)
    except OSError:
        return None
    try:
        os.fchmod(descriptor, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def find(lake_url: str) -> Announcement | None:
    """Of the server that runs for a lake on this machine; None if there is none."""
    if "://" in lake_url:
        return None
    try:
        descriptor = os.open(Path(lake_url) / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not _is_trusted(os.fstat(descriptor)) or not _is_held(descriptor):
            return None
        facts = json.loads(os.pread(descriptor, 10_000, 0))
        if facts["machine"] != socket.gethostname():
            return None
        return Announcement(str(facts["url"]), str(facts["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    finally:
        os.close(descriptor)


def _is_trusted(status: os.stat_result) -> bool:
    """Only its owner, or root, can have written it."""
    return status.st_uid in (os.geteuid(), 0) and not status.st_mode & 0o077


def _is_held(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
