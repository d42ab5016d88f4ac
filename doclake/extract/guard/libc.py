"""The C library, for system calls that Python has no function for."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


@functools.cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """The result of a call; raises `OSError` if it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def die_with_parent(number: signal.Signals) -> None:
    """Ask Linux for this signal when the thread that started this process ends for any reason. If
    it has ended already, nothing comes: look afterwards who the parent is."""
    if sys.platform.startswith("linux"):
        libc().prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
