"""What a connector only writes to its log: a part that it could not list and passes over."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar, copy_context
from functools import cache
from typing import TypeVar

T = TypeVar("T")
_ABOUT_READERS = re.compile(
    r"(Could not retrieve (collaborations|permissions) for (folder|file) "
    r"|Could not initialize Box client for permissions fetching: "
    r"|(forbidden|unexpected status \w+) fetching permissions for |permissions not found for "
    r"|(giving up after retries on Graph \$batch|Graph \$batch returned \d+)\b.*;"
    r" skipping permissions for \d+ items"
    r"|Malformed (space-permissions|content-restrictions) response for )",
    re.DOTALL,
)
"""Sentences of the connectors of Box, OneDrive, SharePoint and Confluence, from their beginning:
what a service says of a failure stands behind them, and may hold any word."""
_HARMLESS = re.compile(
    r"GitHub tree for \S+ is truncated; falling back to a per-directory walk"
    r"|Using OAuth token authentication\. Tokens expire after"
    r"|nothing to index at "
)
_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


def are_about_readers(message: str) -> bool:
    """Whether a connector says that it listed documents, but not who may read them. Any other
    warning is of something that it did not list."""
    return bool(_ABOUT_READERS.match(message))


class Watched:
    """Calls of a connector, with the warnings that it logs meanwhile handed to `tell`. Threads that
    asyncio makes for it are watched as well; calls of other sources are not."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        _listen()
        self._context = copy_context()
        self._context.run(_listener.set, tell)

    def call(self, work: Callable[[], T]) -> T:
        return self._context.run(work)

    def iterate(self, items: Iterator[T]) -> Iterator[T]:
        while True:
            try:
                item = self._context.run(next, items)
            except StopIteration:
                return
            yield item


class _Listener(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        tell, message = _listener.get(), record.getMessage()
        if tell is not None and not _HARMLESS.match(message):
            tell(message)


@cache
def _listen() -> None:
    """Once in a process. Warnings have to come through, whatever the level of other loggers."""
    logger = logging.getLogger("unstructured_ingest")
    if not logger.isEnabledFor(logging.WARNING):
        logger.setLevel(logging.WARNING)
    logger.addHandler(_Listener(logging.WARNING))
