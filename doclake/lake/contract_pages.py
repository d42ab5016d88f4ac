"""Pages of contracts and reports, beside the tables: `contract_pages/SOURCE/TABLE/TIME-RUN.html`.

They name documents, so they leave the lake with them, and the newest of each table alone are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from doclake import clock
from doclake.lake import beside
from doclake.lake.lake import Lake

KEPT = 20
"""Pages of a table of a source."""
FOLDER = "contract_pages"
OF_ALL = "all"
"""In place of a source: pages that name documents of any."""
_TIME = "%Y%m%dT%H%M%S"


def write(lake: Lake, source: str, table: str, run_id: str, html: str) -> str:
    """The path or URL of the page, which takes the place of the oldest. Raises `ImportError` and
    what the store does."""
    files, root = beside.opened(lake, FOLDER)
    run = re.sub(r"[^0-9A-Za-z-]", "", run_id)[:36] or "run"
    folder = f"{root}/{source}/{table}"
    files.makedirs(folder, exist_ok=True)
    name = f"{clock.now():{_TIME}}-{run}.html"
    files.pipe_file(f"{folder}/{name}", html.encode())
    for old in sorted(files.ls(folder, detail=False))[:-KEPT]:
        _remove(files, old)
    return f"{lake.url}/{FOLDER}/{source}/{table}/{name}"


def forget(lake: Lake, sources: Iterable[str]) -> None:
    """Remove every page of these sources, and those of all."""
    with suppress(ImportError):  # nobody who lacks the library of the lake has written one
        files, root = beside.opened(lake, FOLDER)
        for source in (*sources, OF_ALL):
            with suppress(FileNotFoundError):
                files.rm(f"{root}/{source}", recursive=True)


def forget_old(lake: Lake, age: timedelta) -> int:
    """Remove the pages that are older; returns how many there were."""
    limit, forgotten = clock.now() - age, 0
    try:
        files, root = beside.opened(lake, FOLDER)
    except ImportError:
        return 0
    for path in files.find(root):
        with suppress(ValueError):
            made = datetime.strptime(path.rsplit("/", 1)[-1].split("-")[0], _TIME)
            if made.replace(tzinfo=limit.tzinfo) < limit:
                forgotten += _remove(files, path)
    return forgotten


def _remove(files: Any, path: str) -> bool:
    """False if another run was faster."""
    try:
        files.rm_file(path)
    except FileNotFoundError:
        return False
    return True
