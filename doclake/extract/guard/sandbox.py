"""What a parser may not do: Linux's landlock and seccomp, and dying with the parent.

A forked worker confines itself before it sees a document, and cannot undo it. A protection that the
kernel lacks is left out; `available()` says which ones stand.
Landlock is three system calls, made here through ctypes: the packaged bindings stop at an ABI that
has no scopes. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable

from doclake.extract.guard.landlock import landlock, landlock_abi, libc, readable
from doclake.extract.guard.seccomp import seccomp, seccomp_stands

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38


def available() -> dict[str, bool]:
    """Which protections this machine gives, by name."""
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
    """Find out once, before forking, what every worker would have to find out again."""
    available()
    readable()


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends for any reason."""
    if sys.platform.startswith("linux"):
        libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def confine(read: Iterable[str], write: Iterable[str]) -> None:
    """Confine this process and its descendants, for good.

    `read`: files and folders it may read besides `readable()`. `write`: folders it may change.
    It can start no program and open no socket.
    """
    has_seccomp = seccomp_stands()  # its import looks for a C library, so it comes before the rest
    if sys.platform.startswith("linux"):
        libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if landlock_abi():
        landlock(read, write)
    if has_seccomp:
        seccomp()
