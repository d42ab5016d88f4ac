"""The memory of one agent, with all its verbs: what Python, the command line, HTTP and MCP call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from doclake.memory import changing, learning, looking, remembering
from doclake.memory.caller import Caller
from doclake.memory.learning import Learned, Turn
from doclake.memory.looking import Event, History, Pool
from doclake.memory.memory import Memory, Recalled, Remembered
from doclake.memory.recall import MemoryFilters, recall
from doclake.memory.remembering import Statement
from doclake.memory.store import MemoryStore
from doclake.project import Project


class Memories:
    """What an agent may recall: its own memories, and those of the pools that it belongs to by the
    settings of the moment.

    `agent` is its name, without `agent:`; `principals` are whom it speaks for beside itself. An
    operator may see and change every memory. Threads may share it. Every method may raise a
    `doclake.errors.DoclakeError`, which says what to do.
    """

    def __init__(
        self,
        project: Project,
        agent: str,
        principals: Iterable[str] = (),
        *,
        is_operator: bool = False,
        store: MemoryStore | None = None,
    ) -> None:
        self.project, self._principals = project, tuple(principals)
        self._agent, self._is_operator = agent, is_operator
        self.store = store or MemoryStore(project)
        self.caller()  # who is no principal is told so now

    def caller(self) -> Caller:
        """By the groups of now: they may change between two calls."""
        return Caller.of(self.project, self._agent, self._principals, is_operator=self._is_operator)

    def remember(
        self, text: str, *, supersedes: str | Sequence[str] = (), **said: Any
    ) -> Remembered:
        """Keep a text. `said` are the fields of `Statement`: kind, session, subject, access, pool,
        importance, tier, valid_from, valid_to, expires_at, origin. What is known already counts as
        a use and is no second row. Raises `MemoryRefused`."""
        retired = [supersedes] if isinstance(supersedes, str) else supersedes
        statement = Statement(text, **said)
        return remembering.remember(
            self.project, self.store, self.caller(), statement, supersedes=retired
        )

    def recall(self, question: str, *, k: int = 5, **filters: Any) -> list[Recalled]:
        """The `k` memories that answer best, best first. `filters` are those of `MemoryFilters`:
        agent, session, subject, kind, tier, as_of."""
        narrowed = MemoryFilters.of(filters)
        return recall(self.project, self.store, self.caller(), question, k=k, narrowed=narrowed)

    def correct(self, memory_id: str, text: str, *, since: datetime | None = None) -> Remembered:
        """Put another text in its place, true `since` a moment if one is given."""
        caller = self.caller()
        return remembering.correct(self.project, self.store, caller, memory_id, text, since=since)

    def learn(self, citation_id: str, **said: Any) -> Remembered:
        """Remember a passage, by the `citation_id` of a hit. Whoever may not read it then does not
        recall it. Raises `PassageGone`."""
        return learning.from_passage(self.project, self.store, self.caller(), citation_id, **said)

    def learn_conversation(self, turns: Sequence[Turn], **said: Any) -> Learned:
        """Remember each turn as an episode of its session."""
        return learning.from_conversation(self.project, self.store, self.caller(), turns, **said)

    def forget(self, memory_id: str) -> Memory:
        """Recall it no more; `restore` brings it back for `retention.memories`. It is given back
        without its text if it was learned from a document that is closed by now."""
        return changing.forget(self.project, self.store, self.caller(), memory_id)

    def restore(self, memory_id: str) -> Memory:
        """Bring back what was forgotten, merged or has expired."""
        return changing.restore(self.project, self.store, self.caller(), memory_id)

    def share(self, memory_id: str, pool: str) -> Memory:
        """Let the members of a pool recall it."""
        return changing.share(self.project, self.store, self.caller(), memory_id, pool)

    def unshare(self, memory_id: str, pool: str) -> Memory:
        """Let them recall it no more."""
        return changing.unshare(self.project, self.store, self.caller(), memory_id, pool)

    def tier(self, memory_id: str, tier: str) -> Memory:
        """Put it in a tier: pinned, working, long_term, archive."""
        return changing.put_in_tier(self.project, self.store, self.caller(), memory_id, tier)

    def pin(self, memory_id: str) -> Memory:
        """Keep it as recent, for good."""
        return self.tier(memory_id, "pinned")

    def pool(self, name: str) -> Pool:
        """Who belongs to a pool, and what they share."""
        return looking.pool(self.project, self.store, self.caller(), name)

    def history(self, memory_id: str) -> History:
        """Its former texts and later ones, and what was done with them."""
        return looking.history(self.project, self.store, self.caller(), memory_id)

    def audit(self) -> list[Event]:
        """All that was done with its memories, recalls too."""
        return looking.events(self.store, self.caller())

    def contradictions(self) -> list[tuple[Memory, Memory]]:
        """Pairs of memories of which consolidation proposes that one is wrong by now."""
        return looking.contradictions(self.project, self.store, self.caller())

    def export(self, *, retired: bool = False) -> Iterator[Memory]:
        """Every memory that it may see, with those recalled no more if asked for."""
        return looking.export(self.project, self.store, self.caller(), retired=retired)
