"""Documents that keep the rows they have in the index, under the access list of today.

They wait for vectors: between their stages, after a failure, before a new model. Or they were only
cut anew by another recipe than the table's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

import pyarrow as pa

from doclake.access import keys
from doclake.errors import IndexStateError
from doclake.index.batches import batches
from doclake.index.lake_rows import whole
from doclake.index.rows import ADDRESS, IndexRows
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.chunks import ChunkRow
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.rows import integers, strings, with_column

_Access = tuple[list[str], list[str]]  # names and keys
NO_CHUNK = ""  # the hash of a row that was not copied from a chunk as it is


def keep(
    lake: Lake,
    table: IndexRows,
    previous: IndexRows | None,
    scope: Scope,
    lacking: Sequence[ChunkRow],
    recut: Sequence[ChunkRow],
) -> tuple[IndexRows, set[str], set[str]]:
    """The table with the rows that documents keep, these documents, and those of them that lack
    more than vectors that the contract refused.

    `lacking` are the chunks of the scope without a vector, `recut` those of documents that were
    only cut anew. The rows come from the `previous` table
    if this one is made anew; one that cannot be read gives none.
    """
    if not lacking and not recut:
        return table, set(), set()
    unfinished = _unfinished(lake, scope, lacking)
    try:
        done = _indexed_in_part(previous or table, scope, lacking, unfinished)
        access = {
            row["doc_id"]: (row["access"] or [], keys(row["access"], row["denied"]))
            for row in (*lacking, *recut)
            if row["doc_id"] not in done
        }
        table, standing = _keep(table, previous, scope, access)
    except IndexStateError:
        if previous is None:
            raise
        standing = set()
    return table, standing | unfinished, unfinished


def _keep(
    table: IndexRows, previous: IndexRows | None, scope: Scope, access: Mapping[str, _Access]
) -> tuple[IndexRows, set[str]]:
    """The table with the rows of these documents, and those that have any."""
    if not access:
        return table, set()
    origin = previous or table
    found = origin.of(_of(scope, access), ["doc_id", "access_keys"]).to_pylist()
    keys_of: dict[str, list[set[str]]] = defaultdict(list)
    for row in found:
        keys_of[row["doc_id"]].append(set(row["access_keys"] or ()))
    written = [
        doc_id
        for doc_id, of_rows in sorted(keys_of.items())
        if previous or any(row != set(access[doc_id][1]) for row in of_rows)
    ]
    for batch in batches(written, lambda doc_id: len(keys_of[doc_id])):
        rows = origin.of(_of(scope, batch), addresses=True)
        removed = [] if previous else integers(rows[ADDRESS])
        rows = whole(rows.drop_columns([ADDRESS])) if previous else rows.drop_columns([ADDRESS])
        table = table.replace(removed, _relisted(rows, access))
    return table, set(keys_of)


def _of(scope: Scope, doc_ids: Iterable[str]) -> Scope:
    return Scope(scope.source, scope.buckets, {"doc_id": doc_ids})


def _relisted(rows: pa.Table, access: Mapping[str, _Access]) -> pa.Table:
    """The rows under other access lists, those of their documents."""
    now = [access[doc_id] for doc_id in strings(rows["doc_id"])]
    before = zip(rows["access"].to_pylist(), rows["access_keys"].to_pylist(), strict=True)
    hashes = [
        row_hash if old == new else NO_CHUNK
        for row_hash, old, new in zip(rows["row_hash"].to_pylist(), before, now, strict=True)
    ]
    rows = with_column(rows, "access", [names for names, _ in now])
    rows = with_column(rows, "access_keys", [keys_of_row for _, keys_of_row in now])
    return with_column(rows, "row_hash", hashes)


def _indexed_in_part(
    table: IndexRows, scope: Scope, lacking: Sequence[ChunkRow], unfinished: Set[str]
) -> set[str]:
    """Documents whose rows are those of their bytes of today, without what the contract refused a
    vector of: they are as far as they can be, and keep nothing."""
    refused = {row["doc_id"]: row["content_hash"] for row in lacking}
    without = {doc_id: refused[doc_id] for doc_id in refused.keys() - unfinished}
    if not without or "content_hash" not in table.columns:
        return set()
    held = table.of(_of(scope, without), ["doc_id", "chunk_id", "content_hash"]).to_pylist()
    unembedded = {row["chunk_id"] for row in lacking}
    whole = {
        row["doc_id"]
        for row in held
        if row["content_hash"] != without[row["doc_id"]] or row["chunk_id"] in unembedded
    }
    return without.keys() - whole


def _unfinished(lake: Lake, scope: Scope, lacking: Sequence[ChunkRow]) -> set[str]:
    """Documents that lack more than vectors that the contract refused.

    One that was never in the index is indexed without a refused vector: it may be long in coming,
    and the rest can be found meanwhile.
    """
    of_vectors = Scope(scope.source, scope.buckets, {"stage": ["embeddings"]})
    refused = {
        (row["doc_id"], row["key"])
        for row in QUARANTINE.rows(lake.read("quarantine", of_vectors, ["doc_id", "key"]))
    }
    return {row["doc_id"] for row in lacking if (row["doc_id"], row["text_hash"]) not in refused}
