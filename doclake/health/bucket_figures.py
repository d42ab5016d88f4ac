"""What each bucket of a table holds now: the figures of a partition, and its first documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.slices import runs
from doclake.tables.ledger import LEDGER, LedgerRow
from doclake.tables.rows import strings

FIRST = 10
_COLUMNS = (
    "status",
    "parent_id",
    "pages",
    "seconds",
    "chunks",
    "quarantined",
    "dropped",
    "vectors",
)


@dataclass
class BucketFigures:
    """One bucket of one table.

    `rows` are those of the table, `documents` those that the source lists there, without what is
    found inside them. `first` are the paths of the first of them. `more` holds further figures by
    name, `failed` the documents that failed, `lengths` the tokens of each chunk.
    """

    rows: int = 0
    documents: int = 0
    first: list[str] = field(default_factory=list)
    more: dict[str, int | float] = field(default_factory=dict)
    failed: list[LedgerRow] = field(default_factory=list)
    lengths: np.ndarray = field(default_factory=lambda: np.empty(0, np.int32))


def of_table(
    lake: Lake, table: str, source: str, buckets: Sequence[str]
) -> dict[str, BucketFigures]:
    """The figures of these buckets. One that holds nothing has the same figures, of 0, so that a
    plot over partitions has no gap there."""
    scope = Scope(source, buckets)
    figures = {bucket: BucketFigures() for bucket in buckets}
    for (bucket,), number in lake.count_by(table, ["bucket"], scope).items():
        figures[bucket].rows = number
    if table == "documents":
        _add_registered(lake, scope, figures)
        return figures
    add, known = _OF_STAGE[table], ledger.by_bucket(lake, scope, _COLUMNS)
    nothing = LEDGER.schema.empty_table()
    for bucket, its_figures in figures.items():
        rows = known.get(bucket, nothing)
        there = rows.filter(pc.not_equal(rows["status"], ledger.DELETED))
        _add_listed(its_figures, there.filter(pc.is_null(there["parent_id"])))
        its_figures.more |= add(there)
    if table == "elements":
        _add_failed(lake, scope, figures)
    if table == "chunks":
        _add_lengths(lake, scope, figures)
    return figures


def _add_registered(lake: Lake, scope: Scope, figures: Mapping[str, BucketFigures]) -> None:
    columns = ["bucket", "path", "size", "deleted_at"]
    registry = lake.read("documents", scope, columns).sort_by(
        [("bucket", "ascending"), ("path", "ascending")]
    )
    held = dict(runs(registry, "bucket"))
    for bucket, its_figures in figures.items():
        rows = held.get(bucket, registry.slice(0, 0))
        live = rows.filter(pc.is_null(rows["deleted_at"]))
        _add_listed(its_figures, live)
        its_figures.more |= {
            "documents_deleted": rows.num_rows - live.num_rows,
            "bytes": _sum(live["size"]),
        }


def _add_listed(figures: BucketFigures, listed: pa.Table) -> None:
    figures.documents = listed.num_rows
    figures.first = strings(listed["path"].slice(0, FIRST))


def _add_failed(lake: Lake, scope: Scope, figures: Mapping[str, BucketFigures]) -> None:
    where = {"status": [ledger.FAILED]}
    for row in ledger.read(lake, Scope(scope.source, scope.buckets, where)):
        figures[row["bucket"]].failed.append(row)


def _add_lengths(lake: Lake, scope: Scope, figures: Mapping[str, BucketFigures]) -> None:
    chunks = lake.read("chunks", scope, ["bucket", "tokens"]).sort_by("bucket")
    for bucket, rows in runs(chunks, "bucket"):
        lengths = rows["tokens"].to_numpy()
        middle, high = np.percentile(lengths, [50, 95])
        figures[bucket].lengths = lengths
        figures[bucket].more |= {
            "tokens": int(lengths.sum()),
            "chunk_tokens_median": round(float(middle), 1),
            "chunk_tokens_95_percent": round(float(high), 1),
            "chunk_tokens_longest": int(lengths.max()),
        }


def _of_elements(rows: pa.Table) -> dict[str, int | float]:
    failed = pc.equal(rows["status"], ledger.FAILED)
    return {
        "documents_found_inside": rows.num_rows - rows["parent_id"].null_count,
        "documents_failed": int(pc.sum(failed).as_py() or 0),
        "pages": _sum(rows["pages"]),
        "extraction_seconds": round(_sum(rows["seconds"]), 3),
    }


def _of_chunks(rows: pa.Table) -> dict[str, int | float]:
    return {"chunks_in_quarantine": _sum(rows["quarantined"]), "tokens": 0}


def _of_signals(rows: pa.Table) -> dict[str, int | float]:
    return {"chunks_dropped": _sum(rows["dropped"])}


def _of_embeddings(rows: pa.Table) -> dict[str, int | float]:
    kept = _sum(rows["chunks"]) - _sum(rows["dropped"])
    return {"chunks_without_vector": kept - _sum(rows["vectors"])}


def _sum(column: pa.ChunkedArray[Any]) -> int | float:
    total: int | float = pc.sum(column).as_py() or 0
    return total


_OF_STAGE: Mapping[str, Callable[[pa.Table], dict[str, int | float]]] = {
    "elements": _of_elements,
    "chunks": _of_chunks,
    "signals": _of_signals,
    "embeddings": _of_embeddings,
}
