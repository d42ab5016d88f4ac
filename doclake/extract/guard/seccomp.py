"""Which system calls a parser may make: Linux's seccomp.

The list says what is allowed, not what is refused. What acts on any path, process or clock of the
machine comes in families (chmod alone has five calls), each kernel adds to them, and some, like
shared memory, outlive the process: a list of refusals is never complete. A parser reads, writes its
folder, takes memory and computes, which a hundred calls do. What else a library tries is refused
with EPERM and does not happen; no library that was tried needs more.

A call that came after the C library of seccomp is answered as an older kernel would (ENOSYS), since
libc has another way then and has none after EPERM. Calls of another architecture (32 bits, x32)
kill the thread that makes them.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from typing import Any

_FILES = (
    "open", "openat", "openat2", "creat", "close", "close_range", "read", "readv", "pread64",
    "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev", "pwritev2", "lseek", "_llseek",
    "dup", "dup2", "dup3", "ftruncate", "fallocate", "fadvise64", "fsync", "fdatasync", "sendfile",
    "stat", "lstat", "fstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat",
    "faccessat2", "readlink", "readlinkat", "getcwd", "chdir", "fchdir", "getdents", "getdents64",
    "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat",
)  # fmt: skip
_MEMORY = (
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "mincore", "msync", "mbind",
)  # fmt: skip
_THREADS = (
    "futex", "futex_waitv", "set_robust_list", "set_tid_address", "rseq", "membarrier",
    "sched_yield", "sched_getaffinity", "getcpu", "gettid", "exit", "exit_group",
    "restart_syscall", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
)  # fmt: skip
_WAITING = (
    "clock_gettime", "clock_getres", "gettimeofday", "time", "times", "nanosleep",
    "clock_nanosleep", "poll", "ppoll", "select", "pselect6",
)  # fmt: skip
_ITSELF = (
    "getpid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid",
    "getgroups", "getpgrp", "getrusage", "getrlimit", "setrlimit", "uname", "sysinfo", "getrandom",
)  # fmt: skip
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030)  # F_DUPFD to F_SETLKW, F_OFD_*, CLOEXEC
# Name, position of an argument, the values that it may have.
_WITH_VALUES = (
    ("prctl", 0, (15, 16, 0x53564D41)),  # names: PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
    ("ioctl", 1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),  # TCGETS to FIOCLEX
    ("fcntl", 1, _FCNTL),  # F_SETOWN would send a signal to another process
    ("fcntl64", 1, _FCNTL),
    ("prlimit64", 0, (0,)),  # its own limits
)
_ALWAYS = (*_FILES, *_MEMORY, *_THREADS, *_WAITING, *_ITSELF)
NAMES = frozenset((*_ALWAYS, *(name for name, *_ in _WITH_VALUES), "kill", "tgkill", "clone"))
_CLONE_THREAD = 0x10000
_32_BITS = 0xFFFFFFFF  # the kernel looks at no more of these arguments
_NO_CALL, _NEWER = 1024, 64  # no call has this number; calls that may come after the library
_EPERM, _ENOSYS = 1, 38


@functools.cache
def seccomp_stands() -> bool:
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):  # the package, or the C library it loads
        return False
    return sys.platform.startswith("linux")


def leave_the_network() -> None:
    """No new socket for this process and its descendants; libraries phone home."""
    if not seccomp_stands():
        return
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    rules.add_rule(pyseccomp.ERRNO(_EPERM), "socket")
    rules.load()


def seccomp() -> None:
    """Leave this process, for good, what a parser needs."""
    rules = allowed()
    for name in ("kill", "tgkill"):  # abort() signals its own process
        _allow(rules, name, 0, os.getpid())
    rules.load()


@functools.cache
def allowed() -> Any:
    """What every worker is allowed: made once, since it takes longer than all else here."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ERRNO(_EPERM))
    for name in _ALWAYS:
        _allow(rules, name)
    for name, position, values in _WITH_VALUES:
        for value in values:
            _allow(rules, name, position, value)
    # Threads may start, processes may not; clone3 hides its flags, so libc must use clone.
    _allow(rules, "clone", 0, _CLONE_THREAD, mask=_CLONE_THREAD)
    absent = pyseccomp.ERRNO(_ENOSYS)
    rules.add_rule(absent, "clone3")
    newest = max(number for number in range(_NO_CALL) if name_of(number))
    for number in range(newest + 1, newest + 1 + _NEWER):
        rules.add_rule(absent, number)
    return rules


def name_of(number: int) -> str | None:
    """The system call of this number; None for one that the library does not know."""
    import pyseccomp

    try:
        return pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, number).decode("ascii")
    except ValueError:
        return None


def _allow(
    rules: Any, name: str, position: int | None = None, value: int = 0, *, mask: int = _32_BITS
) -> None:
    """Allow a call, or one with this `value` of the argument at `position`."""
    import pyseccomp

    arguments = []
    if position is not None:
        arguments.append(pyseccomp.Arg(position, pyseccomp.MASKED_EQ, mask, value))
    with contextlib.suppress(OSError):  # this architecture has no such call
        rules.add_rule(pyseccomp.ALLOW, name, *arguments)
