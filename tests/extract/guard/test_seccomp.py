"""Every system call, tried in a worker: what its list does not name is refused."""

from __future__ import annotations

import json
import os
import platform
import signal
from pathlib import Path

import pytest

from doclake import errors
from doclake.extract.guard import guard, seccomp

pytestmark = pytest.mark.skipif(
    not guard.protections()["calls_confined"], reason="this machine cannot filter system calls"
)

REFUSED = {1, 38}  # EPERM; ENOSYS for calls that libc tries first and can do without
HERE = -100  # AT_FDCWD
MISSING = 1 << 40  # an address where nothing is
PROBES = (335, 336) if platform.machine() == "x86_64" else ()  # Linux itself ends who calls these

# What a parser that was taken over would try, by family. PATH is a file of the user, PARENT the
# process that runs the tests. If nobody refused them, most would end well or with another error.
FAMILIES = {
    "modes": [("chmod", "PATH", 0), ("fchmod", 1, 0), ("fchmodat", HERE, "PATH", 0),
              ("fchmodat2", HERE, "PATH", 0, 0)],
    "owners": [("chown", "PATH", 0, 0), ("lchown", "PATH", 0, 0), ("fchown", 1, 0, 0),
               ("fchownat", HERE, "PATH", 0, 0, 0)],
    "times": [("utime", "PATH", 0), ("utimes", "PATH", 0), ("futimesat", HERE, "PATH", 0),
              ("utimensat", HERE, "PATH", 0, 0)],
    "attributes": [("setxattr", "PATH", "user.x", "1", 1, 0), ("removexattr", "PATH", "user.x"),
                   ("lsetxattr", "PATH", "user.x", "1", 1, 0),
                   ("fsetxattr", 1, "user.x", "1", 1, 0),
                   ("getxattr", "PATH", "user.x", 0, 0), ("listxattr", "PATH", 0, 0),
                   ("ioctl", 1, 0x40086602, MISSING)],  # FS_IOC_SETFLAGS
    "names": [("mknod", "new", 0o100600, 0), ("mknodat", HERE, "new", 0o100600, 0),
              ("link", "PATH", "new"), ("linkat", HERE, "PATH", HERE, "new", 0),
              ("symlink", "PATH", "new"), ("symlinkat", "PATH", HERE, "new"),
              ("rename", "log", "new"), ("renameat", HERE, "log", HERE, "new"),
              ("renameat2", HERE, "log", HERE, "new", 0), ("truncate", "PATH", 0)],
    "limits and order of others": [
        ("prlimit64", "PARENT", 7, 0, 0), ("setpriority", 0, "PARENT", 5),
        ("ioprio_set", 1, "PARENT", 0), ("sched_setaffinity", "PARENT", 8, MISSING),
        ("sched_setscheduler", "PARENT", 0, MISSING), ("sched_setparam", "PARENT", MISSING),
        ("sched_setattr", "PARENT", MISSING, 0), ("migrate_pages", "PARENT", 1, 0, 0),
        ("move_pages", "PARENT", 0, 0, 0, 0, 0)],
    "groups and sessions": [("setpgid", 0, "PARENT"), ("setsid",), ("setuid", 0), ("setgid", 0),
                            ("setreuid", 0, 0), ("setresuid", 0, 0, 0), ("setgroups", 0, 0),
                            ("setfsuid", 0), ("capset", MISSING, 0)],
    "signals": [("kill", "PARENT", 0), ("kill", -1, 0), ("kill", 0, 0), ("tkill", "PARENT", 0),
                ("tgkill", "PARENT", "PARENT", 0), ("rt_sigqueueinfo", "PARENT", 0, MISSING),
                ("rt_tgsigqueueinfo", "PARENT", "PARENT", 0, MISSING),
                ("fcntl", 1, 8, "PARENT"), ("fcntl", 1, 10, 9)],  # F_SETOWN, F_SETSIG
    "processes of others": [
        ("pidfd_open", "PARENT", 0), ("pidfd_send_signal", 1, 0, 0, 0), ("pidfd_getfd", 1, 0, 0),
        ("ptrace", 16, "PARENT", 0, 0), ("process_vm_readv", "PARENT", 0, 0, 0, 0, 0),
        ("process_vm_writev", "PARENT", 0, 0, 0, 0, 0), ("process_madvise", 1, 0, 0, 0, 0),
        ("process_mrelease", 1, 0), ("kcmp", "PARENT", "PARENT", 0, 0, 0)],
    "new processes": [("fork",), ("vfork",), ("clone", 17, 0, 0, 0, 0), ("clone3", MISSING, 0),
                      ("clone", 0x10000000, 0, 0, 0, 0), ("execve", "/bin/true", 0, 0),
                      ("execveat", HERE, "/bin/true", 0, 0, 0)],
    "shared memory and messages": [
        ("shmget", 0, 4096, 0o1600), ("shmat", 0, 0, 0), ("shmctl", 0, 0, 0), ("shmdt", 0),
        ("semget", 0, 1, 0o600), ("semop", 0, 0, 0), ("semctl", 0, 0, 0), ("msgget", 0, 0o600),
        ("msgsnd", 0, 0, 0, 0), ("msgrcv", 0, 0, 0, 0, 0), ("msgctl", 0, 0, 0),
        ("mq_open", "x", 0o100, 0o600, 0), ("mq_unlink", "x"), ("memfd_create", "x", 0),
        ("memfd_secret", 0)],
    "network": [("socket", 2, 1, 0), ("socketpair", 1, 1, 0, MISSING), ("connect", 1, 0, 0),
                ("bind", 1, 0, 0), ("listen", 1, 0), ("accept4", 1, 0, 0, 0),
                ("sendto", 1, 0, 0, 0, 0, 0), ("sendmsg", 1, 0, 0), ("recvmsg", 1, 0, 0)],
    "keys": [("add_key", "user", "x", "x", 1, -2), ("request_key", "user", "x", 0, -2),
             ("keyctl", 0, -2, 1)],
    "asynchronous": [("io_uring_setup", 1, MISSING), ("io_uring_enter", 1, 0, 0, 0, 0),
                     ("io_uring_register", 1, 0, 0, 0), ("io_setup", 1, MISSING),
                     ("userfaultfd", 0), ("signalfd4", -1, MISSING, 8, 0)],
    "namespaces and mounts": [
        ("unshare", 0), ("setns", 1, 0), ("mount", "x", "x", "x", 0, 0), ("umount2", "x", 0),
        ("pivot_root", "x", "x"), ("chroot", "."), ("fsopen", "tmpfs", 0), ("fsmount", 1, 0, 0),
        ("fspick", HERE, ".", 0), ("open_tree", HERE, ".", 0),
        ("move_mount", HERE, ".", HERE, ".", 0), ("mount_setattr", HERE, ".", 0, 0, 0)],
    "the machine": [
        ("syslog", 10, 0, 0), ("sethostname", "x", 1), ("setdomainname", "x", 1),
        ("settimeofday", MISSING, 0), ("clock_settime", 0, MISSING), ("adjtimex", MISSING),
        ("clock_adjtime", 0, MISSING), ("reboot", 0, 0, 0, 0), ("swapon", "x", 0), ("swapoff", "x"),
        ("acct", "x"), ("quotactl", 0, "x", 0, 0), ("sync",), ("iopl", 0), ("ioperm", 0, 0, 0),
        ("init_module", 0, 0, "x"), ("finit_module", 1, "x", 0), ("delete_module", "x", 0),
        ("kexec_load", 0, 0, 0, 0), ("bpf", 0, 0, 0), ("perf_event_open", 0, 0, 0, 0, 0),
        ("vhangup",), ("lookup_dcookie", 0, 0, 0)],
    "watching": [("inotify_init1", 0), ("fanotify_init", 0, 0),
                 ("name_to_handle_at", HERE, ".", MISSING, MISSING, 0),
                 ("open_by_handle_at", HERE, MISSING, 0), ("ioctl", 1, 0x5412, MISSING)],  # TIOCSTI
    "itself": [("personality", 0), ("prctl", 1, 0), ("prctl", 4, 1), ("prctl", 22, 0),
               ("seccomp", 0, 0, 0), ("arch_prctl", 0x1003, MISSING), ("mlockall", 0),
               ("umask", 0), ("uselib", "x"), ("modify_ldt", 0, 0, 0)],
}  # fmt: skip
CALLS = [(family, call) for family, calls in FAMILIES.items() for call in calls]


