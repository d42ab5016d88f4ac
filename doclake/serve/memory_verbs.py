"""The verbs of memory as requests: what each takes, does and gives. Routes and tools are made of
them."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from doclake.errors import ScopeMissing
from doclake.govern import memory_erasure
from doclake.memory.memories import Memories
from doclake.memory.memory import Memory
from doclake.memory.recall import MemoryFilters
from doclake.serve import memory_answers as answers
from doclake.serve.tokens import ERASE, FORGET, Scope

Line = Annotated[str, Field(min_length=1, max_length=500)]
Text = Annotated[str, Field(max_length=100_000)]
MemoryId = Annotated[str, Field(min_length=1, max_length=64, description="As `recall` gives it")]
_MOST_ROWS = 10_000
Given = dict[str, Any]
Kind = Literal["semantic", "episodic", "procedural"]
FilterValues = Annotated[dict[str, Any], WithJsonSchema(MemoryFilters.model_json_schema())]
"""Checked where every door checks them."""


class Verb(BaseModel):
    """A request. The token says which agent asks."""

    model_config = ConfigDict(extra="forbid")
    scope: ClassVar[Scope | None] = None
    gives: ClassVar[type] = Memory
    """As JSON has it."""

    agent: Line | None = Field(None, description="Which, if the token stands for several agents")

    @abstractmethod
    def do(self, memories: Memories) -> Given:
        """What it gives. Raises `DoclakeError`."""

    def require(self, scopes: frozenset[Scope]) -> None:
        """Raises `ScopeMissing` for a token that may not do it."""
        if self.scope is not None and self.scope not in scopes:
            raise ScopeMissing(
                f"The token has not the scope {self.scope}.",
                mend="Whoever keeps the tokens may add it to `scopes`.",
                scope=self.scope,
            )

    def _said(self, *left_out: str) -> Given:
        return self.model_dump(exclude={"agent", *left_out}, exclude_none=True)


class Remember(Verb):
    """Keep a text. What is known already counts as a use and is no second row."""

    gives: ClassVar[type] = answers.RememberedMemory

    text: Text = Field(description="What is to be remembered")
    kind: Kind = "semantic"
    session: Line | None = Field(None, description="In which conversation")
    subject: Line | None = Field(None, description="Whom or what it is about")
    pool: Line | None = Field(None, description="Share it with this pool")
    access: list[Line] = Field([], max_length=100, description="Principals who may recall it, too")
    importance: float = Field(0.5, ge=0, le=1)
    tier: Line | None = Field(None, description="pinned, working, long_term or archive")
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    expires_at: datetime | None = None
    origin: Line | None = Field(None, description="Where it was said")
    supersedes: list[MemoryId] = Field(
        [], max_length=100, description="Memories that it takes the place of"
    )

    def do(self, memories: Memories) -> Given:
        said = self._said("text", "supersedes")
        return memories.remember(self.text, supersedes=self.supersedes, **said).as_dict()


class Recall(Verb):
    """The memories that answer best, best first, of those that the agent may see."""

    gives: ClassVar[type] = answers.Recalled

    question: Text = Field(description="In words")
    k: int = Field(5, description="Number of memories, 1 to 1,000")
    filters: FilterValues = Field(
        default_factory=dict, description="What the recall is narrowed to"
    )

    def do(self, memories: Memories) -> Given:
        found = memories.recall(self.question, k=self.k, **self.filters)
        return {"memories": [one.as_dict() for one in found]}


class Correct(Verb):
    """Put another text in the place of a memory, which is recalled no more."""

    gives: ClassVar[type] = answers.RememberedMemory

    memory_id: MemoryId
    text: Text = Field(description="What is right")
    since: datetime | None = Field(None, description="From when on it is true")

    def do(self, memories: Memories) -> Given:
        return memories.correct(self.memory_id, self.text, since=self.since).as_dict()


class Learn(Verb):
    """Remember a passage that the caller may read. It closes with its document."""

    gives: ClassVar[type] = answers.RememberedMemory

    citation_id: Line = Field(description="Of a passage that a search gave")
    subject: Line | None = None
    pool: Line | None = None

    def do(self, memories: Memories) -> Given:
        return memories.learn(self.citation_id, **self._said("citation_id")).as_dict()


class _OfOne(Verb):
    memory_id: MemoryId


class Forget(_OfOne):
    """Recall a memory no more. `restore` brings it back for a while."""

    scope: ClassVar[Scope | None] = FORGET

    def do(self, memories: Memories) -> Given:
        return memories.forget(self.memory_id).as_dict()


class Restore(_OfOne):
    """Bring back what was forgotten, merged or has expired."""

    def do(self, memories: Memories) -> Given:
        return memories.restore(self.memory_id).as_dict()


class Share(_OfOne):
    """Let the members of a pool recall a memory."""

    pool: Line

    def do(self, memories: Memories) -> Given:
        return memories.share(self.memory_id, self.pool).as_dict()


class Unshare(_OfOne):
    """Let them recall it no more, from the next call on."""

    pool: Line

    def do(self, memories: Memories) -> Given:
        return memories.unshare(self.memory_id, self.pool).as_dict()


class Pin(_OfOne):
    """Keep a memory as recent, for good."""

    def do(self, memories: Memories) -> Given:
        return memories.pin(self.memory_id).as_dict()


class Tier(_OfOne):
    """Put a memory in a tier."""

    tier: Line = Field(description="pinned, working, long_term or archive")

    def do(self, memories: Memories) -> Given:
        return memories.tier(self.memory_id, self.tier).as_dict()


class History(_OfOne):
    """The former texts of a memory and later ones, oldest first, and what was done with them."""

    gives: ClassVar[type] = answers.Told

    def do(self, memories: Memories) -> Given:
        return memories.history(self.memory_id).as_dict()


class Pool(Verb):
    """Who belongs to a pool now, and what its members can recall of it."""

    gives: ClassVar[type] = answers.Held

    pool: Line

    def do(self, memories: Memories) -> Given:
        return memories.pool(self.pool).as_dict()


class Audit(Verb):
    """All that was done with the memories of the agent, recalls too, oldest first."""

    gives: ClassVar[type] = answers.Audited

    first: int = Field(0, ge=0, description="So many events are left out")

    def do(self, memories: Memories) -> Given:
        told = memories.audit()
        shown = told[self.first : self.first + _MOST_ROWS]
        return {"events": [one.as_dict() for one in shown], "total": len(told)}


class Contradictions(Verb):
    """Pairs of memories of which one may be wrong by now, the later one first."""

    gives: ClassVar[type] = answers.Contradicting

    def do(self, memories: Memories) -> Given:
        pairs = memories.contradictions()[:_MOST_ROWS]
        told = [{"later": one.as_dict(), "earlier": other.as_dict()} for one, other in pairs]
        return {"pairs": told}


class Export(Verb):
    """All that the agent may see, by id, some thousand at once."""

    gives: ClassVar[type] = answers.Exported

    retired: bool = Field(False, description="With those that are recalled no more")
    after: MemoryId | None = Field(None, description="Only what follows this id")

    def do(self, memories: Memories) -> Given:
        rows = memories.export(retired=self.retired)
        shown = [one for one in rows if self.after is None or one.memory_id > self.after]
        page = shown[:_MOST_ROWS]
        more = page[-1].memory_id if len(shown) > len(page) else None
        return {"memories": [one.as_dict() for one in page], "next": more}


class Erase(Verb):
    """Erase the agent's memories about a subject, and what was made of them, to the last byte."""

    scope: ClassVar[Scope | None] = ERASE
    gives: ClassVar[type] = answers.Erased

    subject: Line = Field(description="What is about it, or mentions this text")
    reason: Line | None = Field(None, description="Why; name nobody here, it is kept")

    def do(self, memories: Memories) -> Given:
        project, caller = memories.project, memories.caller()
        meant = memory_erasure.of_subject(project, caller, self.subject)
        if not meant and not memory_erasure.interrupted(project):
            return {"memories": []}
        erase = memory_erasure.erase
        return erase(project, memories.store, caller, meant, reason=self.reason).as_json()


VERBS: tuple[type[Verb], ...] = (
    *(Remember, Recall, Correct, Learn, Forget, Restore, Share, Unshare, Pin, Tier),
    *(History, Pool, Audit, Contradictions, Export, Erase),
)
