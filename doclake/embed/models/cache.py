"""What Doclake keeps of models on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

CACHE_VARIABLE = "DOCLAKE_CACHE"
_AT_REST = 2.0  # seconds since a file was written: then its time tells it from what it was before


def cache_folder() -> Path:
    """`DOCLAKE_CACHE`, else `doclake` in the user's cache folder (XDG)."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "doclake"


def remembered(name: str, found: Callable[[], bool]) -> bool:
    """What was `found` once on this machine under a name; where nothing can be kept, it is found
    each time."""
    file = cache_folder() / "found" / f"{name}.json"
    with suppress(OSError, ValueError):
        return bool(json.loads(file.read_text("utf-8")))
    value = found()
    with suppress(OSError):
        _write(file, value)
    return value


def is_verified(file: Path, sha256: str) -> bool:
    """Whether the file had this digest when last it was read whole, and is that file still: its
    place on the disk, its size and its times are the same."""
    try:
        return json.loads(_note(file).read_text("utf-8")) == _facts(file, sha256)
    except (OSError, ValueError):
        return False


def note_verified(file: Path, sha256: str) -> None:
    """Keep for `is_verified` that the file has this digest; where nothing can be kept, it is read
    again each time."""
    with suppress(OSError):
        if time.time() - file.stat().st_ctime < _AT_REST:
            return
        _write(_note(file), _facts(file, sha256))


def _write(file: Path, value: object) -> None:
    """In one step: another process may read or write it at the same time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(value, stream)
    Path(name).replace(file)


def _note(file: Path) -> Path:
    name = hashlib.sha256(os.fsencode(file.absolute())).hexdigest()
    return cache_folder() / "verified" / f"{name[:32]}.json"


def _facts(file: Path, sha256: str) -> dict[str, object]:
    status = file.stat()
    times = {"written": status.st_mtime_ns, "changed": status.st_ctime_ns}
    return (
        {"sha256": sha256, "device": status.st_dev, "inode": status.st_ino}
        | times
        | {"size": status.st_size}
    )
