"""duplicates: compares chunks with all that stand in the lake, as a part of the stage `signals`.

Signatures stand in the table `minhashes`, so only what is new is read and compared. A chunk is a
duplicate only of one that the same people may read and find: else it would be lost for some of
them. So no chunk stands for others that another step drops, or whose source is configured no more.
If the chunk that stands for a cluster goes, `undone` counts the documents with chunks in it, and
the next run compares these anew, and another stands for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doclake import clock, ids
from doclake.curate import chain
from doclake.curate.duplicates import clusters, signatures
from doclake.curate.duplicates.clusters import Clusters, Match, Texts
from doclake.lake import locks
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.settings.curation import CurationSettings
from doclake.stages.context import StageContext
from doclake.tables.minhashes import FIRST, MINHASHES
from doclake.tables.rows import strings, with_column

COLUMNS = ("path", "access", "denied")
"""Of chunks, beside those of the steps."""
_TABLE = MINHASHES.name
_COMPARED = ("chunk_id", "arrived_at", "readers", "text_key", "minhash")
_OF_CHUNK = ("source", "bucket", "root_id", "doc_id", "chunk_id")


def orphans(context: StageContext, table: str = _TABLE) -> dict[str, str]:
    """Trees with a duplicate of a chunk that stands for it no more: the bucket of each root_id."""
    columns = ["root_id", "bucket", "cluster_id", "readers", "similarity"]
    rows = context.lake.read(table, context.scope, columns)
    members = rows.filter(pc.is_valid(rows["similarity"]))
    if not members.num_rows:
        return {}
    standing = firsts(context, table)
    places = (strings(members[n]) for n in ("root_id", "bucket", "cluster_id", "readers"))
    return {
        root_id: bucket
        for root_id, bucket, *first in zip(*places, strict=True)
        if tuple(first) not in standing
    }


def firsts(context: StageContext, table: str) -> set[tuple[str, ...]]:
    """The chunks that stand for clusters, each with who may read it."""
    scope = Scope(place(context.source, context.source_settings.recipe.curation), null=FIRST)
    rows = context.lake.read(table, scope, ["source", "chunk_id", "readers"])
    known = pa.array(context.project.settings.sources, pa.string())
    rows = rows.filter(pc.is_in(rows["source"], value_set=known))
    return set(zip(*(strings(rows[name]) for name in ("chunk_id", "readers")), strict=True))


def compared(context: StageContext, table: str) -> list[tuple[str, ...]]:
    """The partitions in which chunks stand that others may be duplicates of. What is left of a
    source that is configured no more, nobody finds."""
    scope = Scope(place(context.source, context.source_settings.recipe.curation), null=FIRST)
    partitions = context.lake.count_by(table, ["source", "bucket"], scope)
    return sorted(one for one in partitions if one[0] in context.project.settings.sources)


def regroup(context: StageContext, scope: Scope) -> None:
    """Bring the groups in which chunks are compared in step with who may read them now. A chunk
    that is a duplicate of one which others may read is an orphan from then on."""
    lake, settings = context.lake, context.source_settings.recipe.curation
    if not lake.count_by(_TABLE, ["source"], scope):
        return
    chunks = lake.read("chunks", scope, ["chunk_id", "source", "access", "denied"]).to_pylist()
    now = {chunk["chunk_id"]: readers(chunk, settings) for chunk in chunks}

    def rewritten(rows: pa.Table) -> pa.Table | None:
        before = rows["readers"].to_pylist()
        keys = strings(rows["chunk_id"])
        after = [now.get(key, known) for key, known in zip(keys, before, strict=True)]
        return with_column(rows, "readers", after) if after != before else None

    lake.update(_TABLE, scope, rewritten)


def compare(context: StageContext, chunks: pa.Table, scope: Scope) -> pa.Table:
    """Bring the rows of `minhashes` of these chunks, all of the scope that no other step drops, up
    to date; returns them."""
    settings = context.source_settings.recipe.curation
    lake = context.lake
    with locks.comparing(lake) if settings.duplicates_across == "lake" else nullcontext():
        before = lake.read(_TABLE, scope)
        rows = _described(chunks, before, settings)
        found = _clusters(context, rows, settings)
        rows = _with_clusters(rows, found)
        if rows.num_rows or before.num_rows:
            lake.replace(_TABLE, scope, rows)
    return rows


def place(source: str, settings: CurationSettings) -> str | None:
    """The source in which duplicates are looked for; None for all."""
    return source if settings.duplicates_across == "source" else None


def forget(lake: Lake, scope: Scope) -> None:
    """Drop the rows of the scope where there are any: nothing is compared any more."""
    if lake.count_by(_TABLE, ["source"], scope):
        lake.delete(_TABLE, scope)


def _described(chunks: pa.Table, before: pa.Table, settings: CurationSettings) -> pa.Table:
    """What the chunks are compared by, in the order of their arrival. Only new texts are read."""
    known = {row["chunk_id"]: row for row in MINHASHES.rows(before)}
    now, with_signatures = clock.now(), settings.near_duplicates.policy != "off"
    ids_, texts = strings(chunks["chunk_id"]), strings(chunks["text"])
    normal: dict[str, str] = {}
    for key, text in zip(ids_, texts, strict=True):
        row = known.get(key)
        if row is None or (with_signatures and row["minhash"] is None):
            normal[key] = signatures.normalised(text)
    signed = (
        signatures.signatures(list(normal.values())) if with_signatures else [None] * len(normal)
    )
    made = dict(zip(normal, signed, strict=True))
    fingerprint = chain.duplicates_fingerprint(settings)
    rows = []
    for chunk in chunks.select([*_OF_CHUNK, *COLUMNS, "ordinal"]).to_pylist():
        key, row = chunk["chunk_id"], known.get(chunk["chunk_id"])
        rows.append(
            {name: chunk[name] for name in _OF_CHUNK}
            | {
                "fingerprint": fingerprint,
                "arrived_at": row["arrived_at"] if row else now,
                "readers": readers(chunk, settings),
                "text_key": row["text_key"] if row else f"{signatures.key(normal[key]):016x}",
                "minhash": made[key] if key in made else (row or {}).get("minhash"),
                "cluster_id": key,
                "order": (row["arrived_at"] if row else now, chunk["path"], chunk["ordinal"]),
            }
        )
    rows.sort(key=lambda row: cast("Any", row["order"]))
    return pa.Table.from_pylist(rows, schema=MINHASHES.schema)


def readers(chunk: dict[str, Any], settings: CurationSettings) -> str:
    """Digest of who may read a chunk, and of the source if duplicates are looked for there."""
    within = place(chunk["source"], settings) or ""
    denied = sorted(chunk["denied"] or ())
    return ids.digest("readers", within, *sorted(chunk["access"] or ()), "but", *denied, size=8)


def _clusters(
    context: StageContext, rows: pa.Table, settings: CurationSettings
) -> Sequence[Match | None]:
    if not rows.num_rows:
        return []
    near = settings.near_duplicates
    found = Clusters(_texts(rows), clusters.ONLY_EQUAL if near.policy == "off" else near.similarity)
    own = rows["chunk_id"].combine_chunks()
    for standing in _standing(context):
        others = standing.filter(pc.invert(pc.is_in(standing["chunk_id"], value_set=own)))
        found.meet(_texts(others))
    return found.assigned()


def _standing(context: StageContext) -> Iterator[pa.Table]:
    """The chunks that stand for clusters, partition by partition: memory holds one."""
    for name, bucket in compared(context, _TABLE):
        yield context.lake.read(_TABLE, Scope(name, [bucket], null=FIRST), _COMPARED)


def _texts(rows: pa.Table) -> Texts:
    return Texts(
        strings(rows["chunk_id"]),
        np.array(rows["arrived_at"].cast(pa.int64()), np.int64),
        _numbers(rows["readers"]),
        _numbers(rows["text_key"]),
        rows["minhash"].to_pylist(),
    )


def _numbers(digests: pa.ChunkedArray[Any]) -> np.ndarray:
    """Digests of 16 hexadecimal digits as uint64 [n]."""
    joined = bytes.fromhex("".join(strings(digests)))
    return np.frombuffer(joined, ">u8").astype(np.uint64)


def _with_clusters(rows: pa.Table, found: Sequence[Match | None]) -> pa.Table:
    names = strings(rows["chunk_id"])
    firsts = [match.cluster_id if match else own for match, own in zip(found, names, strict=True)]
    similar = [match.similarity if match else None for match in found]
    return with_column(with_column(rows, "cluster_id", firsts), "similarity", similar)
