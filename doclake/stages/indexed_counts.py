"""What the ledger knows of the index: how many chunks of each document it holds."""

from __future__ import annotations

import pyarrow as pa

from doclake import clock
from doclake.index.sync import PartitionSync
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.ledger import LedgerRow
from doclake.tables.rows import strings


def settle(lake: Lake, scope: Scope, synced: PartitionSync, stage: str, run_id: str) -> None:
    """Write to the ledger how many chunks of each embedded document the index holds now. One that
    waits is not done: the rows it keeps are not those of its chunks."""

    def indexed(doc_id: str) -> int | None:
        return None if doc_id in synced.waiting else synced.indexed.get(doc_id, 0)

    def chosen(rows: pa.Table) -> list[bool]:
        columns = (rows[name].to_pylist() for name in ("doc_id", "model", "indexed"))
        return [
            embedded is not None and known != indexed(doc_id)
            for doc_id, embedded, known in zip(*columns, strict=True)
        ]

    def settled(row: LedgerRow) -> LedgerRow:
        # A failed document keeps the stage and the run in which it failed.
        sound = row["status"] == ledger.OK
        return row | {
            "indexed": indexed(row["doc_id"]),
            "stage": stage if sound else row["stage"],
            "run_id": run_id if run_id and sound else row["run_id"],
            "updated_at": clock.now(),
        }

    ledger.amend(lake, scope, chosen, settled)


def lacking(lake: Lake, scope: Scope, synced: PartitionSync, model: str) -> int:
    """Number of chunks without a vector in documents that are embedded. Other documents are still
    in a run of their source, or wait for the vectors of a new model."""
    if not synced.unembedded:
        return 0
    where = {"model": [model], "doc_id": synced.unembedded}
    rows = lake.read("ledger", Scope(scope.source, scope.buckets, where), ["doc_id"])
    return sum(synced.unembedded[doc_id] for doc_id in strings(rows["doc_id"]))
