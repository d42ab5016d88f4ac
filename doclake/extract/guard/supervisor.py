"""The process between Doclake and its parsers: it forks confined workers and watches over them.

It imports the parsing code once, reads no document itself, and forks; so a worker starts warm, in
milliseconds. A worker is used for a few documents of one source, as long as each ends well: a fork
for every document costs 13 ms (text) to 30 ms (PDF), mostly page faults on shared memory, a reused
worker 1 to 3 ms. It is replaced when it has handled its share, or when anything goes wrong.

The supervisor enforces the limits on time and reports how each document ended. When its parent is
gone, it ends every worker and itself; nothing here waits without a limit.

One JSON object a line over a unix socket: first `{"ready"}`, or `{"unable"}` with why it cannot
start. In: `{"id", "folder", "fresh", "file", "source", "cpu",
"wall", "warm", "task"}`; `file` is moved into `folder`, the only one the worker sees; `fresh` asks
for a new worker; `cpu` and `wall` are the seconds it may take. Out: `{"id", "exit", "signal",
"timed_out", "seconds", "cpu_seconds", "peak_mb"}`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from doclake import language, lean_imports
from doclake.extract.guard import sandbox
from doclake.extract.guard import worker as parser
from doclake.extract.guard.libc import die_with_parent
from doclake.extract.guard.protocol import DOCUMENT
from doclake.extract.guard.worker_process import Spent, WorkerProcess

_TICK = 1.0  # seconds between looks at whether the parent still lives
_SHORTEST = 0.01  # seconds between looks at a worker that is nearly late


class Supervisor:
    """Runs until the parent closes the socket or is gone. Single-threaded, so that forking is safe.

    `above` is a handle that workers must not inherit.
    """

    def __init__(self, control: socket.socket, start: dict[str, Any], above: int) -> None:
        self._control = control
        self._above = above
        self._parent: int = start["parent"]
        self._reuse: int = start["reuse"]
        self._workers: dict[str, WorkerProcess] = {}  # by folder
        self._buffer = b""
        self._warmed: set[str] = set()
        _keep_pandas_out()
        language.load_model()
        for name in start["needed"]:  # no parser can do without
            importlib.import_module(name)
        self._warm(start["modules"])
        sandbox.look_around()

    def run(self) -> None:
        control = self._control.fileno()
        try:
            while os.getppid() == self._parent:
                watched = {worker.answers: folder for folder, worker in self._workers.items()}
                unsent = {w.tasks: w for w in self._workers.values() if w.unsent}
                awaited = [control, *watched]
                ready, writable, _ = select.select(awaited, unsent, [], self._patience())
                for tasks in writable:
                    unsent[tasks].send()
                for answers in ready:
                    if answers != control:
                        self._answered(watched[answers])
                self._end_late()
                if control in ready and not self._receive():
                    return
        finally:
            self._end()

    def _patience(self) -> float:
        left = min((worker.time_left() for worker in self._workers.values()), default=_TICK)
        return min(_TICK, max(_SHORTEST, left))

    def _receive(self) -> bool:
        data = self._control.recv(1 << 16)
        if not data:
            return False
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        try:
            for line in lines:
                self._start(json.loads(line))
        except FileNotFoundError:  # the parent was interrupted, and has cleared the document away
            return False
        return True

    def _start(self, request: dict[str, Any]) -> None:
        self._warm(request["warm"])
        worker = self._fitting(request)
        Path(request["file"]).rename(Path(request["folder"]) / DOCUMENT)
        task = json.dumps(request["task"]).encode() + b"\n"
        worker.begin(request["id"], task, Spent(request["cpu"], request["wall"]))

    def _fitting(self, request: dict[str, Any]) -> WorkerProcess:
        """The folder's worker if it may take this document, else a fresh one."""
        folder, task = request["folder"], request["task"]
        kind = (request["source"], json.dumps(task["limits"]))
        worker = self._workers.get(folder)
        fit = worker and worker.kind == kind and worker.documents < self._reuse
        if worker and fit and not request["fresh"]:
            return worker
        if worker:
            self._retire(folder)
        tasks_in, tasks_out = os.pipe()
        answers_in, answers_out = os.pipe()
        work = partial(parser.main, folder, task["limits"], tasks_in, answers_out)
        supervisor = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(supervisor, [tasks_out, answers_in], work)
        with contextlib.suppress(OSError):  # it does so too: whoever comes first
            os.setpgid(pid, pid)
        os.close(tasks_in)
        os.close(answers_out)
        os.set_blocking(tasks_out, False)
        self._workers[folder] = WorkerProcess(pid, kind, tasks_out, answers_in)
        return self._workers[folder]

    def _become_worker(self, supervisor: int, ends: list[int], work: Callable[[], int]) -> NoReturn:
        """`ends` are those of its pipes that only the supervisor may hold."""
        code = 70
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.setpgid(0, 0)
            die_with_parent(signal.SIGKILL)
            if os.getppid() == supervisor:
                for other in self._workers.values():
                    ends += [other.tasks, other.answers]
                for end in (*ends, self._control.fileno(), self._above):
                    os.close(end)
                code = work()
        finally:
            os._exit(code)

    def _warm(self, modules: list[str]) -> None:
        """Import once what the workers of a media type import, so that later ones inherit it."""
        fresh = [name for name in modules if name not in self._warmed]
        for name in fresh:
            self._warmed.add(name)
            # It fails again in the worker, which reports it. Some modules exit when imported.
            with contextlib.suppress(BaseException):
                importlib.import_module(name)
        if fresh:
            gc.collect()
            gc.freeze()  # the collector then leaves shared pages alone

    def _answered(self, folder: str) -> None:
        """A byte: the document is done and the worker waits. The end of the pipe: it is dead."""
        worker = self._workers[folder]
        if not os.read(worker.answers, 1):
            self._retire(folder, kill=False)
        elif worker.task_id is None:  # nobody had asked it
            self._retire(folder)
        else:
            self._report(worker, worker.spent(), 0, worker.peak_kb())

    def _end_late(self) -> None:
        for folder in [f for f, worker in self._workers.items() if worker.time_left() == 0]:
            self._workers[folder].timed_out = True
            self._retire(folder)

    def _retire(self, folder: str, *, kill: bool = True) -> None:
        worker = self._workers.pop(folder)
        spent = worker.spent()
        if kill:
            worker.kill()
        code, peak = worker.reap()
        if worker.task_id is not None:
            self._report(worker, spent, code, peak)

    def _report(self, worker: WorkerProcess, spent: Spent, code: int, peak_kb: int) -> None:
        answer = {
            "id": worker.task_id,
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": worker.timed_out,
            "seconds": spent.wall,
            "cpu_seconds": spent.cpu,
            "peak_mb": peak_kb / 1024,
        }
        worker.rest()
        with contextlib.suppress(OSError):  # the parent left; the next loop sees it
            self._control.sendall(json.dumps(answer).encode() + b"\n")

    def _end(self) -> None:
        for worker in self._workers.values():
            worker.kill()
        for worker in self._workers.values():
            worker.reap()


def _keep_pandas_out() -> None:
    """Make pyarrow believe that pandas is missing: the first `pa.array` would import it (0.5 s,
    50 MB) only to ask whether a list is a Series. A parser that needs pandas still gets it."""
    import pyarrow

    with lean_imports.without("pandas"):
        pyarrow.array([None])