def number_of(name: str) -> int | None:
    """The number of a call on this machine; None if it has none."""
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    return number if number >= 0 else None


@pytest.fixture
def ends(extract):
    """The number of the error of each call, made in a worker; see `odd_parsers`."""

    def made(calls: list[list[object]]) -> list[int]:
        ((document,),) = extract(f"calls {json.dumps(calls)}")
        assert document.error is None, document.error
        return json.loads(document.elements["text"][0].as_py())

    return made


def test_every_family_of_calls_that_reach_others_is_refused(ends, tmp_path: Path):
    secret = tmp_path / "of-the-user"
    secret.write_text("x")
    before = secret.stat()
    values = {"PATH": str(secret), "PARENT": os.getpid()}
    named = [(family, call, number_of(call[0])) for family, call in CALLS]
    known = [(family, call, number) for family, call, number in named if number is not None]
    assert len(known) > 150 or platform.machine() != "x86_64"
    calls = [[number, *(values.get(a, a) for a in call[1:])] for _, call, number in known]
    allowed = [
        (family, call[0])
        for (family, call, _), end in zip(known, ends(calls), strict=True)
        if end not in REFUSED
    ]
    assert allowed == []
    assert secret.stat() == before


def test_every_call_that_is_not_on_the_list_is_refused(ends):
    """Also those that nobody thought of, and those that came after the library."""
    tried = [n for n in range(600) if n not in PROBES]
    numbers = [n for n in tried if seccomp.name_of(n) not in seccomp.NAMES]
    made = ends([[number, *6 * [-1]] for number in numbers])
    assert {n for n, end in zip(numbers, made, strict=True) if end not in REFUSED} == set()


