"""What every route of searches works with: one project, and one searcher."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from doclake import clock
from doclake.embed.backends.threads import keep_one_thread
from doclake.errors import DoclakeError, SettingsDiffer
from doclake.memory.caller import agent_of
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.observe import lake_figures
from doclake.observe.lake_figures import Figures
from doclake.observe.prometheus import LakeCollector
from doclake.project import Project
from doclake.search import door, passages
from doclake.search.answer import Answerer, Event, Reply
from doclake.search.passages import Passage
from doclake.search.searcher import Answer, Searcher
from doclake.serve.caller import Caller
from doclake.serve.client import fingerprint
from doclake.serve.memory_verbs import Verb
from doclake.serve.threads import Threads

_WARMING = "Which sources are there?"
_FRESH = timedelta(seconds=30)
_SPOKEN = 0.9  # of the time for an answer
_log = logging.getLogger(__name__)


class Service(Threads):
    """Answers searches, many at a time."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._searcher = Searcher(project)
        self._answerer = Answerer(project)
        self._memories = MemoryStore(project)
        self._has_memory_model = False
        self._figures: Figures | None = None
        self._looking = threading.Lock()

    def search(self, question: str, k: int, caller: Caller, filters: Mapping[str, Any]) -> Answer:
        """As `door.ask`; in the thread of the caller."""
        self._require_visible(caller, filters)
        asked = partial(door.ask, self.project(), question, k=k, principals=caller.principals)
        return asked(filters=filters, searcher=self._searcher)

    def _require_visible(self, caller: Caller, filters: Mapping[str, Any]) -> None:
        if not caller.is_operator:
            door.require_visible(self.project(), filters, caller.principals)

    def passage(
        self, citation_id: str, principals: Iterable[str], neighbours: int, section: bool
    ) -> Passage:
        """As `passages.passage`; in the thread of the caller."""
        found = partial(passages.passage, self.project(), citation_id, principals=principals)
        return found(neighbours=neighbours, section=section)

    def remembered(self, asked: Verb, caller: Caller) -> dict[str, Any]:
        """What a verb of memory gives; in the thread of the caller. Raises what it does, and
        `RequestForbidden` for a caller that is no agent, or lacks the scope."""
        asked.require(caller.scopes)
        agent = asked.agent if caller.is_operator and asked.agent else None
        agent = agent or agent_of(caller.principals, asked.agent)
        memories = Memories(
            self.project(),
            agent,
            caller.principals,
            is_operator=caller.is_operator,
            store=self._memories,
        )
        return asked.do(memories)

    def ask(self, question: str, caller: Caller, filters: Mapping[str, Any]) -> Reply:
        """As `Answerer.ask`; in the thread of the caller."""
        self._require_visible(caller, filters)
        asked = partial(self._answerer.ask, question, principals=caller.principals, filters=filters)
        return asked(searcher=self._searcher, until=self._until())

    def answer(self, question: str, caller: Caller, filters: Mapping[str, Any]) -> Iterator[Event]:
        """As `Answerer.events`; in the thread of whoever reads it."""
        self._require_visible(caller, filters)
        events = partial(self._answerer.events, question, principals=caller.principals)
        yield from events(filters=filters, searcher=self._searcher, until=self._until())

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

    def gauges(self, caller: Caller) -> LakeCollector:
        """Figures that are at most half a minute old."""
        try:
            project = self.project()
            if caller.is_operator:
                return LakeCollector(self._figures_of(project))
            visible = door.sources(project, caller.principals)
            sees_all = visible.keys() == project.settings.sources.keys()
            return LakeCollector(self._figures_of(project), visible, sees_all)
        except DoclakeError as error:
            _log.warning("The lake has no metrics: %s", error)
            return LakeCollector(lake_figures.unread())

    def _figures_of(self, project: Project) -> Figures:
        with self._looking:
            figures = self._figures
            if figures is None or clock.now() - figures.read > _FRESH:
                figures = self._figures = lake_figures.look(project)
            return figures

    def is_ready(self) -> bool:
        """Whether a search would be answered, or a recall where there are no sources: the index can
        be read, the model is loaded, and it is known who belongs to which groups."""
        try:
            project = self.project()
            project.asker(())
            if not project.settings.sources:
                self._open_memories()
                return True
            self.index_rows()
        except DoclakeError as error:
            _log.warning("Not ready: %s", error)
            return False
        return self._searcher.has_model

    def _open_memories(self) -> None:
        """With the model, which writing needs longer to load than reading does."""
        self._memories.rows()
        if not self._has_memory_model:
            self._memories.embedder().encode_documents([_WARMING])
            self._has_memory_model = True

    def warm_up(self) -> None:
        """Load the model and open the index, so that the first question is as fast as the next; for
        memories too, where there are some or nothing else is.

        Without an index the server starts all the same, and is not ready.
        """
        keep_one_thread()
        try:
            has_sources = bool(self._project.settings.sources)
            if not has_sources or self._memories.rows() is not None:
                self._open_memories()
            if has_sources:
                self._searcher.search(_WARMING, k=1)  # nobody asks this: it is in no audit
        except DoclakeError as error:
            _log.warning("Started without an index or a model: %s", error)
