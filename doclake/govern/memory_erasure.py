"""Erases memories: their rows, what was made of them, and the bytes of both.

What is about a subject, or mentions it, is chosen by the same words as documents are. What was
corrected or merged goes with what took its place, and with what it was made of: each repeats the
others. Events stay: they hold ids alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from doclake import clock, ids
from doclake.govern import certificate
from doclake.govern.certificate import Certificate
from doclake.govern.purge import purge
from doclake.govern.subject import Subject
from doclake.index import erasure as index_erasure
from doclake.lake import audit, locks
from doclake.lake.scope import EVERYTHING
from doclake.memory.caller import Caller
from doclake.memory.store import MemoryStore, event
from doclake.project import Project
from doclake.tables.audit import NO_SOURCE
from doclake.tables.memories import MEMORIES, MemoryRow
from doclake.tables.memory_events import ERASED

ACTION = "erase_memories"
_COLUMNS = [
    *("memory_id", "text", "subject", "session", "agent", "access", "origin", "origin_root"),
    *("superseded_by", "sources"),
]
_ANY = "-"  # a source that no recipe names: memories belong to none


def of_subject(project: Project, caller: Caller, subject: str) -> list[str]:
    """Ids of the memories that the caller may change and that are about a subject, mention it, or
    were made of such, or such of them. Raises `SettingsError` for an empty subject."""
    wanted = Subject(project.settings, subject)

    def is_meant(row: MemoryRow) -> bool:
        told = (row["text"], row["subject"], row["session"], row["origin"])
        return any(wanted.mentioned(_ANY, value, None) is not None for value in told)

    return _with_kin(project, caller, is_meant)


def operator(project: Project, by: str | None = None) -> Caller:
    """Who may erase every memory: whoever could read the lake itself."""
    return Caller(by or audit.user(), project.today().asker(()), is_operator=True)


def of_documents(project: Project, root_ids: Collection[str]) -> list[str]:
    """Ids of the memories that were made of these listed documents."""
    return _with_kin(project, operator(project), lambda row: row["origin_root"] in root_ids)


def _with_kin(project: Project, caller: Caller, is_meant: Callable[[MemoryRow], bool]) -> list[str]:
    rows = MEMORIES.rows(project.lake.read(MEMORIES.name, EVERYTHING, _COLUMNS))
    rows = [row for row in rows if caller.may_change(row)]
    kin: dict[str, set[str]] = {row["memory_id"]: set() for row in rows}
    for row in rows:
        for other in (row["superseded_by"], *(row["sources"] or ())):
            if other in kin:
                kin[row["memory_id"]].add(other)
                kin[other].add(row["memory_id"])
    waiting = [row["memory_id"] for row in rows if is_meant(row)]
    meant: set[str] = set()
    while waiting:
        memory_id = waiting.pop()
        if memory_id not in meant:
            meant.add(memory_id)
            waiting += kin[memory_id]
    return sorted(meant)


def erase(
    project: Project,
    store: MemoryStore,
    caller: Caller,
    memory_ids: Sequence[str],
    *,
    reason: str | None = None,
) -> Certificate:
    """Erase these memories and certify it, after what was interrupted before. Waits for writers,
    and keeps them waiting while files are written anew. Raises `LakeError`, `IndexStateError`; then
    the next call finishes it."""
    for one in interrupted(project):
        _finish(project, store, one)
    opened = _begun(project, caller, memory_ids, reason)
    store.note([event(ERASED, caller.agent, one, detail=opened.erasure_id) for one in memory_ids])
    return _finish(project, store, opened)


def interrupted(project: Project) -> list[Certificate]:
    """Erasures of memories that began and did not come to their end."""
    known = certificate.saved(project.lake)
    return [one for one in known if one.memories and one.completed_at is None]


def _begun(
    project: Project, caller: Caller, memory_ids: Sequence[str], reason: str | None
) -> Certificate:
    now = clock.now()
    erasure_id = ids.digest("memory_erasure", caller.agent, now.isoformat(), *memory_ids)
    opened = certificate.opened(
        project,
        [],
        {MEMORIES.name: len(memory_ids)},
        erasure_id=erasure_id,
        by=caller.agent,
        reason=reason,
        at=now,
        memories=memory_ids,
    )
    certificate.save(project.lake, opened)
    audit.note(
        project.lake,
        action=ACTION,
        source=NO_SOURCE,
        subject_id=erasure_id,
        rows=len(memory_ids),
        by=caller.agent,
        reason=reason,
    )
    return opened


def _finish(project: Project, store: MemoryStore, opened: Certificate) -> Certificate:
    with locks.housekeeping(project.lake):
        files, tables = remove(project, store, opened.memories)
    done = opened.completed(
        clock.now(),
        files={MEMORIES.name: files},
        versions={MEMORIES.name: project.lake.version(MEMORIES.name) or 0},
        index_versions=tables,
    )
    certificate.save(project.lake, done)
    return done


def remove(
    project: Project, store: MemoryStore, memory_ids: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """Delete these rows, and all bytes that no row of today needs. Returns how many files of the
    table went, and the versions of the tables of the view."""
    if store.rows() is None:
        return 0, {}
    store.delete(memory_ids)
    with store.index.writer():  # nobody writes a file now that no version names yet
        files = purge(project, MEMORIES.name)
        index_erasure.rewrite(store.index)
        return files, index_erasure.forget(store.index)
