"""The one way in which memories are written, and the one in which they are read.

A write is a commit of the table `memories`, and an update of the view before anybody else writes.
Who reads looks first whether the view has the last commit, and brings it up to date if a writer
died between the two: what was remembered is found by the next call, always.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence

import pyarrow as pa

from doclake import clock, ids
from doclake.embed import Embedded, Embedder
from doclake.errors import IndexStateError, MemoryChanged, MemoryGone
from doclake.index.memory_index import MemoryIndex
from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.lake.scope import Scope
from doclake.memory import view
from doclake.project import Project
from doclake.tables.memories import MEMORIES, SHARDS, MemoryRow
from doclake.tables.memory_events import MEMORY_EVENTS, MemoryEvent

Change = Callable[[list[MemoryRow]], list[MemoryRow] | None]
KEY = 20
"""Hex digits of a memory's id that are its key."""
TIDY_EVERY, MERGE_EVERY = 64, 16
"""Commits after which small files are merged, and those of the view alone: a write in so many takes
longer."""
_AT_ONCE = 1_000  # ids in a predicate
_SMALL = 1 << 20  # bytes of a file that a write may have to write anew


class MemoryStore:
    """Of one lake. Threads and processes may share it; each holds its own."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.lake = project.lake
        self.index = MemoryIndex(project.lake)
        self._loading = threading.Lock()
        self._embedders: dict[str, Embedder] = {}

    def embedder(self, state: IndexState | None = None) -> Embedder:
        """Of the model of the view, whose `state` one may know; of the settings, while there is no
        view. Kept: loading a model takes seconds."""
        current = None if state else self._current()
        state = current[0] if current else state
        settings = self._project.settings.embedding
        known = Embedder(self._project.embedding_of(state) if state else settings)
        with self._loading:
            return self._embedders.setdefault(known.fingerprint, known)

    def rows(self) -> tuple[IndexState, IndexRows] | None:
        """The view with the last commit; None while nothing was ever remembered. Raises
        `LakeError`, `IndexStateError`."""
        mark = view.now(self.lake)
        if mark.table_id is None:
            return None
        current = self._current()
        if current is not None and current[0].watermarks[MEMORIES.name] == mark:
            return current
        with self.index.writer():
            state = view.followed(self.index, self._state(), self._vectors)
        return state, self.index.table(state)

    def _current(self) -> tuple[IndexState, IndexRows] | None:
        """None also if the view is damaged, or of an older Doclake: it is made anew."""
        try:
            current = self.index.current()
        except IndexStateError:
            return None
        names = self.index.schema(1).names
        return current if current and set(names) <= set(current[1].columns) else None

    def _state(self) -> IndexState:
        """That of the view; of an empty one, if there is none that can be read."""
        current = self._current()
        if current is not None:
            return current[0]
        embedder = self.embedder()
        settings = self._project.settings.embedding
        return self.index.create(embedder.fingerprint, settings, embedder.dimension, {})

    def _vectors(self, texts: Sequence[str]) -> Embedded:
        return self.embedder().encode_documents(texts)

    def update(self, keys: Collection[str], change: Change) -> None:
        """Replace all memories of these keys by what `change` makes of them, in one commit; None
        leaves them alone. `change` may be called more than once. Raises what it does, `LakeError`
        and `IndexStateError`."""
        scope = Scope(where={"shard": {shard(key) for key in keys}, "statement_hash": keys})

        def changed(rows: pa.Table) -> pa.Table | None:
            after = change(MEMORIES.rows(rows))
            return None if after is None else MEMORIES.arrow(after)

        with self.index.writer():
            state = view.followed(self.index, self._state(), self._vectors)
            self.lake.update(MEMORIES.name, scope, changed, often=True)
            state = view.followed(self.index, state, self._vectors, was_in_step=True)
            version = state.watermarks[MEMORIES.name].version
            if version % TIDY_EVERY == 0:
                self._tidy(state)
            elif version % MERGE_EVERY == 0:
                self.index.table(state).merge_little()

    def delete(self, memory_ids: Collection[str]) -> None:
        """Take rows away for good. Their bytes stay until files are written anew. Raises
        `LakeError`, `IndexStateError`."""
        known = sorted(filter(is_id, memory_ids))
        with self.index.writer():
            state = view.followed(self.index, self._state(), self._vectors)
            for start in range(0, len(known), _AT_ONCE):
                batch = known[start : start + _AT_ONCE]
                self.lake.delete(MEMORIES.name, Scope(where={"memory_id": batch}))
            view.followed(self.index, state, self._vectors)

    def rebuild(self) -> int:
        """Make the view anew from the table; returns its number of rows. Raises `LakeError`,
        `IndexStateError`."""
        if view.now(self.lake).table_id is None:
            return 0
        with self.index.writer():
            current = self._current()
            before = current[0] if current else None
            embedder = self.embedder()
            model = (embedder.fingerprint, embedder.settings, embedder.dimension)
            state = view.followed(self.index, self.index.create(*model, {}), self._vectors)
            self.index.optimize(state)
            self.index.save(state.after(before))
            return self.index.table(state).count()

    def maintain(self) -> None:
        """Bring the view up to date, merge its files, and drop tables that it left."""
        if self.rows() is not None:
            with self.index.writer():
                state = view.followed(self.index, self._state(), self._vectors)
                self.index.optimize(state)
                self.index.drop_unused(state)

    def _tidy(self, state: IndexState) -> None:
        self.lake.compact(MEMORIES.name, _SMALL)
        self.index.optimize(state)

    def read(self, memory_ids: Collection[str]) -> list[MemoryRow]:
        """The memories with these ids, in no order; those that are gone are left out."""
        keys = {memory_id[:KEY] for memory_id in memory_ids if is_id(memory_id)}
        if not keys:
            return []
        scope = Scope(where={"shard": {shard(key) for key in keys}, "statement_hash": keys})
        rows = MEMORIES.rows(self.lake.read(MEMORIES.name, scope, often=True))
        return [row for row in rows if row["memory_id"] in memory_ids]

    def note(self, events: Sequence[MemoryEvent]) -> None:
        """Add events."""
        if events:
            self.lake.append(MEMORY_EVENTS.name, MEMORY_EVENTS.arrow(list(events)), often=True)


def shard(key: str) -> str:
    return ids.bucket(key, SHARDS)


def statement_of(memory_id: str) -> str:
    """The hash of its statement. Raises `MemoryGone` for what is no id."""
    if not is_id(memory_id):
        raise gone(memory_id)
    return memory_id[:KEY]


def is_id(memory_id: str) -> bool:
    return len(memory_id) > KEY and all(letter in "0123456789abcdef" for letter in memory_id)


def event(
    name: str,
    agent: str,
    memory_id: str | None,
    *,
    other_id: str | None = None,
    detail: str | None = None,
) -> MemoryEvent:
    """Something done now."""
    now = clock.now()
    parts = (name, agent, memory_id or "", other_id or "", detail or "", now.isoformat())
    return {
        "event_id": ids.digest("memory_event", *parts),
        "memory_id": memory_id,
        "event": name,
        "agent": agent,
        "other_id": other_id,
        "detail": detail,
        "done_at": now,
    }


def gone(memory_id: str) -> MemoryGone:
    return MemoryGone(
        "No memory that you may see, or change, has this id.",
        mend="`recall` gives the ids of memories, `history` what became of one.",
        memory_id=memory_id,
    )


def changed(row: MemoryRow) -> MemoryChanged:
    """For a memory that is retired already."""
    successor = row["superseded_by"]
    return MemoryChanged(
        f"This memory was {row['retired_as']} meanwhile.",
        mend=f"{successor} took its place." if successor else "`restore` brings it back.",
        memory_id=row["memory_id"],
    )
