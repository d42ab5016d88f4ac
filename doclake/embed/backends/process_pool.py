"""Workers that are processes of this machine, each on a device."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Self

from doclake.embed.backends.pool import Pool, Worker, silent
from doclake.embed.backends.worker import Answer, Job, Start

_BOOT = (
    "import json,sys; sys.path[:]=json.loads(sys.argv[1]);"
    "from doclake.embed.backends.worker import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


class ProcessWorker(Worker):
    MEND = "If memory ran out, lower embedding.batch_tokens or embedding.devices."

    def __init__(self, start: Start, seconds: float) -> None:
        super().__init__(seconds)
        self.start = start
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
        self._say(start)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def name(self) -> str:
        return f"A worker that embeds on {self.device}"

    @property
    def device(self) -> str:
        return self.start.settings.device

    def _say(self, what: Start | Job) -> None:
        with suppress(OSError):
            self.connection.send(what)

    def _hear(self) -> Answer:
        said: Answer = self.connection.recv()
        return said

    def end(self) -> str:
        self.connection.close()
        self._process.kill()
        status = self._process.wait()
        killed = status < 0
        return f"was killed by {signal.Signals(-status).name}" if killed else f"ended with {status}"

    def another(self) -> Self:
        return type(self)(self.start, self._seconds)


class ProcessPool(Pool[ProcessWorker]):
    """All are started at once."""

    def __init__(self, starts: tuple[Start, ...], seconds: float) -> None:
        super().__init__(seconds)
        self.workers += [ProcessWorker(start, seconds) for start in starts]

    def _heard(self) -> list[ProcessWorker]:
        awaited = {worker.connection: worker for worker in self.workers if worker.is_awaited}
        first = min(awaited.values(), key=lambda worker: worker.until)
        heard = wait(list(awaited), max(0.0, first.until - time.monotonic()))
        if not heard:
            raise silent(first, self._seconds)
        return [awaited[connection] for connection in heard if isinstance(connection, Connection)]
