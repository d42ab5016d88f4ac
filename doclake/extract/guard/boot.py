"""The first steps of the supervisor process: from here on it ends with its parent.

Imports little, so that the steps come at once: a run may be killed while its supervisor starts.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from doclake.extract.guard.libc import die_with_parent
from doclake.workspaces.workspace import clear_away


def main(arguments: str) -> None:
    """Entry point of the process; `arguments` is JSON from `client`."""
    start = json.loads(arguments)
    folder, parent = Path(start["workspace"]), start["parent"]
    above = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    finished = False
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C and a hang-up reach the whole group;
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent decides
        signal.signal(signal.SIGTERM, _leave)
        die_with_parent(signal.SIGTERM)
        if os.getppid() == parent:
            _supervise(start, above)
            finished = True
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if finished or _gone(parent):
            clear_away(folder, above)


def _supervise(start: dict[str, Any], above: int) -> None:
    """Until the parent has closed its end, or is gone."""
    from doclake.extract.guard import private_root, seccomp

    hidden = private_root.works(start["workspace"])
    if hidden or start["required"]:
        private_root.prepare()
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("500")  # if memory runs out, a parser goes first
    seccomp.leave_the_network()
    control = socket.socket(fileno=start["control"])
    try:
        from doclake.extract.guard.supervisor import Supervisor

        supervisor = Supervisor(control, start, above)
        if hidden or start["required"]:
            private_root.enter(start["workspace"])
    except Exception as error:
        _say(control, unable=f"{type(error).__name__}: {error}")
        raise
    _say(control, ready=True)
    supervisor.run()


def _say(control: socket.socket, **words: object) -> None:
    with contextlib.suppress(OSError):  # the parent has gone; the supervisor sees it
        control.sendall(json.dumps(words).encode() + b"\n")


def _gone(parent: int) -> bool:
    """Whether it has ended: the signal comes when its threads end, a moment before."""
    for _ in range(200):
        if os.getppid() != parent:
            return True
        time.sleep(0.01)
    return False


def _leave(*_: object) -> NoReturn:
    sys.exit()