def test_what_a_library_needs_is_allowed(ends):
    itself, space = None, [512]
    calls = [
        ("getpid",), ("gettid",), ("getppid",), ("geteuid",), ("uname", space), ("sysinfo", space),
        ("openat", HERE, "log", 0), ("newfstatat", HERE, "log", space, 0), ("getcwd", space, 512),
        ("statx", HERE, "log", 0, 0xFFF, space), ("faccessat", HERE, "log", 4), ("chdir", "."),
        ("mkdirat", HERE, "folder", 0o700), ("unlinkat", HERE, "folder", 0x200), ("fsync", 1),
        ("lseek", 1, 0, 1), ("pwrite64", 1, "x", 1, 0), ("ftruncate", 1, 0), ("fcntl", 1, 3),
        ("sched_yield",), ("sched_getaffinity", 0, 128, space), ("madvise", 0, 0, 4), ("brk", 0),
        ("futex", space, 1, 1, 0, 0, 0), ("rt_sigprocmask", 0, 0, space, 8),
        ("getrandom", space, 8, 0), ("clock_gettime", 1, space), ("getrusage", 0, space),
        ("ppoll", 0, 0, space, 0, 8), ("prlimit64", 0, 7, 0, space), ("prctl", 16, space),
        ("kill", itself, 0), ("tgkill", itself, itself, 0),
    ]  # fmt: skip
    known = [(call, number) for call in calls if (number := number_of(call[0])) is not None]
    made = ends([[number, *call[1:]] for call, number in known])
    assert [
        (call[0], os.strerror(end)) for (call, _), end in zip(known, made, strict=True) if end
    ] == []


@pytest.mark.skipif(platform.machine() != "x86_64", reason="has no other way into the kernel")
def test_a_call_of_another_architecture_ends_the_worker(extract):
    x32 = json.dumps([[39 | 0x40000000]])  # getpid
    for order in ("foreign", f"calls {x32}"):
        bad, good = (tree[0] for tree in extract(order, "text well"))
        assert type(bad.error) is errors.ParserCrashed
        assert bad.error.facts["signal"] == signal.SIGSYS.name
        assert good.elements["text"].to_pylist() == ["well"]
