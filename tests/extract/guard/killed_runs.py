"""Runs that are killed some time after their supervisor came to life: a script.

    python killed_runs.py PATH DELAYS

`PATH` is a `sys.path` and `DELAYS` are seconds, both as JSON. Each run is forked from this process,
which has imported everything and has one thread.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import tempfile
import time

sys.path[:] = json.loads(sys.argv[1])

import psutil  # noqa: E402

from doclake.extract.extractor import Document, Extractor  # noqa: E402
from doclake.settings import ExtractRecipe, Limits  # noqa: E402


def run() -> None:
    def document(text: bytes, name: str) -> Document:
        return Document("s", "00", name, name, ExtractRecipe(), lambda: io.BytesIO(text))

    tempfile.tempdir = tempfile.mkdtemp()  # of this run alone: no other sweeps what it leaves
    orders = [b"hang", b"text a", b"work 60"]
    parsers = {"detect": "odd_parsers:media_type", "load": "odd_parsers:load"}
    with Extractor(Limits(), 3, **parsers) as extractor:
        list(extractor.extract(document(text, str(n)) for n, text in enumerate(orders)))


def killed(delay: float) -> None:
    pid = os.fork()
    if pid == 0:
        run()
        os._exit(0)
    process = psutil.Process(pid)
    while not process.children():
        time.sleep(0.001)
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


for seconds in json.loads(sys.argv[2]):
    killed(seconds)
