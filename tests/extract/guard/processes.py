"""The processes and temporary folders of runs, as the system sees them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def running(word: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "cmdline").read_text("utf-8", "replace"):
                found.append(folder.name)
        except OSError:
            continue
    return found


def comes_true(condition: Callable[[], bool]) -> bool:
    """Processes of others end without an event that could be awaited here."""
    deadline = time.monotonic() + 20
    while not (true := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return true


def workspaces(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("doclake-run-*")]
