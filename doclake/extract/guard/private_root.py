"""A root folder with nothing of the user in it: Linux's mount namespaces.

Landlock lets a process ask of any path whether it exists, how large and how old it is. So the
supervisor moves, before it forks, into a tree of its own: what landlock lets a parser read, read
only, and the workspace, each under the path that it has outside. Needs the right to mount, or user
namespaces; https://man7.org/linux/man-pages/man7/mount_namespaces.7.html
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from doclake.extract.guard.landlock import readable
from doclake.extract.guard.libc import checked, die_with_parent, libc

_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_NOSUID, _NODEV, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 1 << 12, 1 << 14, 1 << 18
_DETACH = 2
_MOUNT_SETATTR = 442  # equal on every architecture
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_READ_ONLY_AND_NOSUID = struct.pack("=QQQQ", 1 | 2, 0, 0, 0)  # struct mount_attr
_ROOT = "root"
_TRY = (
    "import json,sys; sys.path[:]=json.loads(sys.argv[2]);"
    "from doclake.extract.guard import private_root; sys.exit(not private_root.works(sys.argv[1]))"
)


def prepare() -> None:
    """Take this process, which must have one thread yet, to mounts of its own, as the user it runs
    as or else in a user namespace. Raises `OSError` where it may not."""
    user, group = os.geteuid(), os.getegid()
    if libc().unshare(_NEW_MOUNTS) != 0:
        checked(libc().unshare(_NEW_USER | _NEW_MOUNTS), "unshare")
        Path("/proc/self/setgroups").write_bytes(b"deny")
        Path("/proc/self/uid_map").write_bytes(b"%d %d 1" % (user, user))
        Path("/proc/self/gid_map").write_bytes(b"%d %d 1" % (group, group))
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)  # or the machine would see what comes


def enter(workspace: str) -> None:
    """After `prepare`: change to the new root. `workspace` is a path without links. Raises
    `OSError` where it may not, and then sees what it saw before."""
    root = Path(workspace) / _ROOT
    root.mkdir(exist_ok=True)
    with _undisturbed():
        try:
            _fill(root, workspace)
            os.chdir(root)
            checked(libc().pivot_root(b".", b"."), "pivot_root")
        except OSError:
            # Whoever empties the workspace later must not walk into the folders of the machine.
            libc().umount2(bytes(root), _DETACH)
            os.chdir(workspace)
            raise
        checked(libc().umount2(b".", _DETACH), "umount2")
        os.chdir(workspace)


def _fill(root: Path, workspace: str) -> None:
    _mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, b"size=1m,mode=755")
    for path in _seen():
        _bind(path, root, _RECURSIVE)
    (root / workspace[1:]).mkdir(parents=True, exist_ok=True)
    wanted = _READ_ONLY_AND_NOSUID
    checked(
        libc().syscall(_MOUNT_SETATTR, _AT_FDCWD, bytes(root), _AT_RECURSIVE, wanted, len(wanted)),
        "mount_setattr",
    )
    _bind(Path(workspace), root, 0)  # without the mount of `root` that lies in it


def works(workspace: str) -> bool:
    """Whether this process, which must have one thread yet, may do both. Tried in a fork: where a
    machine lets it do one half, it could not create a file any more."""
    if not sys.platform.startswith("linux"):
        return False
    with _undisturbed():
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                die_with_parent(signal.SIGKILL)
                prepare()
                enter(workspace)
                status = 0
            finally:
                os._exit(status)
        return os.waitpid(pid, 0)[1] == 0


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A signal to leave waits: the workspace is removed then, in which folders are being made and
    those of the machine are mounted."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@functools.cache
def stands() -> bool:
    """Whether a process of this machine may do both. Any thread may ask."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _TRY, os.path.realpath(folder), json.dumps(sys.path)]
        # A copy of the environment: another thread may set a variable, which moves the original.
        done = subprocess.run(command, env=dict(os.environ), capture_output=True, check=False)  # noqa: S603
        return done.returncode == 0


def _seen() -> list[Path]:
    """What is in the new root: no path that lies in another. Python names its folders with and
    without links."""
    named = [path for path in readable() if not path.startswith("/proc/")]
    paths = {Path(path) for path in ("/proc", "/dev/null", *named, *map(os.path.realpath, named))}
    return sorted(path for path in paths if paths.isdisjoint(path.parents))


def _bind(path: Path, root: Path, flags: int) -> None:
    place = root / path.relative_to("/")
    if path.is_dir():
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    _mount(path, place, None, _BIND | flags)


def _mount(
    source: Path | str | None, place: Path | str, kind: str | None, flags: int, data: bytes = b""
) -> None:
    names = [os.fsencode(name) if name else None for name in (source, place, kind)]
    checked(libc().mount(*names, ctypes.c_ulong(flags), data), f"mount {place}")
