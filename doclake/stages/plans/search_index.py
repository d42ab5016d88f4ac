"""search_index: which partitions to look at."""

from __future__ import annotations

import pyarrow.compute as pc

from doclake.errors import LakeError
from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.slices import partitions_of
from doclake.stages.partition_groups import Partition
from doclake.stages.report import Alarm, StageReport


def all_partitions(lake: Lake) -> set[Partition]:
    return {(s, b) for s, b in lake.count_by("chunks", ["source", "bucket"])}


def unsettled(lake: Lake) -> set[Partition]:
    """Partitions with documents that are embedded and not counted in the index yet.

    Most are in the change feed as well, but not those whose rows were rewritten unchanged.
    """
    rows = lake.read("ledger", columns=["source", "bucket", "model", "indexed"])
    waiting = pc.and_(pc.is_valid(rows["model"]), pc.is_null(rows["indexed"]))
    return partitions_of(rows.filter(waiting))


def changed_since(
    lake: Lake, index: SearchIndex, state: IndexState, report: StageReport
) -> set[Partition]:
    """Partitions changed since the watermark; all of them where the feed has a gap."""
    changed: set[Partition] = set()
    for name, mark in state.watermarks.items():
        try:
            if lake.table_id(name) != mark.table_id:
                raise LakeError(f"The table {name} is not the one the index followed.")
            changed |= lake.changed_partitions(name, mark.version)
        except LakeError as gap:
            report.counts["full_diff"] = 1
            report.alarms.append(
                Alarm("change_feed_gap", gap.message, "Nothing to do: all partitions are compared.")
            )
            return all_partitions(lake) | index.partitions(state)
    return changed
