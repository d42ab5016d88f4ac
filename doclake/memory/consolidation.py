"""What is done with memories while nobody waits: uses are counted, tiers set, what has expired is
retired, what says the same is merged, and what may contradict is proposed.

Nothing is deleted, and no model writes. Each change looks again at the rows that it is about, in
the commit itself: one that somebody has changed since they were compared is left alone, so no
update is lost to it. A run that died is gone on with by the next.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from doclake import clock, ids
from doclake.lake.scope import Scope
from doclake.memory import model_switch
from doclake.memory.alike import may_contradict, meaning
from doclake.memory.remembering import superseded
from doclake.memory.store import KEY, MemoryStore, event
from doclake.memory.tiers import tier_of
from doclake.progress import Progress, Step, silent
from doclake.project import Project
from doclake.settings import MemorySettings
from doclake.tables.audit import AUDIT, RECALL
from doclake.tables.memories import EXPIRED, MEMORIES, MERGED, MemoryRow
from doclake.tables.memory_events import CONTRADICTS, MEMORY_EVENTS

AGENT = "consolidation"
"""Who did it, in `memory_events`."""
AT_ONCE = 200  # statements in a commit
_BLOCK = 1_024  # vectors compared with all others at once
Group = tuple[str, str, str | None, tuple[str, ...], str | None]


@dataclass
class Consolidated:
    """What a consolidation did. `changed_meanwhile` were left for the next one, `embedded` got a
    vector of another model."""

    memories: int = 0
    uses_counted: int = 0
    tiers_changed: int = 0
    expired: int = 0
    merged: int = 0
    contradictions: int = 0
    changed_meanwhile: int = 0
    embedded: int = 0


@dataclass(frozen=True)
class _Used:
    """Recalls of a memory that are not among its uses yet."""

    times: int
    last: datetime


def consolidate(
    project: Project, store: MemoryStore, *, progress: Progress = silent
) -> Consolidated:
    """Raises `LakeError`, `IndexStateError`."""
    done = Consolidated()
    if store.rows() is None:
        return done
    done.embedded = model_switch.follow(project, store, progress)
    settings, now = project.today().settings.memory, clock.now()
    rows = _live(store)
    done.memories = len(rows)
    _settle(store, rows, _uses(store, rows), settings, now, done)
    groups = _groups(_live(store))
    for number, group in enumerate(groups):
        progress(Step("", "memories", number, len(groups), "agents and subjects"))
        _compare(store, group, settings, done)
    progress(Step("", "memories", len(groups), len(groups), "agents and subjects"))
    return done


def _live(store: MemoryStore) -> list[MemoryRow]:
    rows = store.lake.read(MEMORIES.name, Scope(null=["retired_at"]))
    return sorted(MEMORIES.rows(rows), key=lambda row: row["memory_id"])


def _uses(store: MemoryStore, rows: Sequence[MemoryRow]) -> dict[str, _Used]:
    """By memory, from the audit."""
    counted = {row["memory_id"]: row["counted_at"] for row in rows}
    columns = ["subject_id", "done_at"]
    recalls = store.lake.read(AUDIT.name, Scope(where={"action": [RECALL]}), columns).to_pylist()
    times: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for row in recalls:
        memory_id, at = row["subject_id"], row["done_at"]
        if memory_id in counted and (counted[memory_id] is None or at > counted[memory_id]):
            times[memory_id] += 1
            last[memory_id] = max(at, last.get(memory_id, at))
    return {memory_id: _Used(number, last[memory_id]) for memory_id, number in times.items()}


def _settle(
    store: MemoryStore,
    rows: Sequence[MemoryRow],
    uses: Mapping[str, _Used],
    settings: MemorySettings,
    now: datetime,
    done: Consolidated,
) -> None:
    """Count uses, set tiers, retire what has expired."""

    def settled(row: MemoryRow) -> MemoryRow:
        used = uses.get(row["memory_id"])
        if used and (row["counted_at"] is None or used.last > row["counted_at"]):
            last = max(row["used_at"] or used.last, used.last)
            row = row | {"uses": row["uses"] + used.times, "used_at": last}
            row["counted_at"] = used.last
        if row["expires_at"] is not None and row["expires_at"] <= now:
            return row | {"retired_at": now, "retired_as": EXPIRED}
        return row | {"tier": tier_of(row, now, settings)}

    wanted = [row for row in rows if settled(row) != row]
    for before, after in _changed(store, wanted, settled):
        done.uses_counted += after["uses"] - before["uses"]
        done.expired += after["retired_at"] is not None
        if after["tier"] != before["tier"]:
            done.tiers_changed += 1
            store.note([event("tiered", AGENT, after["memory_id"], detail=after["tier"])])


def _changed(
    store: MemoryStore, rows: Sequence[MemoryRow], edit: Callable[[MemoryRow], MemoryRow]
) -> Iterator[tuple[MemoryRow, MemoryRow]]:
    """Each of these rows that is live yet, as the commit found it and as it left it."""
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        wanted, pairs = {row["memory_id"] for row in batch}, list[tuple[MemoryRow, MemoryRow]]()

        def change(
            held: list[MemoryRow],
            wanted: set[str] = wanted,
            pairs: list[tuple[MemoryRow, MemoryRow]] = pairs,
        ) -> list[MemoryRow]:
            pairs.clear()
            for place, row in enumerate(held):
                if row["memory_id"] in wanted and row["retired_at"] is None:
                    held[place] = edit(row) | {"revision": row["revision"] + 1}
                    pairs.append((row, held[place]))
            return held

        store.update({row["statement_hash"] for row in batch}, change)
        yield from pairs


def _groups(rows: Sequence[MemoryRow]) -> list[list[MemoryRow]]:
    """Rows of one agent about one subject, of one kind, with the same readers and learned from the
    same document, if from any: nothing is merged across these, so nobody sees more than before."""
    groups: dict[Group, list[MemoryRow]] = defaultdict(list)
    for row in rows:
        about = (row["agent"], row["kind"], row["subject"], tuple(row["access"]))
        groups[*about, row["origin_root"]].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _compare(
    store: MemoryStore, group: list[MemoryRow], settings: MemorySettings, done: Consolidated
) -> None:
    """Merge and propose within a group."""
    clusters: dict[tuple[str, ...], list[MemoryRow]] = defaultdict(list)
    for row in group:
        clusters[meaning(row["text"])].append(row)
    for cluster in clusters.values():
        if len(cluster) > 1:
            _merge(store, cluster, done)
    alone = [cluster[0] for cluster in clusters.values() if len(cluster) == 1]
    pairs = _pairs(alone, settings.compare_above)
    _propose(store, [pair for pair in pairs if may_contradict(*(r["text"] for r in pair))], done)


def _pairs(group: list[MemoryRow], above: float) -> Iterator[tuple[MemoryRow, MemoryRow]]:
    """Those whose vectors of one model are alike, each pair once, the earlier of the group
    first."""
    models = {row["model"] for row in group}
    for model in sorted(models):
        rows = [row for row in group if row["model"] == model]
        vectors = np.array([row["vector"] for row in rows], np.float32)
        for start in range(0, len(rows), _BLOCK):
            alike = vectors[start : start + _BLOCK] @ vectors.T
            for i, j in np.argwhere(alike >= above).tolist():
                if start + i < j:
                    yield rows[start + i], rows[j]


def _merge(store: MemoryStore, cluster: list[MemoryRow], done: Consolidated) -> None:
    """Put one memory in the place of several: with the text of the latest, and all their uses. It
    names them, and they can be restored."""
    latest = max(cluster, key=lambda row: (row["recorded_at"], row["memory_id"]))
    revisions = {row["memory_id"]: row["revision"] for row in cluster}
    now, outcome = clock.now(), list[MemoryRow]()
    key = latest["statement_hash"]
    used = [row["used_at"] for row in cluster if row["used_at"]]
    new = latest | {
        "memory_id": key + ids.digest("moment", key, now.isoformat(), size=4),
        "uses": sum(row["uses"] for row in cluster),
        "used_at": max(used, default=None),
        "importance": max(row["importance"] for row in cluster),
        "tier": "pinned" if any(row["tier"] == "pinned" for row in cluster) else latest["tier"],
        "expires_at": _latest(row["expires_at"] for row in cluster),
        "recorded_at": now,
        "sources": sorted(revisions),
        "method": "merged",
        "revision": 1,
    }

    def change(rows: list[MemoryRow]) -> list[MemoryRow] | None:
        outcome.clear()
        found = {row["memory_id"]: row for row in rows}
        if any(
            memory_id not in found
            or found[memory_id]["revision"] != revision
            or found[memory_id]["retired_at"] is not None
            for memory_id, revision in revisions.items()
        ):
            return None
        outcome.append(new)
        after = [
            superseded(row, new, MERGED) if row["memory_id"] in revisions else row for row in rows
        ]
        return [*after, new]

    store.update({memory_id[:KEY] for memory_id in revisions}, change)
    if not outcome:
        done.changed_meanwhile += len(cluster)
        return
    done.merged += len(cluster)
    into = new["memory_id"]
    store.note(
        [event("merged", AGENT, memory_id, other_id=into) for memory_id in sorted(revisions)]
    )


def _latest(moments: Iterator[datetime | None]) -> datetime | None:
    """None, which is never, is later than all."""
    known = list(moments)
    return None if None in known else max(one for one in known if one is not None)


def _propose(
    store: MemoryStore, pairs: Sequence[tuple[MemoryRow, MemoryRow]], done: Consolidated
) -> None:
    """Note each pair once, the later memory first: it is likelier to be right."""
    if not pairs:
        return
    scope = Scope(where={"event": [CONTRADICTS]})
    known = store.lake.read(MEMORY_EVENTS.name, scope, ["memory_id", "other_id"]).to_pylist()
    noted = {frozenset((row["memory_id"], row["other_id"])) for row in known}
    events = []
    for pair in pairs:
        later, earlier = sorted(pair, key=lambda row: row["recorded_at"], reverse=True)
        both = frozenset((later["memory_id"], earlier["memory_id"]))
        if both not in noted:
            noted.add(both)
            events.append(
                event(CONTRADICTS, AGENT, later["memory_id"], other_id=earlier["memory_id"])
            )
    store.note(events)
    done.contradictions += len(events)
