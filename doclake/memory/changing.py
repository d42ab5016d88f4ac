"""What becomes of a memory later: forgotten and restored, shared and unshared, put in a tier.

Its agent may do nothing else with one whose document it may not read now than forget it, and gets
its text by no verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from doclake import clock
from doclake.errors import MemoryChanged, MemoryRefused
from doclake.memory.caller import Caller, pool_principal
from doclake.memory.memory import Memory
from doclake.memory.origins import is_readable
from doclake.memory.store import MemoryStore, changed, event, gone, statement_of
from doclake.project import Project
from doclake.tables.memories import FORGOTTEN, TIERS, MemoryRow

Edit = Callable[[MemoryRow], MemoryRow]


def forget(project: Project, store: MemoryStore, caller: Caller, memory_id: str) -> Memory:
    """Recall it no more. `restore` brings it back until `retention.memories` is over; then
    maintenance deletes it. What comes of a document that the caller may not read now has no text.
    Raises `MemoryGone`, `MemoryChanged`."""

    def forgotten(row: MemoryRow) -> MemoryRow:
        if row["retired_at"] is not None:
            raise changed(row)
        return row | {"retired_at": clock.now(), "retired_as": FORGOTTEN}

    return _changed(project, store, caller, memory_id, forgotten, FORGOTTEN)


def restore(project: Project, store: MemoryStore, caller: Caller, memory_id: str) -> Memory:
    """Bring back what was forgotten, merged or has expired. What was corrected stays corrected.
    Raises `MemoryGone`, `MemoryChanged`."""

    def restored(row: MemoryRow) -> MemoryRow:
        if row["retired_as"] == "superseded":
            raise changed(row)
        return row | {
            "retired_at": None,
            "retired_as": None,
            "superseded_by": None,
            "expires_at": None,
        }

    return _changed(project, store, caller, memory_id, restored, "restored")


def share(
    project: Project, store: MemoryStore, caller: Caller, memory_id: str, pool: str
) -> Memory:
    """Let the members of a pool recall it, of which the caller is one. Raises `MemoryRefused`,
    `MemoryGone`."""
    principal = pool_principal(pool)
    caller.require_stands_for(principal)

    def shared(row: MemoryRow) -> MemoryRow:
        return row | {"access": sorted({*row["access"], principal})}

    return _changed(project, store, caller, memory_id, shared, "shared", principal)


def unshare(
    project: Project, store: MemoryStore, caller: Caller, memory_id: str, pool: str
) -> Memory:
    """Let the members of a pool recall it no more, from the next call on. Raises `MemoryRefused`
    for the agent's own access, `MemoryGone`."""
    principal = pool_principal(pool)

    def unshared(row: MemoryRow) -> MemoryRow:
        return row | {"access": [name for name in row["access"] if name != principal]}

    return _changed(project, store, caller, memory_id, unshared, "unshared", principal)


def put_in_tier(
    project: Project, store: MemoryStore, caller: Caller, memory_id: str, tier: str
) -> Memory:
    """`pinned`: always recent, and never put away; `archive`: recalled only by who asks for it.
    Raises `MemoryRefused`, `MemoryGone`."""
    if tier not in TIERS:
        raise MemoryRefused(
            f"There is no tier {ascii(tier)[:40]}.", mend=f"Say {', '.join(TIERS)}.", rule="tier"
        )
    return _changed(
        project, store, caller, memory_id, lambda row: row | {"tier": tier}, "tiered", tier
    )


def _changed(
    project: Project,
    store: MemoryStore,
    caller: Caller,
    memory_id: str,
    edit: Edit,
    name: str,
    detail: str | None = None,
) -> Memory:
    """One row after an edit. What the edit leaves as it was is no change, and no event."""
    after: list[tuple[MemoryRow, bool, bool]] = []

    def change(rows: list[MemoryRow]) -> list[MemoryRow] | None:
        row = next((one for one in rows if one["memory_id"] == memory_id), None)
        if row is None or not caller.may_change(row):
            raise gone(memory_id)
        is_open = is_readable(project, caller, row)
        if not is_open and name != FORGOTTEN:
            raise gone(memory_id)
        edited = edit(row)
        after[:] = [(edited, edited != row, is_open)]
        if edited == row:
            return None
        require_alone(edited, [one for one in rows if one is not row])
        edited["revision"] = row["revision"] + 1
        return [edited if one is row else one for one in rows]

    store.update([statement_of(memory_id)], change)
    ((row, is_changed, is_open),) = after
    if is_changed:
        store.note([event(name, caller.agent, memory_id, detail=detail)])
    return Memory.of(row if is_open else row | {"text": ""})


def require_alone(row: MemoryRow, others: Iterable[MemoryRow]) -> None:
    """Raises `MemoryChanged` if the same is remembered twice with this row."""
    alike = (
        one
        for one in others
        if one["retired_at"] is None and one["statement_hash"] == row["statement_hash"]
    )
    if row["retired_at"] is None and (other := next(alike, None)) is not None:
        raise MemoryChanged(
            "The same was remembered again meanwhile.",
            mend=f"{other['memory_id']} says it.",
            memory_id=row["memory_id"],
        )
