"""The guarded workers of one run, kept for the next: to begin them costs a test more than all else.

They are the real ones. Whatever they are begun with is told apart: limits, paths, environment. A
test of how they begin or end makes an extractor of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from doclake.extract.extractor import Extractor
from doclake.extract.guard import client
from doclake.settings import Settings
from doclake.stages.executors import local

_MOST = 2


@contextmanager
def kept_workers() -> Iterator[None]:
    """While it lasts, runs of this process take the workers of those before."""
    cold: Callable[[Settings], Extractor] = local.executor
    kept: dict[Any, Extractor] = {}

    def executor(settings: Settings) -> AbstractContextManager[Extractor]:
        if local.Extractor is not Extractor:  # a test has put another one there
            return cold(settings)
        begun_with = (
            settings.limits.model_dump_json(),
            settings.processing.workers,
            settings.processing.documents_per_child,
            tuple(sys.path),
            tempfile.gettempdir(),
            *(os.environ.get(name) for name in client._ENVIRONMENT),
        )
        if begun_with not in kept:
            if len(kept) == _MOST:
                kept.pop(next(iter(kept))).close()
            kept[begun_with] = cold(settings)
        return nullcontext(kept[begun_with])

    local.executor = executor  # type: ignore[assignment]
    try:
        yield
    finally:
        local.executor = cold
        for extractor in kept.values():
            extractor.close()
