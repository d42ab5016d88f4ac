"""A command run as a user runs it, and what it took."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Took:
    """Wall seconds, CPU seconds and the peak of proportional set size in MB, all of the process
    with its children, and what it wrote to standard output."""

    wall: float
    cpu: float
    peak: float
    output: str


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    kill_after: float | None = None,
) -> Took:
    """Run `command` to its end, or kill it and its children after so many seconds. Its errors go
    to `log`. Raises `CalledProcessError`; not of what was killed."""
    started, cpu = time.perf_counter(), _cpu()
    with log.open("w") as errors:
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(psutil.Process(process.pid), peak))
    watcher.start()
    try:
        output, _ = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
    else:
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, output)
    wall = time.perf_counter() - started
    watcher.join()
    return Took(wall, _cpu() - cpu, peak[0] / 1e6, output)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: psutil.Process, peak: list[int]) -> None:
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        used = 0
        with suppress(psutil.Error):
            for member in [process, *process.children(recursive=True)]:
                used += member.memory_full_info().pss
        peak[0] = max(peak[0], used)
        time.sleep(0.2)
