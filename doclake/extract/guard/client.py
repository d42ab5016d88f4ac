"""Starts the supervisor process and talks to it. See `supervisor` for the other side."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from doclake.errors import ParsersUnavailable
from doclake.errors.foreign import in_words
from doclake.extract.guard.inheritance import inherited

_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")
_SETTINGS = {
    "OMP_NUM_THREADS": "1",  # forking needs a process without threads, and workers fill the cores
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "true",
    "HF_HUB_OFFLINE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_BOOT = (
    "import json,sys; sys.path[:]=json.loads(sys.argv[1])['path'];"
    "from doclake.extract.guard.boot import main; main(sys.argv[1])"
)
_TO_END = 5.0  # seconds

Answer = dict[str, Any]
Waiting = dict[int, Future[Answer | None]]


class Supervision:
    """One supervisor process, started when first needed and again if it dies.

    It begins with `modules` imported, without which it does not start. Threads may share it. A
    future resolves to the supervisor's answer, or None if it died first; it raises
    `ParsersUnavailable` if none can be started. With `required`, it starts no worker that it cannot
    confine fully.
    """

    def __init__(
        self, workspace: Path, modules: list[str], reuse: int, required: bool = False
    ) -> None:
        self._reuse = reuse
        self._required = required
        self._workspace = workspace
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._waiting: Waiting = {}  # of this process alone: a new one begins with none
        self._needed = list(modules)
        self._modules = set(modules)
        self._announced: set[str] = set()  # modules that the supervisor knows already
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._control: socket.socket | None = None
        self._closed = False

    def submit(self, request: dict[str, Any]) -> Future[Answer | None]:
        """Send a request: see `supervisor`; `id` and `warm` are added here."""
        answer: Future[Answer | None] = Future()
        with self._lock:
            if self._closed:
                answer.set_result(None)
                return answer
            try:
                control = self._connected()
            except OSError as error:  # too many processes, no memory, no interpreter
                answer.set_exception(_unavailable(in_words(error)))
                return answer
            number = next(self._numbers)
            line = json.dumps(
                request | {"id": number, "warm": sorted(self._modules - self._announced)}
            )
            self._waiting[number] = answer
            self._announced |= self._modules
            with contextlib.suppress(OSError):  # it died: the listener then answers every request
                control.sendall(line.encode() + b"\n")
        return answer

    def inherit(self, modules: Iterable[str]) -> None:
        """Let later workers find these modules imported already, as far as they are ours."""
        fresh = inherited(modules)
        if not fresh:
            return
        with self._lock:
            self._modules |= fresh

    def close(self) -> None:
        with self._lock:
            self._closed = True
            thread, control = self._thread, self._control
            self._process = self._control = None
        if control is not None:
            with contextlib.suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)  # the supervisor ends its workers and itself
        if thread is not None:
            thread.join()

    def _connected(self) -> socket.socket:
        """The way to a supervisor that lives. Raises `OSError` if none can be started."""
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        if self._process is not None:  # it died, or no longer listens
            self._process.kill()
            self._process.wait()
        ours, theirs = socket.socketpair()
        started: Future[subprocess.Popen[bytes]] = Future()
        waiting: Waiting = {}
        arguments = (ours, theirs, started, waiting)
        thread = threading.Thread(target=self._accompany, args=arguments, daemon=True)
        thread.start()
        self._process = started.result()
        self._announced = set(self._modules)
        self._control, self._waiting, self._thread = ours, waiting, thread
        return ours

    def _accompany(
        self,
        ours: socket.socket,
        theirs: socket.socket,
        started: Future[subprocess.Popen[bytes]],
        waiting: Waiting,
    ) -> None:
        """The life of a supervisor, in one thread: Linux tells it of the end of the thread that
        started it, which must not come before its own."""
        try:
            with theirs:
                process = self._start(theirs)
        except BaseException as error:
            ours.close()
            started.set_exception(error)
            return
        started.set_result(process)
        self._listen(ours, waiting)
        try:
            process.wait(_TO_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(self, theirs: socket.socket) -> subprocess.Popen[bytes]:
        arguments = {
            "control": theirs.fileno(),
            "parent": os.getpid(),
            "workspace": str(self._workspace),
            "needed": self._needed,
            "modules": sorted(self._modules),
            "reuse": self._reuse,
            "required": self._required,
            "path": [str(Path(entry).resolve()) for entry in sys.path],
        }
        environment = {k: os.environ[k] for k in _ENVIRONMENT if k in os.environ} | _SETTINGS
        return subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", _BOOT, json.dumps(arguments)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            cwd=self._workspace,
            env=environment | {"HOME": str(self._workspace), "TMPDIR": str(self._workspace)},
        )

    def _listen(self, control: socket.socket, waiting: Waiting) -> None:
        """Resolve each future with its answer, until the supervisor is gone. One that goes without
        a word, or with why it cannot start, has started no parser."""
        heard, why = False, "the process that starts them ended at once"
        # A supervisor that is killed may leave half a line.
        with contextlib.suppress(OSError, ValueError), control.makefile("rb") as lines:
            for line in lines:
                answer = json.loads(line)
                why, heard = answer.get("unable", why), "unable" not in answer
                with self._lock:
                    future = waiting.pop(answer.get("id"), None)
                if future:
                    future.set_result(answer)
        with self._lock:
            if self._control is control:
                self._control = None
            orphans = list(waiting.values())
            waiting.clear()
            is_unable = not heard and not self._closed
        control.close()
        for orphan in orphans:
            if is_unable:
                orphan.set_exception(_unavailable(why))
            else:
                orphan.set_result(None)


def _unavailable(why: str) -> ParsersUnavailable:
    return ParsersUnavailable(
        f"No parser can be started: {why}.",
        mend="Mend the installation, or free processes and memory, and run again: no document was "
        "at fault.",
    )
