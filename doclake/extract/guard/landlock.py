"""Which files a parser may read and change: Linux's landlock.

Three system calls, made here: the packaged bindings stop at an ABI that has no scopes.
https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import functools
import os
import site
import struct
import sys
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from doclake.extract.guard.libc import checked, libc

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # equal on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE = 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_READ = _READ_FILE | _READ_DIR
_WORK = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_FILE_ACCESS_BITS = {1: 13, 2: 14, 3: 15, 4: 15}  # by ABI; 16 from ABI 5
_SCOPES = 0b11  # abstract unix sockets and signals stay inside
SYSTEM_FOLDERS = (
    "/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/ld.so.cache", "/etc/alternatives",
    "/etc/fonts", "/etc/localtime", "/etc/mime.types", "/var/cache/fontconfig",
    "/sys/devices/system/cpu", "/proc/self", "/proc/meminfo", "/proc/cpuinfo", "/proc/stat",
    "/proc/sys", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip


@functools.cache
def landlock_abi() -> int:
    """Version of the kernel's landlock; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, libc().syscall(_CREATE_RULESET, None, 0, 1))


@functools.cache
def readable() -> tuple[str, ...]:
    """Code, libraries, fonts and models: nothing that belongs to a user."""
    package = str(Path(str(files("doclake"))).resolve())
    paths = [sys.prefix, sys.base_prefix, package, *site.getsitepackages(), *SYSTEM_FOLDERS]
    if os.environ.get("TESSDATA_PREFIX"):
        paths.append(os.environ["TESSDATA_PREFIX"])
    return tuple(dict.fromkeys(path for path in paths if Path(path).exists()))


def landlock(read: Iterable[str], write: Iterable[str]) -> None:
    abi = landlock_abi()
    handled = (1 << _FILE_ACCESS_BITS.get(abi, 16)) - 1
    scoped = _SCOPES if abi >= 6 else 0
    attributes = struct.pack("=QQQ", handled, 0b11 if abi >= 4 else 0, scoped)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = checked(libc().syscall(_CREATE_RULESET, attributes, size, 0), "landlock")
    for path in (*readable(), *read):
        _allow(ruleset, path, _READ & handled)
    for path in write:
        _allow(ruleset, path, _WORK & handled)
    _allow(ruleset, "/dev/null", (_READ_FILE | _WRITE_FILE) & handled)
    checked(libc().syscall(_RESTRICT_SELF, ruleset, 0), "landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a missing path needs no right
    if not Path(path).is_dir():
        rights &= _FILE_RIGHTS
    rule = struct.pack("=Qi", rights, handle)  # struct landlock_path_beneath_attr is packed
    try:
        checked(libc().syscall(_ADD_RULE, ruleset, 1, rule, 0), f"landlock {path}")
    finally:
        os.close(handle)
