"""The indices inside a table of the search index, by its size, and how to ask them.

Below `ANN_ROWS` rows a search scans every vector. Above, vectors are indexed in 4 bits for each
dimension, and the best candidates are compared once more as they are stored. A filter leaves fewer
rows in each partition, and they may be far from the question, so more partitions are probed. Rows
that no index holds yet are scanned: they can be found from the moment they are written.

benchmarks/vector_index.py shows what the figures below give and cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import lance
    from lance.indices import IndexDescription

ANN_ROWS = 50_000  # below this an exact scan is as fast and finds everything
BITS = 4  # of each dimension; one bit loses a third of the neighbours
PARTITION_ROWS = 4_096
GROWTH = 4  # partitions that hold so many times what they were made for cost too much to scan
FRAGMENT_ROWS = 100_000  # a full fragment is never rewritten because of a few new rows
LITTLE_ROWS = 4_096  # up to so many are rewritten for those of the last commits
SMALL_FRAGMENTS = 8  # so many are read as fast as one
WORN = 0.1  # share of a fragment's rows: when more are deleted, it is rewritten without them
WAITING = 0.001  # share of the rows: scanning these costs less than an update of the indices

PROBES = 40  # partitions, times what the filter leaves out
REFINE = 4  # candidates compared as stored, for each row asked for
MANY, REFINE_MANY = 50, 2  # of so many rows asked for, fewer of each are enough
FEW_ROWS = 1_000  # so few are scanned faster than they are found in the index

_FILTERED = {
    "access_keys": "LABEL_LIST",
    "source": "BITMAP",
    "language": "BITMAP",
    "media_type": "BITMAP",
    "date": "BTREE",
    "doc_id": "BTREE",
    "root_id": "BTREE",
    "memory_id": "BTREE",
    "recalled": "BITMAP",
    "tier": "BITMAP",
}
_TEXT = "terms"
_WORDS: dict[str, Any] = {
    "base_tokenizer": "whitespace",
    "stem": True,
    "remove_stop_words": False,
    "with_position": False,
    "max_token_length": 255,  # as long as the name of a file can be
    "memory_limit": 512,  # MiB
}


def nearest(
    table: lance.LanceDataset, vector: np.ndarray, k: int, where: str | None
) -> dict[str, Any]:
    """The `nearest` of a query of Lance: the `k` rows next to the vector that pass the filter.

    The query must name the same filter, with `prefilter`. The rows that pass are counted only where
    it matters how many there are: that takes a millisecond if indices hold the columns of the
    filter, and as long as a search if not.
    """
    query = {"column": "vector", "q": vector, "k": k, "metric": "cosine"}
    held = table.count_rows()
    if held < ANN_ROWS:
        return query | {"use_index": False}
    probes = PROBES
    if where is not None and held <= PROBES * PARTITION_ROWS:
        probes = held  # that is all: of so few partitions a filter leaves none out
    elif where is not None:
        passing = table.count_rows(where)
        if passing <= FEW_ROWS:
            return query | {"use_index": False}
        probes = math.ceil(PROBES * held / passing)
    refine = REFINE if k < MANY else REFINE_MANY
    return query | {"minimum_nprobes": probes, "refine_factor": refine}


def refresh(table: lance.LanceDataset) -> None:
    """Merge small files where there are many, build the indices that a table of this size needs,
    and add the rows that they lack. Only the index writer may do it; searches go on meanwhile."""
    rows = table.count_rows()
    _merge(table, rows)
    if not rows:
        return
    built = {index.field_names[0]: index for index in table.describe_indices()}
    if rows >= ANN_ROWS:
        if "vector" not in built or not _fits(table, built["vector"], rows):
            _train(table)
        for column, kind in _FILTERED.items():
            if column in table.schema.names and column not in built:
                table.create_scalar_index(column, kind)
    if _TEXT in table.schema.names and _TEXT not in built:
        table.create_scalar_index(_TEXT, "INVERTED", **_WORDS)
    behind = list(_behind(table, rows))
    if behind:  # merged into one index each: probes are those of one
        table.optimize.optimize_indices(index_names=behind, num_indices_to_merge=1)


def merge_little(table: lance.LanceDataset) -> None:
    """Merge the fragments of the last commits alone. Each of a row or two makes every search
    longer by a third of a millisecond; with 16 of them this takes 30 ms, whatever the table holds.
    """
    table.optimize.compact_files(
        target_rows_per_fragment=LITTLE_ROWS, materialize_deletions_threshold=WORN
    )


def rewrite(table: lance.LanceDataset) -> None:
    """Write the fragments that have lost rows anew without them, and the index of words: nobody can
    say what the one that was brought up to date still holds of them."""
    rows = table.count_rows()
    table.optimize.compact_files(
        target_rows_per_fragment=min(FRAGMENT_ROWS, max(rows, 1)),
        materialize_deletions_threshold=0.0,
    )
    for index in table.describe_indices():
        if not rows:
            table.drop_index(index.name)
        elif index.field_names[0] == _TEXT:
            table.create_scalar_index(_TEXT, "INVERTED", replace=True, **_WORDS)


def _merge(table: lance.LanceDataset, rows: int) -> None:
    """Merge fragments once there are many small ones, and those that have lost a tenth.

    What is merged stands twice until no search reads it any more. So a fragment with half of the
    rows is left alone; each row is rewritten a few times in all, as the table grows.
    """
    fragments = table.get_fragments()
    small = [part for part in fragments if part.count_rows() < FRAGMENT_ROWS]
    worn = [part for part in fragments if part.num_deletions > WORN * part.physical_rows]
    if len(small) > SMALL_FRAGMENTS or worn:
        target = min(FRAGMENT_ROWS, max(rows // 2, 1))
        table.optimize.compact_files(
            target_rows_per_fragment=target, materialize_deletions_threshold=WORN
        )


def _train(table: lance.LanceDataset) -> None:
    table.create_index(
        "vector",
        "IVF_RQ",
        metric="cosine",
        num_bits=BITS,
        target_partition_size=PARTITION_ROWS,
        replace=True,
    )


def _fits(table: lance.LanceDataset, index: IndexDescription, rows: int) -> bool:
    """Whether the index has the bits of today and was trained on nearly so many rows."""
    if index.details.get("compression", {}).get("num_bits") != BITS:
        return False
    (trained, *_) = table.stats.index_stats(index.name)["indices"]
    return rows <= GROWTH * PARTITION_ROWS * int(trained["num_partitions"])


def _behind(table: lance.LanceDataset, rows: int) -> Iterator[str]:
    """Names of the indices that lack more rows than may wait."""
    counts = {fragment.fragment_id: fragment.count_rows() for fragment in table.get_fragments()}
    for index in table.describe_indices():
        held = {fragment for segment in index.segments for fragment in segment.fragment_ids}
        if sum(counts[fragment] for fragment in counts.keys() - held) > WAITING * rows:
            yield index.name
