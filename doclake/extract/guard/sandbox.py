"""What a parser may not do on Linux, and which of it this machine can enforce.

A forked worker confines itself before it sees a document, and cannot undo it. A protection that the
kernel lacks is left out, unless `limits.require_sandbox` asks for all of them.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Iterable

from doclake.errors import SandboxMissing
from doclake.extract.guard import private_root
from doclake.extract.guard.landlock import landlock, landlock_abi, readable
from doclake.extract.guard.libc import libc
from doclake.extract.guard.resource_limits import cpu_seconds
from doclake.extract.guard.seccomp import allowed, seccomp, seccomp_stands

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CAPABILITIES = struct.pack("=Ii", 0x20080522, 0)  # version 3 of its header; this process
_READ_ALL = 1 << 2  # CAP_DAC_READ_SEARCH


def available() -> dict[str, bool]:
    """Which protections this machine gives, by name. Tries some of them, once for each process."""
    linux = sys.platform.startswith("linux")
    calls, abi = seccomp_stands(), landlock_abi()
    return {
        "wall_clock": True,
        "cpu_limit": cpu_seconds() is not None,
        "memory_limit": linux,
        "file_size_limit": True,
        "dies_with_parent": linux,
        "files_confined": abi >= 1,
        "files_hidden": private_root.stands(),
        "signals_confined": calls or abi >= 6,
        "no_network": calls,
        "no_programs": calls,
        "calls_confined": calls,
    }


def require() -> None:
    """Raises `SandboxMissing` unless every protection stands."""
    missing = [name for name, stands in available().items() if not stands]
    if missing:
        raise SandboxMissing(
            f"This machine lacks protections of parsers: {', '.join(missing)}.",
            mend="Give it what docs/reliability.md names for each, or set "
            "`limits.require_sandbox: false`.",
            missing=missing,
        )


def look_around() -> None:
    """Find out once, before forking, what every worker would have to find out again."""
    landlock_abi()
    readable()
    if seccomp_stands():
        allowed()


def confine(read: Iterable[str], write: Iterable[str]) -> None:
    """Confine this process and its descendants, for good.

    `read`: files and folders it may read besides `readable()`. `write`: folders it may change.
    """
    if sys.platform.startswith("linux"):
        libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        _drop_capabilities()
    if landlock_abi():
        landlock(read, write)
    if seccomp_stands():
        seccomp()


def _drop_capabilities() -> None:
    """Root, too, keeps only the right to read code that belongs to another user: not to raise its
    own limits again, nor to change the machine."""
    sets = ctypes.create_string_buffer(24)  # effective, permitted, inheritable: low, then high bits
    if libc().capget(_CAPABILITIES, sets) == 0:
        effective, permitted, *_ = struct.unpack("=6I", sets.raw)
        kept = [effective & _READ_ALL, permitted & _READ_ALL, 0, 0, 0, 0]
        libc().capset(_CAPABILITIES, struct.pack("=6I", *kept))
