"""search_index: which partitions to look at."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import pyarrow.compute as pc

from doclake.errors import LakeError
from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.slices import partitions_of
from doclake.lake.watermark import changed_since
from doclake.stages.partition_groups import Partition
from doclake.stages.report import Alarm, StageReport


@dataclass(frozen=True)
class Plan:
    """The partitions to bring up to date; whether vectors are compared as well as hashes."""

    partitions: Set[Partition]
    thorough: bool = False


def of_new_table(lake: Lake, state: IndexState) -> Plan:
    return Plan(_all(lake) | _unsettled(lake, state))


def planned(lake: Lake, index: SearchIndex, state: IndexState, report: StageReport) -> Plan:
    """Partitions changed since the watermark and those not settled. If the feed cannot be followed,
    every partition, since any row of the lake may be another one by now."""
    changed = _unsettled(lake, state)
    must_compare = any(mark.is_vague for mark in state.watermarks.values())
    for name, mark in state.watermarks.items():
        try:
            changed |= changed_since(lake, name, mark)
        except LakeError as gap:
            must_compare = True
            report.alarms.append(
                Alarm("change_feed_gap", gap.message, "Nothing to do: all partitions are compared.")
            )
    if not must_compare:
        return Plan(changed)
    report.counts["full_diff"] = 1
    return Plan(changed | _all(lake) | index.partitions(state), thorough=True)


def _all(lake: Lake) -> set[Partition]:
    return {(s, b) for s, b in lake.count_by("chunks", ["source", "bucket"])}


def _unsettled(lake: Lake, state: IndexState) -> set[Partition]:
    """Partitions with documents that are embedded and not counted in the index yet.

    Most are in the change feed as well, but not those whose rows were rewritten unchanged.
    """
    embedded = Scope(where={"model": [state.model]})
    rows = lake.read("ledger", embedded, ["source", "bucket", "indexed"])
    return partitions_of(rows.filter(pc.is_null(rows["indexed"])))
