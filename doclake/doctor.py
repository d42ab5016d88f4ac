"""The doctor: every invariant of the lake, checked against what is stored.

Trusts no report and no ledger: counts, keys and vectors are read back. Each finding says what to
do about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from doclake import balance, ids, recipe
from doclake.index import IndexState, SearchIndex, watermarks
from doclake.lake import Lake, Scope
from doclake.settings import Settings

UNIT_TOLERANCE = 1e-2  # half precision leaves a unit vector this far from 1


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be."""

    check: str
    message: str
    mend: str


def examine(lake: Lake, settings: Settings) -> list[Finding]:
    """All findings; an empty list means the lake is sound."""
    state = SearchIndex(lake).state()
    return [
        *_balance(lake, settings),
        *_partitions(lake, settings),
        *_duplicates(lake),
        *_vectors(lake),
        *_orphans(lake),
        *_watermarks(lake, settings, state),
    ]


def _balance(lake: Lake, settings: Settings) -> Iterator[Finding]:
    for source, found in balance.status(lake, settings).items():
        for problem in found.problems:
            yield Finding("ledger balance", problem, f"doclake ingest --source {source}")


def _partitions(lake: Lake, settings: Settings) -> Iterator[Finding]:
    """Rows of sources that are not configured, or in buckets their source does not have."""
    for source, bucket in lake.count_by("documents", ["source", "bucket"]):
        known = settings.sources.get(source)
        if known is None:
            yield Finding(
                "known sources",
                f"{source}/{bucket}: the lake holds a source that is not in doclake.yaml",
                "Configure it again, or delete its rows.",
            )
        elif bucket not in ids.bucket_names(known.buckets):
            yield Finding(
                "known buckets",
                f"{source}/{bucket}: the source has {known.buckets} buckets now",
                f"Set sources.{source}.buckets back, or rename the source to ingest it anew.",
            )


def _duplicates(lake: Lake) -> Iterator[Finding]:
    """Two rows with one key."""
    keys = {
        "documents": ["source", "bucket", "doc_id"],
        "ledger": ["source", "bucket", "doc_id"],
        "elements": ["source", "bucket", "element_id"],
        "chunks": ["source", "bucket", "chunk_id"],
        "embeddings": ["source", "bucket", "text_hash", "model"],
    }
    for table, columns in keys.items():
        twice = [key for key, count in lake.count_by(table, columns).items() if count > 1]
        for (source, bucket), number in Counter((key[0], key[1]) for key in twice).items():
            yield Finding(
                "unique keys",
                f"{source}/{bucket}: {number} keys of {table} stand twice",
                f"doclake replay --source {source}, then doclake ingest --source {source}",
            )


def _vectors(lake: Lake) -> Iterator[Finding]:
    """Vectors that are not finite, not of unit length, or not of their model's dimension."""
    dimensions: dict[str, set[int]] = {}
    for source, bucket in lake.count_by("embeddings", ["source", "bucket"]):
        rows = lake.read("embeddings", Scope(source, [bucket]), ["model", "vector"])
        lengths = rows["vector"].combine_chunks().value_lengths().to_pylist()
        for model, length in zip(rows["model"].to_pylist(), lengths, strict=True):
            dimensions.setdefault(model, set()).add(length)
        bad = _unsound(rows["vector"])
        if bad:
            yield Finding(
                "sound vectors",
                f"{source}/{bucket}: {bad} vectors are not finite or not of unit length",
                "Change embedding.revision or replay the source to embed its texts again.",
            )
    for model, found in dimensions.items():
        if len(found) > 1:
            yield Finding(
                "one dimension", f"model {model} has vectors of {sorted(found)} floats", "Replay."
            )


def _unsound(column: pa.ChunkedArray) -> int:
    """Vectors of a column that are not finite or not of unit length."""
    vectors = column.combine_chunks()
    starts = vectors.offsets.to_numpy()[:-1]
    squares = np.square(vectors.flatten().to_numpy(zero_copy_only=False), dtype=np.float64)
    if not len(squares):
        return len(starts)
    norms = np.sqrt(np.add.reduceat(squares, np.minimum(starts, len(squares) - 1)))
    return int(np.sum(~(np.abs(norms - 1) <= UNIT_TOLERANCE)))


def _orphans(lake: Lake) -> Iterator[Finding]:
    """Elements and chunks whose document is not in the ledger, and vectors no chunk uses."""
    known = {key[1] for key in lake.count_by("ledger", ["source", "doc_id"])}
    for table in ("elements", "chunks"):
        orphans = {key for key in lake.count_by(table, ["source", "doc_id"]) if key[1] not in known}
        for source, number in Counter(source for source, _ in orphans).items():
            yield Finding(
                "no orphans",
                f"{source}: {table} of {number} documents that the ledger does not know",
                f"doclake ingest --source {source}",
            )
    keys = ["source", "bucket", "text_hash"]
    unused = lake.count_by("embeddings", keys).keys() - lake.count_by("chunks", keys).keys()
    for source, number in Counter(key[0] for key in unused).items():
        yield Finding(
            "no orphans",
            f"{source}: {number} vectors that no chunk uses",
            f"doclake ingest --source {source}",
        )


def _watermarks(lake: Lake, settings: Settings, state: IndexState | None) -> Iterator[Finding]:
    now = watermarks(lake)
    if state is None:
        if lake.count_by("embeddings", ["source"]):
            yield Finding("index", "There is no search index.", "doclake index rebuild")
        return
    for table, mark in now.items():
        if mark.table_id != state.watermarks[table].table_id:
            message = f"The index followed another table {table} than the one that stands now."
            yield Finding("watermark", message, "doclake index rebuild")
        elif any(lake.changed_partitions(table, state.watermarks[table].version)):
            behind = mark.version - state.watermarks[table].version
            yield Finding(
                "watermark", f"The index is {behind} commits of {table} behind.", "doclake ingest"
            )
    if state.model != recipe.model(settings.embedding):
        yield Finding(
            "model",
            f"Searches use {state.embedding['model']}, the settings say {settings.embedding.model}",
            "doclake ingest: the new model takes over when every chunk has its vector.",
        )
