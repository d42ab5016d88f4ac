"""Work in a process of its own, which may be killed, or be denied space or permission.

Children are forked from a process that has imported everything heavy and started no thread of its
own. Two ways to die by SIGKILL: at a *commit point*, before or after the n-th call that changes
the lake or the index, or after a time. The calls are wrapped in the child; production code knows
nothing of it.
"""

from __future__ import annotations

import ctypes
import functools
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WARM = (  # not lancedb, which starts a thread
    "doclake_dagster.pipelines.definitions",
    "doclake_dagster.pipelines.run_sources",
    "great_expectations",
    "sentence_transformers",
    "tokenizers",
    "pandas",
    "matplotlib.figure",
    "deltalake",
)
Work = Callable[[Path], None]


def warm_up() -> None:
    """Import what every child needs, before the first fork."""
    os.environ["DO_NOT_TRACK"] = "1"
    for name in WARM:
        __import__(name)


@dataclass(frozen=True)
class Kill:
    """When a run dies: at a commit point, by number or the first of a name; or after a time."""

    point: int | str | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Limits:
    """`file_size`: most bytes in one file, which is what a full disk looks like to a writer.
    `obey_permissions`: root, too, may write only where the mode of a file says so."""

    file_size: int | None = None
    obey_permissions: bool = False


@dataclass(frozen=True)
class Ended:
    """How a child ended: `points` are the commit points it reached, `log` what it said.

    Its first commit point came `first` seconds after its start, its end after `seconds`.
    """

    code: int
    first: float
    seconds: float
    points: list[str]
    log: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Child:
    """Work that is going on in a process of its own."""

    def __init__(
        self, work: Work, folder: Path, kill: Kill | None = None, limits: Limits | None = None
    ) -> None:
        self._kill, self._started = kill or Kill(), time.monotonic()
        name = f"child-{time.monotonic_ns()}"
        self._trace, self._log = folder / f"{name}.points", folder / f"{name}.log"
        trace = os.open(self._trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT)
        self._pid = os.fork()
        if self._pid == 0:
            _become_child(work, folder, trace, log, self._kill.point, limits or Limits())
        os.close(trace)
        os.close(log)

    def wait(self) -> Ended:
        """Wait for its end, or bring it about when its time has come."""
        done, status = 0, 0
        while not done:
            done, status = os.waitpid(self._pid, os.WNOHANG)
            if not done and self._seconds() > (self._kill.seconds or float("inf")):
                os.kill(self._pid, signal.SIGKILL)
            time.sleep(0.005)
        code, seconds = os.waitstatus_to_exitcode(status), self._seconds()
        lines = [line.split(" ", 1) for line in self._trace.read_text().splitlines()]
        first = float(lines[0][0]) - self._started if lines else seconds
        log = self._log.read_text(errors="replace")
        ended = Ended(code, first, seconds, [name for _, name in lines], log)
        self._trace.unlink()
        self._log.unlink()
        return ended

    def _seconds(self) -> float:
        return time.monotonic() - self._started


def in_child(
    work: Work, folder: Path, kill: Kill | None = None, limits: Limits | None = None
) -> Ended:
    return Child(work, folder, kill, limits).wait()


def _become_child(
    work: Work, folder: Path, trace: int, log: int, kill_at: int | str | None, limits: Limits
) -> None:
    code = 1
    try:
        os.dup2(log, 1)
        os.dup2(log, 2)
        if limits.file_size is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails with EFBIG
            resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
        if limits.obey_permissions:
            _obey_permissions()
        _wrap_commits(trace, kill_at)
        work(folder)
        code = 0
    except SystemExit as exit_:
        print(exit_.code, file=sys.stderr, flush=True)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _obey_permissions() -> None:
    """Give up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, which let root write anywhere."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    if libc.capget(header, sets) == 0:
        sets[0] &= ~0b110
        libc.capset(header, sets)


def _wrap_commits(trace: int, kill_at: int | str | None) -> None:
    """Write down every commit point, and die at the `kill_at`-th."""
    reached = 0

    def point(name: str) -> None:
        nonlocal reached
        os.write(trace, f"{time.monotonic()} {name}\n".encode())
        if kill_at in (reached, name):
            os.kill(os.getpid(), signal.SIGKILL)
        reached += 1

    for owner, method, label in _committing():
        setattr(owner, method, _wrapped(getattr(owner, method), label, point))


def _wrapped(call: Callable[..., Any], label: str, point: Callable[[str], None]) -> Any:
    @functools.wraps(call)
    def wrapper(*arguments: Any, **options: Any) -> Any:
        table = f" {arguments[1]}" if label.startswith("Lake.") else ""
        point(f"before {label}{table}")
        result = call(*arguments, **options)
        point(f"after {label}{table}")
        return result

    return wrapper


def _committing() -> Iterator[tuple[Any, str, str]]:
    """Every call that changes what is stored."""
    from doclake.index.index import SearchIndex
    from doclake.index.rows import IndexRows
    from doclake.lake.lake import Lake

    for method in ("replace", "update", "delete", "compact", "vacuum"):
        yield Lake, method, f"Lake.{method}"
    for method in ("create", "save", "drop_unused", "optimize"):
        yield SearchIndex, method, f"SearchIndex.{method}"
    yield IndexRows, "replace", "IndexRows.replace"
