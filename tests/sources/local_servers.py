"""Programs that tests of sources start as servers, each in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr").exists() else []


def program(name: str) -> str:
    """Its path; skips the test where it is not installed."""
    beside = str(Path(sys.executable).parent)
    places = [*map(str, _POSTGRES), "/usr/sbin", beside, os.environ["PATH"]]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def own_folder(user: str = "nobody") -> Iterator[tuple[Path, dict[str, Any]]]:
    """One that belongs to whom the server will run as: none of them runs as root."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder, runs_as = Path(name), {}
        if os.geteuid() == 0:
            who = pwd.getpwnam(user)
            os.chown(folder, who.pw_uid, who.pw_gid)
            runs_as = {"user": who.pw_uid, "group": who.pw_gid}
        yield folder, runs_as


@contextmanager
def running(
    command: Sequence[str], user: dict[str, Any], asked: Any, stop: int = signal.SIGTERM
) -> Iterator[None]:
    """The server, once it answers to `asked`."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
    try:
        for left in reversed(range(150)):
            try:
                asked()
                break
            except Exception:
                assert left and server.poll() is None, f"{command[0]} does not start"
                time.sleep(0.1)
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # it may ignore the signal, as who began it does
            server.kill()
            server.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
