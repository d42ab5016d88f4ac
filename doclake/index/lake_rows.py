"""Index rows made from the chunks and vectors of the lake."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from doclake import access
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.chunks import CHUNKS, KEPT
from doclake.tables.rows import strings
from doclake.tables.search_index import search_index_schema
from doclake.terms import terms


def index_rows(lake: Lake, state: IndexState, scope: Scope, chunk_ids: Collection[str]) -> pa.Table:
    """Index rows of these chunks, each joined to its vector by the hash of its text.

    Left out are chunks that are gone, dropped or without a vector: a run of their source may have
    replaced them since the ids were read.
    """
    schema = search_index_schema(state.dimension)
    copied = [name for name in schema.names if name in CHUNKS.schema.names]
    by_chunk = Scope(scope.source, scope.buckets, {"chunk_id": chunk_ids}, KEPT)
    chunks = lake.read("chunks", by_chunk, [*copied, "denied", "text_hash"])
    texts = {"text_hash": set(strings(chunks["text_hash"])), "model": [state.model]}
    by_text = Scope(scope.source, scope.buckets, texts)
    vectors = lake.read("embeddings", by_text, ["text_hash", "vector", "signs"])
    place = {h: i for i, h in enumerate(strings(vectors["text_hash"]))}
    columns = zip(strings(chunks["chunk_id"]), strings(chunks["text_hash"]), strict=True)
    once = {chunk_id: (i, place[h]) for i, (chunk_id, h) in enumerate(columns) if h in place}
    chunks = chunks.take(pa.array([i for i, _ in once.values()], pa.int64()))
    order = pa.array([i for _, i in once.values()], pa.int64())
    vectors = vectors.take(order)
    flat = pc.list_flatten(vectors["vector"].combine_chunks())
    lists = zip(chunks["access"].to_pylist(), chunks["denied"].to_pylist(), strict=True)
    keys = [access.keys(allow, deny) for allow, deny in lists]
    made = {name: chunks[name] for name in copied} | {
        "access_keys": pa.array(keys, pa.list_(pa.string())),
        "terms": pa.array(_terms(chunks), pa.string()),
        "signs": vectors["signs"],
        "vector": pa.FixedSizeListArray.from_arrays(flat, state.dimension),
    }
    return pa.table([made[name] for name in schema.names], schema=schema)


def whole(rows: pa.Table) -> pa.Table:
    """Index rows with the columns that the table of an older Doclake lacks: terms from what stands
    in the others, the rest null."""
    schema = search_index_schema(rows.schema.field("vector").type.list_size)
    lacking = set(schema.names) - set(rows.schema.names)
    made = {name: pa.nulls(rows.num_rows, schema.field(name).type) for name in lacking}
    if "terms" in lacking:
        made["terms"] = pa.array(_terms(rows), pa.string())
    columns = [made[name] if name in made else rows[name] for name in schema.names]
    return pa.table(columns, schema=schema)


def _terms(chunks: pa.Table) -> list[str]:
    """What full text knows of each chunk: the name of its file, its title, headings and text."""
    columns = [chunks[name].to_pylist() for name in ("path", "title", "section", "text")]
    return [
        " ".join(
            terms(" \n ".join([PurePosixPath(path).name, title or "", *(section or ()), text]))
        )
        for path, title, section, text in zip(*columns, strict=True)
    ]
