"""What the verbs of memory give, as OpenAPI describes it. At every door it is made by `as_dict`."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import RootModel

from doclake.govern.certificate import Certificate
from doclake.memory.looking import Event, History, Pool
from doclake.memory.memory import Memory


@dataclass(frozen=True, kw_only=True)
class RememberedMemory(Memory):
    """`is_new` is false where the same was known: then it counts as a use."""

    is_new: bool


@dataclass(frozen=True, kw_only=True)
class RecalledMemory(Memory):
    """`score`, 0 to 1, orders the memories of one recall; `scores` say why."""

    score: float
    scores: dict[str, float]


@dataclass(frozen=True)
class Recalled:
    """Best first."""

    memories: list[RecalledMemory]


@dataclass(frozen=True)
class Told(History):
    """A memory, those before and after it, oldest first, and what was done with them."""


@dataclass(frozen=True)
class Held(Pool):
    """Who belongs to a pool now, and how many memories it holds, by agent and kind."""


@dataclass(frozen=True)
class Audited:
    """Oldest first; `total` is how many there are."""

    events: list[Event]
    total: int


@dataclass(frozen=True)
class Pair:
    """Of two that may contradict each other."""

    later: Memory
    earlier: Memory


@dataclass(frozen=True)
class Contradicting:
    pairs: list[Pair]


@dataclass(frozen=True)
class Exported:
    """By id; `next` is what to ask for `after`, null at the end."""

    memories: list[Memory]
    next: str | None


@dataclass(frozen=True)
class NothingErased:
    """There was nothing about the subject."""

    memories: list[str]


class Erased(RootModel[Certificate | NothingErased]):
    """The certificate, if anything was erased."""
