"""What a parser may not do: Linux's landlock and seccomp, resource limits, and who kills whom.

Everything here is called in the forked child just before it sees the document, and cannot be
undone by it. Where the kernel lacks a protection it is left out; `available()` says which stand.
Landlock is three system calls, made here through ctypes: the packaged bindings stop at an ABI that
has no scopes. https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import resource
import signal
import site
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # equal on every architecture
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MAKE_SOCK, _REFER, _TRUNCATE = 1 << 9, 1 << 13, 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIR
_WORK = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_FILE_ACCESS_BITS = {1: 13, 2: 14, 3: 15, 4: 15}  # by ABI; 16 from ABI 5
_SCOPES = 0b11  # abstract unix sockets and signals stay inside

_NEVER = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "io_uring_setup", "ptrace",
    "process_vm_readv", "process_vm_writev", "mount", "umount2", "pivot_root", "chroot", "bpf",
    "keyctl", "add_key", "request_key", "perf_event_open", "userfaultfd", "init_module",
    "finit_module", "kexec_load", "setns", "unshare", "open_by_handle_at",
)  # fmt: skip
_NO_PROGRAMS = ("execve", "execveat", "fork", "vfork")
_CLONE_THREAD = 0x10000
_EPERM, _ENOSYS = 1, 38
_HELPERS_MAY = {"socket", "connect", "bind", "listen", "accept", "accept4"}
_AF_UNIX = 1
_TEMPORARY, _ELSEWHERE = "/tmp", "/mnt"  # noqa: S108 - fixed in LibreOffice, not our choice
_CLONE_NEWNS, _CLONE_NEWUSER = 0x20000, 0x10000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18

SYSTEM_FOLDERS = (
    "/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime",
    "/etc/mime.types", "/etc/libreoffice", "/var/cache/fontconfig", "/var/lib/libreoffice",
    "/sys/devices/system/cpu", "/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat",
    "/proc/sys", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip

# Names of users and of mounts, which LibreOffice will not start without; no secret is among them.
_FOR_PROGRAMS = (
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/var/spool/libreoffice",
    "/proc/filesystems",
)  # fmt: skip


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def landlock_abi() -> int:
    """Version of the kernel's landlock; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _libc().syscall(_CREATE_RULESET, None, 0, 1))


@functools.cache
def _has_seccomp() -> bool:
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):  # the package, or the C library it loads
        return False
    return sys.platform.startswith("linux")


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
        "no_network": _has_seccomp(),
        "no_programs": _has_seccomp(),
    }


@functools.cache
def readable() -> tuple[str, ...]:
    """Code, libraries, fonts and models: nothing that belongs to a user."""
    package = str(Path(__file__).resolve().parents[1])
    paths = [sys.prefix, sys.base_prefix, package, *site.getsitepackages(), *SYSTEM_FOLDERS]
    if os.environ.get("TESSDATA_PREFIX"):
        paths.append(os.environ["TESSDATA_PREFIX"])
    return tuple(dict.fromkeys(path for path in paths if Path(path).exists()))


def look_around() -> None:
    """Find out once, before forking, what every child would have to find out again."""
    available()
    readable()


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent ends, however that ends."""
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def limit_resources(memory_mb: int, file_mb: int) -> float:
    """Address space above what is mapped now, bytes in one file, no core dump, few open files.
    Returns what is mapped now, in MB."""
    idle = mapped_mb()
    limit_memory(memory_mb)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_mb << 20, file_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 256 if most == resource.RLIM_INFINITY else min(256, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    return idle


def limit_memory(memory_mb: int) -> None:
    """Allow `memory_mb` above what is mapped now. The first call also sets what no later one can
    exceed: half as much again."""
    size = int(mapped_mb() + memory_mb) << 20
    with contextlib.suppress(OSError, ValueError):  # macOS has no such limit
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        most = size + (memory_mb << 19) if most == resource.RLIM_INFINITY else most
        resource.setrlimit(resource.RLIMIT_AS, (min(size, most), most))


def mapped_mb() -> float:
    """Address space of this process in MB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / (1 << 20)


