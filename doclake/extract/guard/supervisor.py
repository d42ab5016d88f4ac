"""The process between Doclake and its parsers: it forks confined workers and watches over them.

It imports the parsing code once, reads no document itself, and forks; so a worker starts warm, in
milliseconds. A worker is used for a few documents of one source, as long as each ends well: a fork
for every document costs 13 ms (text) to 30 ms (PDF), mostly page faults on shared memory, a reused
worker 1 to 3 ms. It is replaced when it has handled its share, or when anything goes wrong.

The supervisor enforces the wall clock and reports how each document ended. When its parent is gone,
it ends every worker and removes the workspace.

One JSON object a line over a unix socket. In: `{"id", "folder", "fresh", "file", "source",
"timeout", "warm", "task"}`; `file` is moved into `folder`, the only one the worker sees; `fresh`
asks for a new worker. Out: `{"id", "exit", "signal", "timed_out", "seconds", "peak_mb"}`.
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
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doclake.extract import lean_imports
from doclake.extract.guard import sandbox, seccomp
from doclake.extract.guard import worker as parser
from doclake.extract.guard.protocol import DOCUMENT
from doclake.extract.guard.removal import remove
from doclake.extract.text import language

_SWEEPS = 20
_TICK = 1.0  # seconds between looks at whether the parent still lives


@dataclass(slots=True)
class _Worker:
    """A forked parser. `kind` is what its documents must share: source, limits."""

    pid: int
    kind: tuple[Any, ...]
    tasks: int  # write end of its pipe of tasks
    answers: int  # read end of its pipe of answers: a byte for each document that is done
    documents: int = 0
    task_id: int | None = None  # None while idle
    started: float = 0.0
    deadline: float = float("inf")
    timed_out: bool = False


class Supervisor:
    """Runs until the socket closes. Single-threaded, so that forking is safe."""

    def __init__(
        self, control: socket.socket, workspace: str, modules: list[str], reuse: int
    ) -> None:
        self._control = control
        self._workspace = workspace
        self._reuse = reuse
        self._workers: dict[str, _Worker] = {}  # by folder
        self._parent = os.getppid()
        self._buffer = b""
        self._warmed: set[str] = set()
        _keep_pandas_out()
        language.load_model()
        sandbox.look_around()
        self._warm(modules)

    def run(self) -> None:
        control = self._control.fileno()
        try:
            while os.getppid() == self._parent:
                watched = {worker.answers: folder for folder, worker in self._workers.items()}
                ready, _, _ = select.select([control, *watched], [], [], self._patience())
                for answers in ready:
                    if answers != control:
                        self._answered(watched[answers])
                self._kill_late()
                if control in ready and not self._receive():
                    return
        finally:
            self._end()

    def _patience(self) -> float:
        now = time.monotonic()
        return max(0.0, min([_TICK, *(c.deadline - now for c in self._workers.values())]))

    def _receive(self) -> bool:
        data = self._control.recv(1 << 16)
        if not data:
            return False
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._start(json.loads(line))
        return True

    def _start(self, request: dict[str, Any]) -> None:
        self._warm(request["warm"])
        worker = self._fitting(request)
        Path(request["file"]).rename(Path(request["folder"]) / DOCUMENT)
        worker.documents += 1
        worker.task_id = request["id"]
        worker.started = time.monotonic()
        worker.deadline = worker.started + request["timeout"]
        line = json.dumps(request["task"]).encode() + b"\n"
        # If it died while idle, the end of its pipe of answers shows it.
        with contextlib.suppress(BrokenPipeError), open(worker.tasks, "wb", closefd=False) as tasks:
            tasks.write(line)

    def _fitting(self, request: dict[str, Any]) -> _Worker:
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
        pid = os.fork()
        if pid == 0:
            self._become_worker(folder, task, tasks_in, answers_out)
        os.close(tasks_in)
        os.close(answers_out)
        self._workers[folder] = _Worker(pid, kind, tasks_out, answers_in)
        return self._workers[folder]

    def _become_worker(self, folder: str, task: dict[str, Any], tasks: int, answers: int) -> None:
        code = 70
        try:
            self._control.close()
            for other in self._workers.values():
                os.close(other.tasks)
                os.close(other.answers)
            os.setpgid(0, 0)
            sandbox.die_with_parent()
            code = parser.main(folder, task["limits"], tasks, answers)
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
        worker = self._workers.get(folder)
        if worker is None:
            return
        if os.read(worker.answers, 1):
            self._report(worker, 0, _peak_kb(worker.pid))
        else:
            self._retire(folder, kill=worker.timed_out)

    def _kill_late(self) -> None:
        now = time.monotonic()
        for worker in self._workers.values():
            if now >= worker.deadline:
                worker.timed_out = True
                worker.deadline = float("inf")
                _kill_group(worker.pid)

    def _retire(self, folder: str, *, kill: bool = True) -> None:
        worker = self._workers.pop(folder)
        if kill:
            _kill_group(worker.pid)
        _, status, usage = os.wait4(worker.pid, 0)
        _kill_group(worker.pid)  # what it started, where the kernel let it
        os.close(worker.tasks)
        os.close(worker.answers)
        if worker.task_id is not None:
            self._report(worker, os.waitstatus_to_exitcode(status), usage.ru_maxrss)

    def _report(self, worker: _Worker, code: int, peak_kb: int) -> None:
        answer = {
            "id": worker.task_id,
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": worker.timed_out,
            "seconds": time.monotonic() - worker.started,
            "peak_mb": peak_kb / 1024,
        }
        worker.task_id = None
        worker.deadline = float("inf")
        with contextlib.suppress(OSError):  # the parent left; the next loop sees it
            self._control.sendall(json.dumps(answer).encode() + b"\n")

    def _end(self) -> None:
        for worker in self._workers.values():
            _kill_group(worker.pid)
        for worker in self._workers.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(worker.pid, 0)
        for _ in range(_SWEEPS):  # a library's thread may still be writing there
            if remove(Path(self._workspace)) or not Path(self._workspace).exists():
                break
            time.sleep(0.05)


def _keep_pandas_out() -> None:
    """Make pyarrow believe that pandas is missing: the first `pa.array` would import it (0.5 s,
    50 MB) only to ask whether a list is a Series. A parser that needs pandas still gets it."""
    import pyarrow

    with lean_imports.without("pandas"):
        pyarrow.array([None])


def _peak_kb(pid: int) -> int:
    """The most memory that the process ever held; 0 where the system does not say."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main(arguments: str) -> None:
    """Entry point of the process; `arguments` is JSON from `client`."""
    start = json.loads(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the group; the parent decides
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("500")  # if memory runs out, a parser goes first
    control = socket.socket(fileno=start["control"])
    seccomp.leave_the_network()
    Supervisor(control, start["workspace"], start["modules"], start["reuse"]).run()
