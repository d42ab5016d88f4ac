"""The workers of the back end `processes`, and the queue that they share.

Each takes the next batch when it is free, the longest first. A worker that dies gives its batch
back, once: the same texts may kill the next one. One that is silent for too long is not waited for.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from doclake.embed.backends.base import Output
from doclake.embed.backends.worker import Job, Ready, Start
from doclake.errors import DoclakeError, ModelError

_BOOT = (
    "import json,sys; sys.path[:]=json.loads(sys.argv[1]);"
    "from doclake.embed.backends.worker import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


class Worker:
    """One process. `job` is the batch it computes; None while it loads the model or is idle."""

    def __init__(self, start: Start, seconds: float) -> None:
        self.start, self._seconds = start, seconds
        self.dimension: int | None = None
        self.job: Job | None = None
        ours, theirs = socket.socketpair()
        with theirs:
            path = json.dumps([os.path.realpath(entry) for entry in sys.path])
            numbers = [str(theirs.fileno()), str(os.getpid())]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-c", _BOOT, path, *numbers],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the parent, which ends its workers
            )
        for direction in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):  # within one message, too
            ours.setsockopt(socket.SOL_SOCKET, direction, struct.pack("ll", int(seconds), 0))
        self.connection = Connection(ours.detach())
        self.until = time.monotonic() + seconds
        self._say(start)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def device(self) -> str:
        return self.start.settings.device

    @property
    def is_loading(self) -> bool:
        return self.dimension is None

    @property
    def is_awaited(self) -> bool:
        return self.is_loading or self.job is not None

    def give(self, job: Job) -> None:
        self.job, self.until = job, time.monotonic() + self._seconds
        self._say(job)

    def _say(self, what: Start | Job) -> None:
        with suppress(OSError):  # of a dead one the silence is heard
            self.connection.send(what)

    def answer(self) -> list[Output] | None:
        """What it says: outputs, or None when it is ready. Raises what it raised, and `EOFError`
        or `OSError` if it is dead."""
        said: Any = self.connection.recv()
        if isinstance(said, DoclakeError):
            raise said
        if isinstance(said, Ready):
            self.dimension = said.dimension
            return None
        self.job = None
        outputs: list[Output] = said
        return outputs

    def end(self) -> int:
        """Kill it, unless it is dead; its exit status, or the number of its signal below zero."""
        self.connection.close()
        self._process.kill()
        return self._process.wait()


class Pool:
    """Workers that are started at once and live until `close`, or until nobody holds the pool. One
    thread at a time may use it."""

    def __init__(self, starts: tuple[Start, ...], seconds: float) -> None:
        """A worker may take so many seconds to load its model, and for each batch."""
        self._seconds = seconds
        self.workers = [Worker(start, seconds) for start in starts]
        self.close = weakref.finalize(self, _end, self.workers, os.getpid())

    def dimension(self) -> int:
        """Of the model, once a worker has loaded it. Raises `ModelError`."""
        while all(worker.is_loading for worker in self.workers):
            for worker in self._heard():
                try:
                    worker.answer()
                except (EOFError, OSError):
                    self._replace(worker)
        return next(worker.dimension for worker in self.workers if worker.dimension is not None)

    def run(self, jobs: list[Job]) -> Iterator[list[Output]]:
        """The outputs of each job, in any order. Raises `ModelError`; then, or if it is left
        early, workers may be at work still: `close` ends them."""
        queue, left, lost = deque(jobs), len(jobs), list[Job]()
        while left:
            for worker in self.workers:
                if queue and not worker.is_awaited:
                    worker.give(queue.popleft())
            for worker in self._heard():
                try:
                    outputs = worker.answer()
                except (EOFError, OSError):
                    job = self._replace(worker, lost)
                    if job is not None:
                        lost.append(job)
                        queue.appendleft(job)
                    continue
                if outputs is not None:
                    left -= 1
                    yield outputs

    def _heard(self) -> list[Worker]:
        """Workers that have said something, or have died. Raises `ModelError` for one that is
        silent for too long."""
        awaited = {worker.connection: worker for worker in self.workers if worker.is_awaited}
        first = min(awaited.values(), key=lambda worker: worker.until)
        heard = wait(list(awaited), max(0.0, first.until - time.monotonic()))
        if not heard:
            raise _silent(first, self._seconds)
        return [awaited[connection] for connection in heard if isinstance(connection, Connection)]

    def _replace(self, worker: Worker, lost: list[Job] | None = None) -> Job | None:
        """Start another in the place of a dead one; the batch it had. Raises `ModelError` if that
        was lost before, or if it died before its model was loaded."""
        status, job = worker.end(), worker.job
        if job is None and worker.is_loading:
            raise _died(worker, status, "before its model was loaded")
        if job is not None and any(job is one for one in lost or []):
            raise _died(worker, status, f"of a batch of {len(job.batch)} texts, as one before it")
        self.workers[self.workers.index(worker)] = Worker(worker.start, self._seconds)
        return job


def _end(workers: list[Worker], owner: int) -> None:
    if os.getpid() != owner:  # a fork, to which they do not belong
        return
    for worker in workers:
        worker.end()


def _facts(worker: Worker) -> dict[str, Any]:
    job = worker.job
    return {
        "device": worker.device,
        "texts": len(job.batch) if job else 0,
        "tokens": job.tokens if job else 0,
    }


def _died(worker: Worker, status: int, when: str) -> ModelError:
    how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"
    return ModelError(
        f"A worker that embeds on {worker.device} {how} {when}.",
        mend="If memory ran out, lower embedding.batch_tokens or embedding.devices.",
        status=status,
        **_facts(worker),
    )


def _silent(worker: Worker, seconds: float) -> ModelError:
    what = f"on a batch of {len(worker.job.batch)} texts" if worker.job else "while it loads"
    return ModelError(
        f"A worker that embeds on {worker.device} has said nothing for {seconds:g} s {what}.",
        mend="Look whether the device hangs; else raise embedding.batch_timeout.",
        **_facts(worker),
    )
