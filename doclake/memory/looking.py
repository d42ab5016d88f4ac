"""What became of a memory, who did what, and all that one may see: nothing of it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from doclake.lake.scope import Scope
from doclake.memory.caller import Caller, pool_principal
from doclake.memory.memory import Memory
from doclake.memory.origins import doc_id_of, readable
from doclake.memory.store import MemoryStore, gone
from doclake.project import Project
from doclake.search import audit
from doclake.tables.audit import AUDIT, RECALL
from doclake.tables.memories import MEMORIES, MemoryRow
from doclake.tables.memory_events import MEMORY_EVENTS, MemoryEvent

_WITHOUT_VECTORS = [name for name in MEMORIES.schema.names if name not in ("vector", "signs")]


@dataclass(frozen=True)
class Event:
    """Something that was done: `other_id` is the memory that took its place or contradicts it,
    `detail` the pool or the tier. `principals` are whom a recall was made for."""

    event: str
    memory_id: str | None
    agent: str | None
    done_at: datetime
    other_id: str | None = None
    detail: str | None = None
    principals: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: MemoryEvent) -> Self:
        names = ("event", "memory_id", "agent", "done_at", "other_id", "detail")
        return cls(*(row[name] for name in names))  # type: ignore[literal-required]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"done_at": self.done_at.isoformat()}


@dataclass(frozen=True)
class History:
    """A memory, those before and after it, oldest first, and what was done with them."""

    memories: list[Memory]
    events: list[Event]

    def as_dict(self) -> dict[str, Any]:
        return {
            "memories": [one.as_dict() for one in self.memories],
            "events": [one.as_dict() for one in self.events],
        }


def _seen(project: Project, caller: Caller, rows: Iterable[MemoryRow]) -> list[MemoryRow]:
    """Those that the caller may see, and whose passage it may read now."""
    own = [row for row in rows if caller.may_see(row)]
    origin = {row["memory_id"]: doc_id_of(row["origin"], row["origin_root"]) for row in own}
    may_read = readable(project, caller, filter(None, origin.values()))
    return [row for row in own if origin[row["memory_id"]] in may_read | {None}]


def history(project: Project, store: MemoryStore, caller: Caller, memory_id: str) -> History:
    """From the first text to the last, through corrections and mergers, of what the caller may see.
    Raises `MemoryGone`."""
    if not _seen(project, caller, store.read([memory_id])):
        raise gone(memory_id)
    known: dict[str, MemoryRow] = {}
    waiting = {memory_id}
    while waiting:
        rows = _seen(project, caller, store.read(waiting))
        known |= {row["memory_id"]: row for row in rows}
        linked = {one for row in rows for one in (row["superseded_by"], *(row["sources"] or ()))}
        waiting = {one for one in linked if one} - known.keys() - waiting
    rows = sorted(known.values(), key=lambda row: (row["recorded_at"], row["memory_id"]))
    scope = Scope(where={"memory_id": known.keys()})
    events = MEMORY_EVENTS.rows(store.lake.read(MEMORY_EVENTS.name, scope))
    told = sorted(map(Event.of, events), key=lambda one: one.done_at)
    return History(list(map(Memory.of, rows)), told)


def events(store: MemoryStore, caller: Caller) -> list[Event]:
    """All that was done with the memories that the caller may change, recalls too, oldest first."""
    audit.write()  # what this process was given a moment ago
    rows = MEMORIES.rows(store.lake.read(MEMORIES.name, columns=["memory_id", "agent"]))
    own = {row["memory_id"] for row in rows if caller.may_change(row)}
    done = MEMORY_EVENTS.rows(store.lake.read(MEMORY_EVENTS.name))
    told = [
        Event.of(row)
        for row in done
        if row["memory_id"] in own or row["agent"] == caller.agent or caller.is_operator
    ]
    recalls = AUDIT.rows(store.lake.read(AUDIT.name, Scope(where={"action": [RECALL]})))
    told += [
        Event(
            "recalled",
            row["subject_id"],
            None,
            row["done_at"],
            principals=tuple(row["asked_as"] or ()),
        )
        for row in recalls
        if row["subject_id"] in own
    ]
    return sorted(told, key=lambda one: one.done_at)


def contradictions(
    project: Project, store: MemoryStore, caller: Caller
) -> list[tuple[Memory, Memory]]:
    """Pairs that consolidation proposes, of which both stand yet and the caller may see both."""
    scope = Scope(where={"event": ["contradicts"]})
    rows = MEMORY_EVENTS.rows(store.lake.read(MEMORY_EVENTS.name, scope))
    pairs = {(row["memory_id"] or "", row["other_id"] or "") for row in rows}
    found = store.read({one for pair in pairs for one in pair})
    live = {
        row["memory_id"]: Memory.of(row)
        for row in _seen(project, caller, found)
        if row["retired_at"] is None
    }
    return [(live[a], live[b]) for a, b in sorted(pairs) if a in live and b in live]


def export(
    project: Project, store: MemoryStore, caller: Caller, *, retired: bool = False
) -> Iterator[Memory]:
    """Every memory that the caller may see, by id; those that are recalled no more if asked for."""
    table = store.lake.read(MEMORIES.name, columns=_WITHOUT_VECTORS)
    for row in _seen(project, caller, MEMORIES.rows(table.sort_by("memory_id"))):
        if retired or row["retired_at"] is None:
            yield Memory.of(row)


@dataclass(frozen=True)
class Pool:
    """Who belongs to a pool now, and what its members can recall of it, by agent and kind."""

    name: str
    members: list[str]
    memories: dict[str, dict[str, int]]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def pool(project: Project, store: MemoryStore, caller: Caller, name: str) -> Pool:
    """Raises `MemoryRefused` for a pool that the caller does not belong to."""
    principal = pool_principal(name)
    caller.require_stands_for(principal)
    groups = project.today().directory.groups(project.today().settings)
    members = sorted(one for one, above in groups.above.items() if principal in above)
    held: dict[str, dict[str, int]] = {}
    for one in export(project, store, caller):
        if principal in one.access:
            kinds = held.setdefault(one.agent, {})
            kinds[one.kind] = kinds.get(one.kind, 0) + 1
    return Pool(principal, members, held)
