"""What a connector only writes to its log: a part that it could not list and passes over."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar, copy_context
from functools import cache
from typing import TypeVar

T = TypeVar("T")
_ABOUT_READERS = re.compile(r"permission|collaboration", re.IGNORECASE)
_HARMLESS = re.compile(
    r"falling back to a per-directory walk|Tokens expire after|^nothing to index at"
)
_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


def are_about_readers(message: str) -> bool:
    return bool(_ABOUT_READERS.search(message))


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
        if tell is not None and not _HARMLESS.search(message):
            tell(message)


@cache
def _listen() -> None:
    """Once in a process. Warnings have to come through, whatever the level of other loggers."""
    logger = logging.getLogger("unstructured_ingest")
    if not logger.isEnabledFor(logging.WARNING):
        logger.setLevel(logging.WARNING)
    logger.addHandler(_Listener(logging.WARNING))
