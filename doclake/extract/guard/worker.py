"""The forked worker: it writes a folder of results for each document.

It writes `result.json` (a header), `elements.arrow` (Arrow IPC) and `children/N` into its
folder. Nothing is pickled: the parent must not trust a parser that its document has taken over.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from doclake.extract.guard import resource_limits, sandbox
from doclake.extract.guard.protocol import LOG, NO_SPACE, OUT_OF_MEMORY, RESULT, WORK
from doclake.extract.guard.task import batch, document
from doclake.settings import Limits


def main(folder: str, limits: dict[str, Any], tasks: int, answers: int) -> int:
    """Confine this process, then extract documents as they come. Returns the exit status.

    `tasks` and `answers` are pipes: a line of JSON for each document, a byte back for each that
    ended well. After any other ending the process must not be used again, so it exits.
    """
    work = Path(folder) / WORK
    allowed = Limits(**limits)
    _redirect_output(work)
    largest = max(16 * allowed.output_mb, allowed.archive_mb)
    idle = resource_limits.limit_resources(allowed.memory_mb, largest)
    sandbox.confine([folder], [str(work)])
    known = set(sys.modules)
    with open(tasks, "rb") as lines:
        for line in lines:
            _redirect_output(work)
            try:
                healthy = _one(json.loads(line), Path(folder), allowed, known)
            except MemoryError:
                return OUT_OF_MEMORY
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    return NO_SPACE
                raise
            grown = resource_limits.mapped_mb() - idle
            if not healthy or grown > allowed.memory_mb / 4:
                return 0
            resource_limits.limit_memory(allowed.memory_mb)
            os.write(answers, b".")
    return 0


def _one(task: dict[str, Any], folder: Path, limits: Limits, known: set[str]) -> bool:
    """Do one task and return whether the process can be trusted with another. `known` are the
    modules that its parent knows of."""
    do = batch if "batch" in task else document
    header, healthy = do(task, folder, limits)
    header["modules"] = []
    if len(sys.modules) != len(known):
        fresh = set(sys.modules) - known
        header["modules"] = sorted(module for module in fresh if module[0] != "_")
        known |= fresh
    result = json.dumps(header, default=str).encode("utf-8", "replace")
    (folder / WORK / RESULT).write_bytes(result)
    return healthy and threading.active_count() == 1


def _redirect_output(work: Path) -> None:
    """Keep what parsers print away from the user's terminal, in a log that shows why one died."""
    os.chdir(work)
    tempfile.tempdir = str(work)
    os.environ.update(TMPDIR=str(work), HOME=str(work))
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
