"""access: gives what stands in the lake and the index of a source the access list of its settings.

It is the first thing that a run does, before the source is listed: an incomplete listing, the
deletion guard, and documents to extract and embed cannot delay it. It changes rows that are there,
listed or not, and parses, cuts and embeds nothing.

The ledger is marked before chunks change, and says last that they are done. The registry is written
after chunks and index, so while one of these has the old list, doctor and status name the source.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock
from doclake.chunk.rows import row_hash
from doclake.lake import ledger
from doclake.lake.scope import Scope
from doclake.stages import search_index
from doclake.stages.context import StageContext
from doclake.stages.partition_groups import groups
from doclake.stages.plans.access import differing, marked, partitions_behind
from doclake.stages.report import StageReport
from doclake.tables.chunks import CHUNKS
from doclake.tables.ledger import LedgerRow
from doclake.tables.rows import with_column

GROUP_CHUNKS = 10_000  # a commit rewrites every file of a partition that it changes
_HASH_ROWS = 1_000
_UNDONE = ("access_hash", *ledger.INDEX_FIELDS)


def apply(context: StageContext, access: Sequence[str], report: StageReport) -> None:
    """Bring registry, chunks and index in step with this list. The caller holds the partitions."""
    behind = partitions_behind(context, access)
    scopes = list(groups(context.lake, behind, GROUP_CHUNKS)) if behind else []
    for scope in scopes:
        _mark(context, scope, access)
        context.lake.update("chunks", scope, partial(_chunks, access=sorted(access)))
    if scopes:
        search_index.run(context.project, progress=context.progress, run_id=context.run_id)
    for scope in scopes:
        _register(context, scope, access, report)
        _settle(context, scope, access)


def _mark(context: StageContext, scope: Scope, access: Sequence[str]) -> None:
    """Mark the documents whose chunks have another list. A failed document has no chunks."""

    def chosen(rows: pa.Table) -> list[bool]:
        columns = ("status", "chunk_recipe", "access_hash", "path")
        return [
            status == ledger.OK and recipe is not None and known != ledger.access_hash(path, access)
            for status, recipe, known, path in zip(
                *(rows[name].to_pylist() for name in columns), strict=True
            )
        ]

    ledger.amend(context.lake, scope, chosen, lambda row: ledger.cleared(row, _UNDONE))


def _chunks(rows: pa.Table, access: Sequence[str]) -> pa.Table | None:
    """The chunks of some partitions with this list in each; None if it is in each already."""
    other = differing(rows["access"], access)
    changed = _filled(rows.filter(other), "access", list(access))
    if not changed.num_rows:
        return None
    batches = changed.to_batches(max_chunksize=_HASH_ROWS)
    hashes = [row_hash(row) for batch in batches for row in CHUNKS.rows(batch)]
    changed = with_column(changed, "row_hash", hashes)
    return pa.concat_tables([rows.filter(pc.invert(other)), changed])


def _register(
    context: StageContext, scope: Scope, access: Sequence[str], report: StageReport
) -> None:
    """Write the list into every row of the registry that has another one."""
    changed = 0

    def rewritten(rows: pa.Table) -> pa.Table | None:
        nonlocal changed
        other = differing(rows["access"], access)
        listed = _filled(rows.filter(other), "access", list(access))
        changed = listed.num_rows  # of the last attempt, if a commit is lost to another writer
        listed = _filled(listed, "updated_at", clock.now())
        return pa.concat_tables([rows.filter(pc.invert(other)), listed]) if changed else None

    context.lake.update("documents", scope, rewritten)
    if changed:
        report.add("access changed", changed)


def _settle(context: StageContext, scope: Scope, access: Sequence[str]) -> None:
    """Write to the ledger that the marked documents have this list."""

    def chosen(rows: pa.Table) -> list[bool]:
        return [bool(begun) for begun in marked(rows).to_pylist()]

    def settled(row: LedgerRow) -> LedgerRow:
        digest = ledger.access_hash(row["path"], access)
        return row | {"access_hash": digest, "updated_at": clock.now()}

    ledger.amend(context.lake, scope, chosen, settled)


def _filled(rows: pa.Table, name: str, value: object) -> pa.Table:
    """The rows with one value in all of a column."""
    return with_column(rows, name, [value] * rows.num_rows)
