"""What a parser may not do: Linux's landlock and seccomp, resource limits, and who kills whom.

Everything here is called in the forked child just before it sees the document, and cannot be
undone by it. Where the kernel lacks a protection it is left out; `available()` says which stand.
Landlock is three system calls, made here through ctypes: the packaged bindings stop at an ABI that
has no scopes. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from doclake.extract.guard.landlock import (
    ELSEWHERE,
    TEMPORARY,
    landlock,
    landlock_abi,
    libc,
    readable,
)
from doclake.extract.guard.seccomp import seccomp, seccomp_stands

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38

_CLONE_NEWNS, _CLONE_NEWUSER = 0x20000, 0x10000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18


def available() -> dict[str, bool]:
    """Protections this machine gives, by name."""
    linux = sys.platform.startswith("linux")
    abi = landlock_abi()
    return {
        "wall_clock": True,
        "memory_limit": linux,
        "file_size_limit": True,
        "dies_with_parent": linux,
        "files_confined": abi >= 1,
        "signals_confined": abi >= 6,
        "no_network": seccomp_stands(),
        "no_programs": seccomp_stands(),
    }


def look_around() -> None:
    """Find out once, before forking, what every child would have to find out again."""
    available()
    readable()


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends, however that ends."""
    if sys.platform.startswith("linux"):
        libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def with_own_temporary_folder(folder: str, work: str) -> str:
    """Give this process a /tmp of its own, inside `work`; returns where `folder` now stands.

    LibreOffice insists on making, and removing, a socket in /tmp. Where the kernel allows no mount
    namespace, or Python itself is installed under /tmp, `folder` stays where it is, and programs
    may make sockets and remove files in the real /tmp.
    """
    code_is_there = any(path.startswith(f"{TEMPORARY}/") for path in readable())
    if code_is_there or not sys.platform.startswith("linux"):
        return folder
    own = Path(work) / "tmp"
    own.mkdir(exist_ok=True)
    flags = _CLONE_NEWNS if os.geteuid() == 0 else _CLONE_NEWNS | _CLONE_NEWUSER
    mounts = [
        (None, "/", _MS_REC | _MS_PRIVATE),
        (folder, ELSEWHERE, _MS_BIND),
        (str(own), TEMPORARY, _MS_BIND),
    ]
    if libc().unshare(flags) != 0:
        return folder
    for source, target, how in mounts:
        place = source.encode() if source else None
        if libc().mount(place, target.encode(), None, how, None) != 0:
            return folder if target != TEMPORARY else ELSEWHERE
    return ELSEWHERE


def confine(read: Iterable[str], write: Iterable[str], *, programs: bool = False) -> None:
    """Confine this process and its descendants, for good.

    `read`: files and folders it may read beside `readable()`. `write`: folders it may change.
    `programs`: it may start the programs under the system's folders and talk to them over unix
    sockets; else it can start nothing and open no socket at all.
    """
    has_seccomp = seccomp_stands()  # its import looks for a C library, so it comes before the rest
    if sys.platform.startswith("linux"):
        libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if landlock_abi():
        landlock(read, write, programs)
    if has_seccomp:
        seccomp(programs)
