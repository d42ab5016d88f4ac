"""Brings partitions of the index in step with the chunks and vectors of the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from doclake.access import access_key
from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.rows import strings
from doclake.tables.search_index import search_index_schema

DELETE_BATCH = 500
UPSERT_BATCH = 10_000


@dataclass
class PartitionSync:
    """What an update of partitions changed. `unembedded` counts the chunks without a vector of each
    document, `indexed` those in the index."""

    upserted: int
    deleted: int
    unembedded: Mapping[str, int]
    indexed: Mapping[str, int]


def sync_partitions(
    index: SearchIndex, state: IndexState, scope: Scope, *, switching: bool = False
) -> PartitionSync:
    """Make the index rows of the partitions of `scope` equal to their chunks that have a vector.

    While `switching` to another model, its tokenizer may cut chunks that the old model never saw.
    Their documents keep the old rows, so that searches lose nothing meanwhile.
    """
    lake = index.lake
    columns = ["chunk_id", "doc_id", "row_hash", "bucket", "text_hash", "access"]
    chunks = CHUNKS.rows(lake.read("chunks", scope, columns))
    modelled = Scope(scope.source, scope.buckets, {"model": [state.model]})
    vectors = lake.read("embeddings", modelled, ["bucket", "text_hash"]).to_pydict()
    embedded = set(zip(vectors["bucket"], vectors["text_hash"], strict=True))
    wanted = {
        row["chunk_id"]: row for row in chunks if (row["bucket"], row["text_hash"]) in embedded
    }
    columns_now = index.rows(state, scope, ["chunk_id", "row_hash"]).to_pydict()
    hash_now = dict(zip(columns_now["chunk_id"], columns_now["row_hash"], strict=True))
    table = index.open(state)
    extra = sorted(hash_now.keys() - wanted.keys())
    if switching and extra:
        waiting = [row for row in chunks if row["chunk_id"] not in wanted]
        kept = _ids_to_keep(index, state, scope, waiting)
        extra = [key for key in extra if key not in kept]
    for start in range(0, len(extra), DELETE_BATCH):
        table.delete(Scope(where={"chunk_id": extra[start : start + DELETE_BATCH]}).sql())
    differing = [key for key, row in wanted.items() if hash_now.get(key) != row["row_hash"]]
    for start in range(0, len(differing), UPSERT_BATCH):
        rows = _rows(lake, state, scope, {k: wanted[k] for k in differing[start:][:UPSERT_BATCH]})
        table.merge_insert(
            "chunk_id"
        ).when_matched_update_all().when_not_matched_insert_all().execute(rows)
    indexed = Counter(strings(index.rows(state, scope, ["doc_id"])["doc_id"]))
    unembedded = Counter(row["doc_id"] for row in chunks if row["chunk_id"] not in wanted)
    return PartitionSync(len(differing), len(extra), unembedded, indexed)


def _ids_to_keep(
    index: SearchIndex, state: IndexState, scope: Scope, chunks: list[ChunkRow]
) -> set[str]:
    """Ids of the index rows of these chunks' documents whose access list has not changed."""
    access = {row["doc_id"]: {access_key(p) for p in row["access"] or ()} for row in chunks}
    rows = index.rows(state, scope, ["chunk_id", "doc_id", "access_keys"]).to_pylist()
    return {row["chunk_id"] for row in rows if access.get(row["doc_id"]) == set(row["access_keys"])}


def _rows(lake: Lake, state: IndexState, scope: Scope, wanted: dict[str, ChunkRow]) -> pa.Table:
    """Index rows of these chunks, each joined to its vector by the hash of its text."""
    schema = search_index_schema(state.dimension)
    copied = [name for name in schema.names if name in CHUNKS.schema.names]
    by_chunk = Scope(scope.source, scope.buckets, {"chunk_id": list(wanted)})
    chunks = lake.read("chunks", by_chunk, [*copied, "text_hash"])
    by_text = Scope(
        scope.source,
        scope.buckets,
        {
            "text_hash": {row["text_hash"] for row in wanted.values()},
            "model": [state.model],
        },
    )
    vectors = lake.read("embeddings", by_text, ["text_hash", "vector"])
    place = {h: i for i, h in enumerate(vectors["text_hash"].to_pylist())}
    order = pa.array([place[h] for h in chunks["text_hash"].to_pylist()], pa.int64())
    flat = pc.list_flatten(vectors["vector"].combine_chunks().take(order))
    keys = [[access_key(p) for p in access or ()] for access in chunks["access"].to_pylist()]
    columns = {name: chunks[name] for name in copied} | {
        "access_keys": pa.array(keys, pa.list_(pa.string())),
        "vector": pa.FixedSizeListArray.from_arrays(flat, state.dimension),
    }
    return pa.table([columns[name] for name in schema.names], schema=schema)
