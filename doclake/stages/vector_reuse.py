"""Copies vectors that the lake holds elsewhere, instead of computing them again."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doclake.embed import Embedder
from doclake.lake.scope import Scope
from doclake.stages.context import StageContext
from doclake.tables.chunks import KEPT
from doclake.tables.embeddings import EMBEDDINGS

PLACE = ["bucket", "text_hash"]


def texts_of_chunks(context: StageContext) -> pa.Table:
    """The distinct texts of each bucket that need a vector: `PLACE`."""
    scope = Scope(context.source, context.buckets, null=KEPT)
    return context.lake.read("chunks", scope, PLACE).group_by(PLACE).aggregate([])


def texts_of_vectors(context: StageContext, model: str | None = None) -> pa.Table:
    """The distinct texts of each bucket that have a vector, of one model or of any: `PLACE`."""
    where = {"model": [model]} if model else {}
    scope = Scope(context.source, context.buckets, where)
    return context.lake.read("embeddings", scope, PLACE).group_by(PLACE).aggregate([])


def without(texts: pa.Table, others: pa.Table) -> pa.Table:
    """The texts that are not among the others, sorted."""
    remaining = texts.join(others, PLACE, join_type="left anti")
    return remaining.sort_by([(name, "ascending") for name in PLACE])


def vectors_elsewhere(
    context: StageContext, embedder: Embedder, wanted: pa.ChunkedArray[Any]
) -> dict[str, tuple[str, str]]:
    """A partition with a vector of this model, for each of the `wanted` texts that has one."""
    scope = Scope(where={"model": [embedder.fingerprint]})
    embedded = context.lake.read("embeddings", scope, ["text_hash", "source", "bucket"])
    are_wanted = pc.is_in(embedded["text_hash"], value_set=pc.unique(wanted))
    rows = embedded.filter(are_wanted).to_pydict()
    places = zip(rows["source"], rows["bucket"], strict=True)
    return dict(zip(rows["text_hash"], places, strict=True))


def copies(
    context: StageContext, places: dict[str, tuple[str, str]], embedder: Embedder
) -> pa.Table:
    """Rows of the texts at these `places`, the partition of each text."""
    parts = [EMBEDDINGS.schema.empty_table()]
    for source in sorted({source for source, _ in places.values()}):
        hashes = sorted(h for h, place in places.items() if place[0] == source)
        buckets = sorted({places[h][1] for h in hashes})
        where = {"text_hash": hashes, "model": [embedder.fingerprint]}
        parts.append(context.lake.read("embeddings", Scope(source, buckets, where)))
    return pa.concat_tables(parts)


def in_buckets(vectors: pa.Table, source: str, lacking: pa.Table) -> pa.Table:
    """The row of each lacking text that has a vector, put into its bucket."""
    row_of = {h: i for i, h in enumerate(vectors["text_hash"].to_pylist())}
    columns = (lacking[name].to_pylist() for name in PLACE)
    placed = [(bucket, row_of[h]) for bucket, h in zip(*columns, strict=True) if h in row_of]
    rows = vectors.take(pa.array([row for _, row in placed], pa.int64()))
    for name, values in (
        ("source", [source] * len(placed)),
        ("bucket", [bucket for bucket, _ in placed]),
    ):
        position = rows.schema.get_field_index(name)
        column = pa.array(values, pa.string())
        rows = rows.set_column(position, EMBEDDINGS.schema.field(name), column)
    return rows


def vector_counts(context: StageContext, model: str) -> dict[str, int]:
    """Number of chunks of each document that need a vector and have one."""
    scope = Scope(context.source, context.buckets, null=KEPT)
    chunks = context.lake.read("chunks", scope, ["bucket", "text_hash", "doc_id"])
    embedded = texts_of_vectors(context, model)
    covered = chunks.join(embedded, PLACE, join_type="left semi")
    counts = covered.group_by("doc_id").aggregate([([], "count_all")]).to_pydict()
    return dict(zip(counts["doc_id"], counts["count_all"], strict=True))
