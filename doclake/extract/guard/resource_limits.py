"""Memory, file size and open files of a parser, and the processor time that it took."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
import time
from pathlib import Path

from doclake.extract.guard.libc import libc


def limit_resources(memory_mb: int, written_mb: int) -> float:
    """Limit address space (above what is mapped now), bytes in one file, core dumps and open files.
    Returns what is mapped now, in MB."""
    idle = mapped_mb()
    limit_memory(memory_mb)
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_mb << 20, written_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 256 if most == resource.RLIM_INFINITY else min(256, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    return idle


def limit_memory(memory_mb: int) -> None:
    """Allow `memory_mb` above what is mapped now. The first call also sets the ceiling of later
    calls: half as much again."""
    size = int(mapped_mb() + memory_mb) << 20
    with contextlib.suppress(OSError, ValueError):  # macOS has no such limit
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        most = size + (memory_mb << 19) if most == resource.RLIM_INFINITY else most
        resource.setrlimit(resource.RLIMIT_AS, (min(size, most), most))


def mapped_mb() -> float:
    """Address space of this process in MB; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / (1 << 20)


def cpu_seconds(pid: int = 0) -> float | None:
    """What all threads of a process (0: this one) have computed, in seconds of a processor. None
    where the system does not say, or of a process that is gone."""
    if not sys.platform.startswith("linux"):
        return None
    clock = ctypes.c_int()
    try:
        if libc().clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
            return None
        return time.clock_gettime(clock.value)
    except OSError:
        return None
