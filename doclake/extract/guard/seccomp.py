"""Which system calls a parser may make: Linux's seccomp."""

from __future__ import annotations

import contextlib
import functools
import sys

_NEVER = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "io_uring_setup", "ptrace",
    "process_vm_readv", "process_vm_writev", "mount", "umount2", "pivot_root", "chroot", "bpf",
    "keyctl", "add_key", "request_key", "perf_event_open", "userfaultfd", "init_module",
    "finit_module", "kexec_load", "setns", "unshare", "open_by_handle_at",
)  # fmt: skip
_NO_PROGRAMS = ("execve", "execveat", "fork", "vfork")
_CLONE_THREAD = 0x10000
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
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(_EPERM)
    for name in (*_NEVER, *_NO_PROGRAMS):
        with contextlib.suppress(OSError, ValueError):  # unknown on this architecture
            rules.add_rule(refuse, name)
    # Threads may start, processes may not; clone3 hides its flags, so libc must use clone.
    rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
    rules.add_rule(pyseccomp.ERRNO(_ENOSYS), "clone3")
    rules.load()
