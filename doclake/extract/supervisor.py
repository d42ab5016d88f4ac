"""The process between Doclake and its parsers: forks a fresh child for every document.

It imports the parsing code once, reads no document itself, and forks; so a child starts warm in
milliseconds, and nothing a document did can reach the next one. It enforces the wall clock, tells
how each child ended, and takes every child and the workspace with it when its parent is gone.

One JSON object a line over a unix socket. In: `{"id", "timeout", "task"}`. Out: `{"id", "exit",
"signal", "timed_out", "seconds", "peak_mb"}`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

from doclake.extract import child as parser
from doclake.extract import language, sandbox

_TICK = 1.0  # seconds between looks at whether the parent still lives


@dataclass(slots=True)
class _Child:
    task_id: int
    started: float
    deadline: float
    timed_out: bool = False


class Supervisor:
    """Runs until the socket closes. Single-threaded, so that forking is safe."""

    def __init__(self, control: socket.socket, workspace: str, modules: list[str]) -> None:
        self._control = control
        self._workspace = workspace
        self._children: dict[int, _Child] = {}
        self._parent = os.getppid()
        self._buffer = b""
        self._warmed: set[str] = set()
        self._warm(modules)
        language.warm()
        sandbox.available()  # looked up once, here

    def run(self) -> None:
        control = self._control.fileno()
        wake, wake_in = os.pipe()
        os.set_blocking(wake_in, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake_in, warn_on_full_buffer=False)
        try:
            while os.getppid() == self._parent:
                ready, _, _ = select.select([control, wake], [], [], self._patience())
                if wake in ready:
                    os.read(wake, 4096)
                self._reap()
                self._kill_late()
                if control in ready and not self._receive():
                    return
        finally:
            self._end()

    def _patience(self) -> float:
        now = time.monotonic()
        return max(0.0, min([_TICK, *(c.deadline - now for c in self._children.values())]))

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
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._become_child(request["task"])
        self._children[pid] = _Child(request["id"], started, started + request["timeout"])

    def _become_child(self, task: dict[str, Any]) -> None:
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            os.setpgid(0, 0)
            sandbox.die_with_parent()
            code = parser.main(task)
        finally:
            os._exit(code)

    def _warm(self, modules: list[str]) -> None:
        """Import once what the children of a media type import, so that later ones inherit it."""
        fresh = [name for name in modules if name not in self._warmed]
        for name in fresh:
            self._warmed.add(name)
            with contextlib.suppress(Exception):  # it fails again in the child, and is told there
                importlib.import_module(name)
        if fresh:
            gc.collect()
            gc.freeze()  # the collector then leaves shared pages alone

    def _kill_late(self) -> None:
        now = time.monotonic()
        for pid, child in self._children.items():
            if not child.timed_out and now >= child.deadline:
                child.timed_out = True
                child.deadline = float("inf")
                _kill_group(pid)

    def _reap(self) -> None:
        for pid in list(self._children):
            done, status, usage = os.wait4(pid, os.WNOHANG)
            if done:
                self._report(self._children.pop(pid), status, usage.ru_maxrss)
                _kill_group(pid)  # programs it started

    def _report(self, child: _Child, status: int, peak_kb: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        answer = {
            "id": child.task_id,
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": child.timed_out,
            "seconds": time.monotonic() - child.started,
            "peak_mb": peak_kb / 1024,
        }
        with contextlib.suppress(OSError):  # the parent left; the next loop sees it
            self._control.sendall(json.dumps(answer).encode() + b"\n")

    def _end(self) -> None:
        for pid in self._children:
            _kill_group(pid)
        for pid in self._children:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        shutil.rmtree(self._workspace, ignore_errors=True)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main(arguments: str) -> None:
    """Entry point of the process; `arguments` is JSON from `guard`."""
    start = json.loads(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the group; the parent decides
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("500")  # if memory runs out, a parser goes first
    control = socket.socket(fileno=start["control"])
    sys.setrecursionlimit(1000)
    Supervisor(control, start["workspace"], start["modules"]).run()