def with_own_temporary_folder(folder: str, work: str) -> str:
    """Give this process a /tmp of its own, inside `work`; returns where `folder` now stands.

    LibreOffice insists on making, and removing, a socket in /tmp. Where the kernel allows no mount
    namespace, or Python itself is installed under /tmp, `folder` stays where it is, and programs
    may make sockets and remove files in the real /tmp.
    """
    code_is_there = any(path.startswith(f"{_TEMPORARY}/") for path in readable())
    if code_is_there or not sys.platform.startswith("linux"):
        return folder
    own = Path(work) / "tmp"
    own.mkdir(exist_ok=True)
    flags = _CLONE_NEWNS if os.geteuid() == 0 else _CLONE_NEWNS | _CLONE_NEWUSER
    mounts = [
        (None, "/", _MS_REC | _MS_PRIVATE),
        (folder, _ELSEWHERE, _MS_BIND),
        (str(own), _TEMPORARY, _MS_BIND),
    ]
    if _libc().unshare(flags) != 0:
        return folder
    for source, target, how in mounts:
        place = source.encode() if source else None
        if _libc().mount(place, target.encode(), None, how, None) != 0:
            return folder if target != _TEMPORARY else _ELSEWHERE
    return _ELSEWHERE


def leave_the_network() -> None:
    """No socket but unix ones for this process and its descendants; libraries phone home."""
    if not _has_seccomp():
        return
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    other = pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX)
    rules.add_rule(pyseccomp.ERRNO(_EPERM), "socket", other)
    rules.load()


def confine(read: Iterable[str], write: Iterable[str], *, programs: bool = False) -> None:
    """Confine this process and its descendants, for good.

    `read`: files and folders it may read beside `readable()`. `write`: folders it may change.
    `programs`: it may start the programs under the system's folders and talk to them over unix
    sockets; else it can start nothing and open no socket at all.
    """
    has_seccomp = _has_seccomp()  # its import looks for a C library, so it comes before the rest
    if sys.platform.startswith("linux"):
        _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if landlock_abi():
        _landlock(read, write, programs)
    if has_seccomp:
        _seccomp(programs)


def _landlock(read: Iterable[str], write: Iterable[str], programs: bool) -> None:
    abi = landlock_abi()
    handled = (1 << _FILE_ACCESS_BITS.get(abi, 16)) - 1
    scoped = _SCOPES if abi >= 6 else 0
    attributes = struct.pack("=QQQ", handled, 0b11 if abi >= 4 else 0, scoped)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = _libc().syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    see = _READ | (_EXECUTE if programs else 0)
    work = _WORK | ((_MAKE_SOCK | _REFER) if programs else 0)
    for path in (*readable(), *read):
        _allow(ruleset, path, see & handled)
    for path in write:
        _allow(ruleset, path, work & handled)
    if programs:
        _allow(ruleset, _TEMPORARY, (_MAKE_SOCK | _REMOVE_FILE) & handled)
        for path in _FOR_PROGRAMS:
            _allow(ruleset, path, _READ & handled)
    _allow(ruleset, "/dev/null", (_READ_FILE | _WRITE_FILE) & handled)
    if _libc().syscall(_RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a path that is not there needs no right
    if not Path(path).is_dir():
        rights &= _FILE_RIGHTS
    rule = struct.pack("=Qi", rights, handle)  # struct landlock_path_beneath_attr is packed
    failed = _libc().syscall(_ADD_RULE, ruleset, 1, rule, 0)
    os.close(handle)
    if failed:
        raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")


def _seccomp(programs: bool) -> None:
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(_EPERM)
    denied = [name for name in _NEVER if not (programs and name in _HELPERS_MAY)]
    for name in denied if programs else [*denied, *_NO_PROGRAMS]:
        with contextlib.suppress(OSError, ValueError):  # unknown on this architecture
            rules.add_rule(refuse, name)
    if programs:  # LibreOffice talks to itself over unix sockets; nothing leaves the machine
        rules.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, _AF_UNIX))
    else:  # threads may start, processes not; clone3 hides its flags, so libc must take clone
        rules.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))
        rules.add_rule(pyseccomp.ERRNO(_ENOSYS), "clone3")
    rules.load()
