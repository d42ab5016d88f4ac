"""search_index: which partitions to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

import pyarrow.compute as pc

from doclake.errors import LakeError
from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.slices import partitions_of
from doclake.lake.watermark import changed_since
from doclake.project import Project
from doclake.stages.partition_groups import Partition
from doclake.stages.report import Alarm, StageReport
from doclake.tables.chunks import KEPT
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.rows import strings


@dataclass(frozen=True)
class Recipe:
    """What a table of the index is made by: the model of its vectors, and what cut the chunks of
    each source. Fingerprints."""

    model: str
    chunks: Mapping[str, str]

    @classmethod
    def of(cls, project: Project) -> Recipe | None:
        """That of the settings; None while the folder of the model is not there."""
        model = project.model
        return None if model is None else cls(model, project.chunk_recipes)

    def made(self, state: IndexState) -> bool:
        """Whether it made the table of a state."""
        return state.model == self.model and all(
            state.recipes.get(source) == recipe for source, recipe in self.chunks.items()
        )

    def lacking(self, lake: Lake) -> str | None:
        """What must be done before a table can be made by it; None if the lake has all. What is
        left of a source that is configured no more waits for nothing: no run will do it. Nor does
        a vector that the contract refused: it may never come."""
        by_source = lake.count_by("ledger", ["source", "chunk_recipe"], _SOUND)
        recut = sum(
            number
            for (source, recipe), number in by_source.items()
            if recipe is not None and self.chunks.get(source, recipe) != recipe
        )
        if recut:
            return f"{recut} documents are not cut anew yet"
        scope = Scope(where={"model": [self.model]})
        needed = Scope(null=KEPT)
        chunks = lake.count_by("chunks", ["source", "bucket"], needed, value="text_hash")
        vectors = lake.count_by("embeddings", ["source", "bucket"], scope, value="text_hash")
        refused = self._refused(lake)
        missing = sum(
            max(0, n - vectors.get(key, 0) - refused[key])
            for key, n in chunks.items()
            if key[0] in self.chunks
        )
        return f"{missing} texts have no vector of the new model yet" if missing else None

    def _refused(self, lake: Lake) -> Counter[tuple[str, ...]]:
        """Number of texts in each partition that the contract refused this model's vector of."""
        scope = Scope(where={"stage": [EMBEDDINGS.name]})
        rows = QUARANTINE.rows(
            lake.read("quarantine", scope, ["source", "bucket", "doc_id", "key"])
        )
        if not rows:
            return Counter()
        of_model = Scope(where={"model": [self.model], "doc_id": {row["doc_id"] for row in rows}})
        tried = set(strings(lake.read("ledger", of_model, ["doc_id"])["doc_id"]))
        texts = {
            (row["source"], row["bucket"], row["key"]) for row in rows if row["doc_id"] in tried
        }
        return Counter((source, bucket) for source, bucket, _ in texts)


_SOUND = Scope(where={"status": [ledger.OK]})


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
