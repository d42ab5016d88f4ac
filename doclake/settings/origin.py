"""Where settings were read from, so that they are read again when that has changed."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

Read = TypeVar("Read")

_AT_REST = 0.05  # seconds since a file was written: then its writer is done
_PATIENCE = 1.0


@dataclass(frozen=True)
class Origin(Generic[Read]):
    """`files` lists what settings are read from, `load` reads them again, `digest` is that of the
    files as they were read.

    Contents are compared, not sizes and times: a file may change within both.
    """

    digest: bytes
    files: Callable[[], Iterable[Path]] = field(compare=False)
    load: Callable[[], Read] = field(compare=False)

    @classmethod
    def of(cls, files: Callable[[], Iterable[Path]], load: Callable[[], Read]) -> Origin[Read]:
        """Must be made before the files are read, so that no change in between is missed. Waits for
        a file that is being written, a second at most: an editor empties it first, and the part
        that is there until it is full may be valid and mean something else."""
        end = time.monotonic() + _PATIENCE
        while any(map(_is_fresh, files())) and time.monotonic() < end:
            time.sleep(_AT_REST / 5)
        return cls(_digest(files()), files, load)

    def has_changed(self) -> bool:
        return _digest(self.files()) != self.digest


def _is_fresh(file: Path) -> bool:
    try:
        return abs(time.time() - file.stat().st_mtime) < _AT_REST
    except OSError:
        return False


def _digest(files: Iterable[Path]) -> bytes:
    """Of names and contents; a file that cannot be read counts as one without content."""
    whole = hashlib.sha256()
    for file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).digest()
        except OSError:  # loading it says what is wrong
            content = b""
        whole.update(hashlib.sha256(str(file).encode()).digest() + content)
    return whole.digest()
