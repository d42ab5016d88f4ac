"""semantic_duplicates: compares the vectors of chunks with all that stand, as a part of the stage
`embeddings`.

Curation is through by then, so nothing is dropped for it: what says the same is noted and, where
the settings ask for it, flagged in searches. As among near-duplicates (`duplicates`), a chunk is a
duplicate only of one that the same people may read and find, and if that one goes, `undone` counts
the documents with chunks in its cluster, and the next run compares these again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, ids
from doclake.curate.duplicates.clusters import Match
from doclake.curate.duplicates.semantic import SemanticClusters, Vectors
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.stages import duplicates
from doclake.stages.context import StageContext
from doclake.stages.report import StageReport
from doclake.tables.chunks import KEPT
from doclake.tables.minhashes import FIRST
from doclake.tables.rows import strings
from doclake.tables.semantic_clusters import SEMANTIC_CLUSTERS, SemanticClusterRow

_TABLE = SEMANTIC_CLUSTERS.name
_OF_CHUNK = ("source", "bucket", "root_id", "doc_id", "chunk_id", "text_hash")
_COLUMNS = (*_OF_CHUNK, "path", "ordinal", "access", "denied")
_CODE = 1


def orphans(context: StageContext) -> dict[str, str]:
    """Trees with a duplicate of a chunk that stands for it no more: the bucket of each root_id."""
    return duplicates.orphans(context, _TABLE)


def compare(context: StageContext, model: str, report: StageReport) -> None:
    """Bring the clusters of the buckets of the run up to date with their vectors of a model."""
    settings = context.source_settings.recipe.curation
    own = settings.semantic_duplicates
    if not own.is_on:
        if context.lake.count_by(_TABLE, ["source"], context.scope):
            context.lake.delete(_TABLE, context.scope)
        return
    asked = (str(_CODE), model, str(own.similarity), settings.duplicates_across)
    work = _Comparison(context, model, ids.digest("semantic", *asked, size=8))
    in_turn = settings.duplicates_across == "lake"
    with locks.comparing(context.lake) if in_turn else nullcontext():
        standing = {bucket: work.standing(bucket) for bucket in context.buckets}
        firsts = duplicates.firsts(context, _TABLE)
        for bucket, rows in standing.items():
            work.update(bucket, rows, firsts)
    found = context.lake.read(_TABLE, context.scope, ["similarity"])["similarity"]
    report.add("semantic_duplicates", len(found) - found.null_count)


@dataclass(frozen=True)
class _Comparison:
    context: StageContext
    model: str
    fingerprint: str

    @property
    def lake(self) -> Lake:
        return self.context.lake

    def standing(self, bucket: str) -> dict[str, SemanticClusterRow]:
        """The rows of a bucket, after those of chunks that are gone, or have no vector any more,
        have been dropped."""
        scope = Scope(self.context.source, [bucket])
        rows = self.lake.read(_TABLE, scope)
        if not len(rows):
            return {}
        kept = self.lake.read("chunks", replace(scope, null=KEPT), ["chunk_id"])
        of_model = replace(scope, where={"model": [self.model]})
        vectors = self.lake.read("embeddings", of_model, ["text_hash"])
        there = _of(_of(rows, "chunk_id", kept), "text_hash", vectors)
        if len(there) < len(rows):
            self.lake.replace(_TABLE, scope, there)
        return {row["chunk_id"]: row for row in SEMANTIC_CLUSTERS.rows(there)}

    def update(
        self,
        bucket: str,
        standing: dict[str, SemanticClusterRow],
        firsts: set[tuple[str, ...]],
    ) -> None:
        """Compare the chunks of a bucket that are new, that others may read by now, or whose first
        one is gone."""
        chunks, vectors = self._chunks(bucket)
        new = []
        for chunk in chunks:
            before = standing.get(chunk["chunk_id"])
            is_done = before is not None and all(
                before[name] == chunk[name] for name in ("fingerprint", "readers", "text_hash")
            )
            if is_done and before is not None and before["similarity"] is not None:
                is_done = (before["cluster_id"], before["readers"]) in firsts
            if not is_done:
                new.append(chunk | {"arrived_at": before["arrived_at"] if before else clock.now()})
        if not new:
            return
        new.sort(key=lambda row: (row["arrived_at"], row["path"], row["ordinal"]))
        found = self._clusters(new, vectors)
        for row, match in zip(new, found, strict=True):
            made = {
                "cluster_id": match.cluster_id if match else row["chunk_id"],
                "similarity": match.similarity if match else None,
            }
            standing[row["chunk_id"]] = cast("SemanticClusterRow", row | made)
        rows = pa.Table.from_pylist(list(standing.values()), schema=SEMANTIC_CLUSTERS.schema)
        self.lake.replace(_TABLE, Scope(self.context.source, [bucket]), rows)

    def _chunks(self, bucket: str) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
        """Those of a bucket that have a vector, and the vectors by the hash of the text."""
        settings = self.context.source_settings.recipe.curation
        scope = Scope(self.context.source, [bucket], null=KEPT)
        rows = self.lake.read("chunks", scope, _COLUMNS).to_pylist()
        vectors = self._vectors(self.context.source, bucket)
        of_model = {"fingerprint": self.fingerprint}
        return [
            row | of_model | {"readers": duplicates.readers(row, settings)}
            for row in rows
            if row["text_hash"] in vectors
        ], vectors

    def _vectors(self, source: str, bucket: str) -> dict[str, np.ndarray]:
        scope = Scope(source, [bucket], {"model": [self.model]})
        rows = self.lake.read("embeddings", scope, ["text_hash", "vector"])
        if not len(rows):
            return {}
        flat = pc.list_flatten(rows["vector"]).to_numpy()
        return dict(zip(strings(rows["text_hash"]), flat.reshape(len(rows), -1), strict=True))

    def _clusters(
        self, new: list[dict[str, Any]], vectors: dict[str, np.ndarray]
    ) -> list[Match | None]:
        settings = self.context.source_settings.recipe.curation
        found = SemanticClusters(_columns(new, vectors), settings.semantic_duplicates.similarity)
        names = {row["chunk_id"] for row in new}
        for standing in self._standing(names):
            found.meet(standing)
        return found.assigned()

    def _standing(self, without: set[str]) -> Iterator[Vectors]:
        """What stands for clusters, partition by partition: memory holds one."""
        for source, bucket in duplicates.compared(self.context, _TABLE):
            where = {"fingerprint": [self.fingerprint]}
            rows = self.lake.read(_TABLE, Scope(source, [bucket], where, FIRST)).to_pylist()
            vectors = self._vectors(source, bucket)
            there = [
                row
                for row in rows
                if row["chunk_id"] not in without and row["text_hash"] in vectors
            ]
            if there:
                yield _columns(there, vectors)


def _of(rows: pa.Table, column: str, others: pa.Table) -> pa.Table:
    """The rows whose value of a column others have as well."""
    return rows.filter(pc.is_in(rows[column], value_set=others[column].combine_chunks()))


def _columns(rows: list[dict[str, Any]], vectors: dict[str, np.ndarray]) -> Vectors:
    return Vectors(
        [row["chunk_id"] for row in rows],
        np.array([int(row["readers"], 16) for row in rows], np.uint64),
        np.array([int(row["arrived_at"].timestamp() * 1e6) for row in rows], np.int64),
        np.stack([vectors[row["text_hash"]] for row in rows]),
    )
