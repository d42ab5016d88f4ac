"""What every route works with: one project, one searcher, and so many threads.

Routes wait for a free thread; work that took too long is given up by whoever waits for it and ends
by itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from doclake.embed.backends.threads import keep_one_thread
from doclake.errors import DoclakeError, ServerBusy, SettingsDiffer
from doclake.project import Project
from doclake.search import door, passages
from doclake.search.answer import Answerer, Event, Reply
from doclake.search.passages import Passage
from doclake.search.searcher import Answer, Searcher
from doclake.serve.client import fingerprint
from doclake.settings.serve import ServeSettings

T = TypeVar("T")
_WARMING = "Which sources are there?"
_SPOKEN = 0.9  # of the time for an answer
_log = logging.getLogger(__name__)


class Service:
    """Answers requests, many at a time. `waiting` counts those that are here."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._searcher = Searcher(project)
        self._answerer = Answerer(project)
        self._threads: anyio.CapacityLimiter | None = None
        self.waiting = 0

    def project(self) -> Project:
        """With the settings of this moment; raises `SettingsError` if they are wrong by now."""
        self._project = self._project.today()
        return self._project

    @property
    def settings(self) -> ServeSettings:
        """As they were when last they were right."""
        return self._project.settings.serve

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

    def search(
        self, question: str, k: int, principals: Iterable[str], filters: Mapping[str, Any]
    ) -> Answer:
        """As `door.ask`; in the thread of the caller."""
        asked = partial(door.ask, self.project(), question, k=k, principals=principals)
        return asked(filters=filters, searcher=self._searcher)

    def passage(
        self, citation_id: str, principals: Iterable[str], neighbours: int, section: bool
    ) -> Passage:
        """As `passages.passage`; in the thread of the caller."""
        found = partial(passages.passage, self.project(), citation_id, principals=principals)
        return found(neighbours=neighbours, section=section)

    def ask(self, question: str, principals: Iterable[str], filters: Mapping[str, Any]) -> Reply:
        """As `Answerer.ask`; in the thread of the caller."""
        asked = partial(self._answerer.ask, question, principals=principals, filters=filters)
        return asked(searcher=self._searcher, until=self._until())

    def answer(
        self, question: str, principals: Iterable[str], filters: Mapping[str, Any]
    ) -> Iterator[Event]:
        """As `Answerer.events`; in the thread of whoever reads it."""
        asked = partial(self._answerer.events, question, principals=principals, filters=filters)
        return asked(searcher=self._searcher, until=self._until())

    def _until(self) -> float:
        """When an answer has to be over, with time left to say what has come of it."""
        return time.monotonic() + _SPOKEN * self.settings.timeout.total_seconds()

    def require_settings(self, wanted: str) -> None:
        """Raises `SettingsDiffer` unless `wanted` is the fingerprint of the settings of now."""
        if wanted.strip('"') != fingerprint(self.project().settings):
            raise SettingsDiffer(
                "The server runs under other settings.", mend="Restart it, or ask without it."
            )

    def index_rows(self) -> int:
        """How many passages can be found. Raises `IndexStateError`."""
        _, rows = self.project().index.require()
        return rows.count()

    def is_ready(self) -> bool:
        """Whether a search would be answered: the index can be read and the model is loaded."""
        try:
            self.index_rows()
        except DoclakeError as error:
            _log.warning("Not ready: %s", error)
            return False
        return self._searcher.has_model

    def warm_up(self) -> None:
        """Load the model and open the index, so that the first question is as fast as the next.

        Without an index the server starts all the same, and is not ready.
        """
        keep_one_thread()
        try:
            self.search(_WARMING, 1, (), {})
        except DoclakeError as error:
            _log.warning("Started without an index or a model: %s", error)
