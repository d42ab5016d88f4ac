"""A forked worker, as its supervisor sees it: what it was given, what it took, how it ended.

Nothing here waits for a worker without a limit: it may have been taken over.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from doclake import peak_memory
from doclake.extract.guard.resource_limits import cpu_seconds

_TO_END, _TO_DIE = 1.0, 5.0  # seconds until one that left its pipes is killed; until a kill works
_LEFT_ITS_PIPES = 70  # exit status of one that had to be killed for it
_CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Spent:
    """What a document took, in seconds: of all processors together, and of the clock."""

    cpu: float
    wall: float


# More than tidying up takes: who computes between documents is not well.
_RESTING = Spent(cpu=1.0, wall=float("inf"))


@dataclass(slots=True)
class WorkerProcess:
    """`kind` is what its documents must share: source, limits."""

    pid: int
    kind: tuple[Any, ...]
    tasks: int  # write end of its pipe of tasks
    answers: int  # read end of its pipe of answers: a byte for each document that is done
    documents: int = 0
    task_id: int | None = None  # None while idle
    timed_out: bool = False
    unsent: bytes = b""
    _allowed: Spent = field(init=False, default=_RESTING)
    _before: Spent = field(init=False, default_factory=lambda: Spent(0.0, time.monotonic()))

    def begin(self, task_id: int, task: bytes, allowed: Spent) -> None:
        self.documents += 1
        self.task_id = task_id
        self._count_from_now(allowed)
        self.unsent += task
        self.send()

    def rest(self) -> None:
        """Its document is done."""
        self.task_id = None
        self._count_from_now(_RESTING)

    def send(self) -> None:
        """What of its task fits into the pipe. If it is dead, the end of its answers shows it."""
        try:
            self.unsent = self.unsent[os.write(self.tasks, self.unsent) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.unsent = b""

    def spent(self) -> Spent:
        """Since its document, or its rest, began. Where the system does not say how much a process
        computed, it counts as busy all the time."""
        wall = time.monotonic() - self._before.wall
        cpu = cpu_seconds(self.pid)
        return Spent(wall if cpu is None else cpu - self._before.cpu, wall)

    def time_left(self) -> float:
        """Seconds until it may be late at the earliest; 0 if it is."""
        spent = self.spent()
        left = min(self._allowed.wall - spent.wall, (self._allowed.cpu - spent.cpu) / _CORES)
        return max(0.0, left)

    def kill(self) -> None:
        """With all that it started, in whatever group it is."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGKILL)
        self._kill_group()

    def reap(self, patience: float = _TO_END) -> tuple[int, int]:
        """Let it end, or end it after `patience` seconds. Its exit code (negative: a signal) and
        the most memory that it held, in KB."""
        os.close(self.tasks)
        os.close(self.answers)
        ended = self._ended(patience)
        if ended is None:
            self.kill()
            _, peak = self._ended(_TO_DIE) or (0, 0)
            return _LEFT_ITS_PIPES, peak
        self._kill_group()  # what it started, where the kernel let it
        return ended

    def peak_kb(self) -> int:
        """The most memory that it ever held; 0 where the system does not say."""
        return peak_memory.peak_bytes(self.pid) >> 10

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _count_from_now(self, allowed: Spent) -> None:
        self._allowed = allowed
        self._before = Spent(cpu_seconds(self.pid) or 0.0, time.monotonic())

    def _ended(self, patience: float) -> tuple[int, int] | None:
        until, pause = time.monotonic() + patience, 0.0005
        while True:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status), usage.ru_maxrss
            if time.monotonic() >= until:
                return None
            time.sleep(pause)
            pause = min(2 * pause, 0.02)
