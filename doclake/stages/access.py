"""access: gives what stands in the lake and the index of a source the access lists of today.

It is the first thing that a run does, before the source is listed, by the settings; and the next
thing, by what the places of documents say in the listing at hand, be it incomplete. The deletion
guard, and documents to extract and embed cannot delay it. It changes rows that are there, listed or
not, and parses, cuts and embeds nothing.

The ledger is marked before chunks change, and says last that they are done. The registry is written
after chunks and index, so while one of these has the old list, doctor and status name the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.access import Readers
from doclake.chunk.rows import row_hash
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import duplicates, search_index
from doclake.stages.context import StageContext
from doclake.stages.partition_groups import groups
from doclake.stages.plans.access import (
    UNKNOWN,
    Goal,
    Lists,
    goals,
    marked,
    partitions_behind,
    standing,
)
from doclake.stages.report import StageReport
from doclake.tables.chunks import CHUNKS
from doclake.tables.ledger import LedgerRow
from doclake.tables.rows import strings, with_column

GROUP_CHUNKS = 10_000  # a commit rewrites every file of a partition that it changes
_HASH_ROWS = 1_000
_UNDONE = ("access_hash", *ledger.INDEX_FIELDS)


def apply(context: StageContext, goal: Goal, report: StageReport) -> None:
    """Bring registry, chunks and index in step with this goal. The caller holds the partitions."""
    behind = partitions_behind(context, goal)
    scopes = list(groups(context.lake, behind, GROUP_CHUNKS)) if behind else []
    for scope in scopes:
        readers = _readers(context, scope, goal)
        _mark(context, scope, readers)
        context.lake.update("chunks", scope, partial(_chunks, readers=readers))
        duplicates.regroup(context, scope)
    if scopes:
        search_index.run(context.project, progress=context.progress, run_id=context.run_id)
    for scope in scopes:
        readers = _readers(context, scope, goal)
        _register(context, scope, goal, report)
        _settle(context, scope, readers)


class _OfDocuments(dict[str, Readers]):
    """Who may read each listed document, by its id."""

    def __init__(self, goal: Goal, lists: Mapping[str, Lists]) -> None:
        super().__init__({doc_id: one.readers for doc_id, one in lists.items()})
        self._goal = goal

    def __missing__(self, doc_id: str) -> Readers:
        return self._goal.of(doc_id, UNKNOWN).readers


def _readers(context: StageContext, scope: Scope, goal: Goal) -> _OfDocuments:
    return _OfDocuments(goal, goals(context.lake, scope, goal))


def _mark(context: StageContext, scope: Scope, readers: _OfDocuments) -> None:
    """Mark the documents whose chunks have other lists. A failed document has no chunks."""

    def chosen(rows: pa.Table) -> list[bool]:
        columns = ("status", "chunk_recipe", "access_hash", "path", "root_id")
        return [
            status == ledger.OK
            and recipe is not None
            and known != ledger.access_hash(path, *readers[root_id])
            for status, recipe, known, path, root_id in zip(
                *(rows[name].to_pylist() for name in columns), strict=True
            )
        ]

    ledger.amend(context.lake, scope, chosen, lambda row: ledger.cleared(row, _UNDONE))


def _chunks(rows: pa.Table, readers: _OfDocuments) -> pa.Table | None:
    """The chunks of some partitions with these lists in each; None if they are in each already."""
    wanted = [readers[root_id] for root_id in strings(rows["root_id"])]
    lists = zip(rows["access"].to_pylist(), rows["denied"].to_pylist(), wanted, strict=True)
    other = [Readers.of(allow, deny) != now for allow, deny, now in lists]
    if not any(other):
        return None
    changed = rows.filter(pa.array(other, pa.bool_()))
    given = [now for now, differs in zip(wanted, other, strict=True) if differs]
    changed = with_column(changed, "access", [sorted(now.allow) for now in given])
    changed = with_column(changed, "denied", [sorted(now.deny) or None for now in given])
    batches = changed.to_batches(max_chunksize=_HASH_ROWS)
    hashes = [row_hash(row) for batch in batches for row in CHUNKS.rows(batch)]
    changed = with_column(changed, "row_hash", hashes)
    return pa.concat_tables([rows.filter(pc.invert(pa.array(other, pa.bool_()))), changed])


def _register(context: StageContext, scope: Scope, goal: Goal, report: StageReport) -> None:
    """Write the lists into every row of the registry that has others."""
    changed = 0

    def rewritten(rows: pa.Table) -> pa.Table | None:
        nonlocal changed
        rows = rows.sort_by("bucket")  # the order of `standing`
        lists = [(before, goal.of(key, before)) for _, key, before in standing(rows)]
        other = pa.array([before != now for before, now in lists], pa.bool_())
        given = [now for before, now in lists if before != now]
        changed = len(given)  # of the last attempt, if a commit is lost to another writer
        if not changed:
            return None
        listed = rows.filter(other)
        columns: dict[str, list[Any]] = {
            "access": [sorted(now.readers.allow) for now in given],
            "denied": [sorted(now.readers.deny) or None for now in given],
            "own_access": [None if now.own is None else sorted(now.own) for now in given],
            "updated_at": [clock.now()] * changed,
        }
        for name, values in columns.items():
            listed = with_column(listed, name, values)
        return pa.concat_tables([rows.filter(pc.invert(other)), listed])

    context.lake.update("documents", scope, rewritten)
    if changed:
        report.add("access changed", changed)


def _settle(context: StageContext, scope: Scope, readers: _OfDocuments) -> None:
    """Write to the ledger that the marked documents have these lists."""

    def chosen(rows: pa.Table) -> list[bool]:
        return [bool(begun) for begun in marked(rows).to_pylist()]

    def settled(row: LedgerRow) -> LedgerRow:
        digest = ledger.access_hash(row["path"], *readers[row["root_id"]])
        return row | {"access_hash": digest, "updated_at": clock.now()}

    ledger.amend(context.lake, scope, chosen, settled)
