"""Requests of one project, so many at a time.

Routes wait for a free thread; work that took too long is given up by whoever waits for it and ends
by itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

from doclake.errors import ServerBusy
from doclake.observe.prometheus import LakeCollector
from doclake.project import Project
from doclake.search import audit
from doclake.serve.caller import Caller
from doclake.settings.serve import ServeSettings

T = TypeVar("T")


class Threads(ABC):
    """What every server of a project works with. `waiting` counts the requests that are here."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._threads: anyio.CapacityLimiter | None = None
        self.waiting = 0

    def project(self) -> Project:
        """With the settings of this moment; raises `SettingsError` if they are wrong by now."""
        self._project = self._project.today()
        return self._project

    def note_refused_token(self, address: str) -> None:
        """In the audit of the lake."""
        audit.refused_token(self._project, address)

    @property
    def settings(self) -> ServeSettings:
        """As they were when last they were right."""
        return self._project.settings.serve

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether a request would be answered."""

    @abstractmethod
    def gauges(self, caller: Caller) -> LakeCollector | None:
        """Of the lake, as far as the caller may know."""

    async def run(self, call: Callable[[], T]) -> T:
        """What the call gives, in a thread. Raises `ServerBusy`."""
        with self._room():
            return await self._in_thread(call)

    async def each(self, events: Iterator[T]) -> AsyncGenerator[T, None]:
        """What the iterator gives, a thread for each. Raises `ServerBusy`.

        Whoever goes away early leaves the iterator to the thread that is at work on it, which
        closes it by letting go of it.
        """
        with self._room():
            while (event := await self._in_thread(partial(next, events, None))) is not None:
                yield event

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Among the requests that are here."""
        if self.waiting >= self.settings.waiting:
            raise ServerBusy("Too many requests are waiting.", mend="Try again in a moment.")
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def _in_thread(self, call: Callable[[], T]) -> T:
        settings = self.settings
        self._threads = self._threads or anyio.CapacityLimiter(settings.threads)
        try:
            with anyio.fail_after(settings.timeout.total_seconds()):
                return await anyio.to_thread.run_sync(
                    call, abandon_on_cancel=True, limiter=self._threads
                )
        except TimeoutError:
            raise ServerBusy("The answer took too long.", mend="Try again in a moment.") from None
