"""access: which documents still have another access list than the settings give their source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.stages.partition_groups import Partition
from doclake.tables.rows import strings


def differing(lists: pa.ChunkedArray[Any], access: Collection[str]) -> pa.Array[Any]:
    """For each access list whether it names others than `access` does, as bool [rows]."""
    wanted = set(access)
    return pa.array([set(listed or ()) != wanted for listed in lists.to_pylist()], pa.bool_())


def documents_behind(lake: Lake, source: str, access: Collection[str]) -> Counter[str]:
    """How many documents of each bucket have another access list in the registry."""
    registry = lake.read("documents", Scope(source), ["bucket", "access", "deleted_at"])
    live = registry.filter(pc.is_null(registry["deleted_at"]))
    return Counter(strings(live.filter(differing(live["access"], access))["bucket"]))


def partitions_behind(context: StageContext, access: Collection[str]) -> list[Partition]:
    """Partitions of the run with a row of the registry, be it a tombstone, that has another list,
    or with a document whose chunks a run was giving one when it died."""
    registry = context.lake.read("documents", context.scope, ["bucket", "access"])
    ledger = context.lake.read("ledger", context.scope, ["bucket", "chunk_recipe", "access_hash"])
    behind = (registry.filter(differing(registry["access"], access)), ledger.filter(marked(ledger)))
    buckets = {bucket for rows in behind for bucket in strings(rows["bucket"])}
    return [(context.source, bucket) for bucket in sorted(buckets)]


def marked(ledger: pa.Table) -> pa.ChunkedArray[Any]:
    """For each row whether its chunks stand and await another access list, as bool [rows]."""
    begun: pa.ChunkedArray[Any] = pc.and_(
        pc.is_valid(ledger["chunk_recipe"]), pc.is_null(ledger["access_hash"])
    )
    return begun
