"""Brings partitions of the index in step with the chunks and vectors of the lake.

The index goes from one complete state of a document to the next. A document whose chunks all have a
vector of the index's model is brought up to date in one commit; one that waits for vectors
(`waiting`), or was only cut by another recipe (`recut`), keeps the rows it has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, cast

import pyarrow as pa
import pyarrow.compute as pc

from doclake.errors import IndexStateError
from doclake.index.batches import batches
from doclake.index.index import SearchIndex
from doclake.index.lake_rows import index_rows
from doclake.index.recut import COLUMNS as RECUT
from doclake.index.recut import recut
from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.index.vectors import outdated
from doclake.index.waiting import keep
from doclake.lake import erased
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.tables.chunks import CHUNKS, KEPT, ChunkRow
from doclake.tables.rows import strings
from doclake.tables.search_index import PLACE

_VERSION = ("row_hash", *PLACE)
_COMPARED = ["chunk_id", "doc_id", *_VERSION]


@dataclass
class PartitionSync:
    """What an update of partitions changed.

    `waiting` are the documents that could not be brought up to date, `refused` those of them that
    wait only for vectors that the contract refused. `unembedded` counts the chunks without a vector
    of each document, `indexed` its rows in the index.
    """

    upserted: int = 0
    deleted: int = 0
    waiting: set[str] = field(default_factory=set)
    refused: Set[str] = frozenset()
    unembedded: Mapping[str, int] = field(default_factory=dict)
    indexed: Mapping[str, int] = field(default_factory=dict)


class _IndexRow(TypedDict):
    """A row of the index as it is now, with its address."""

    chunk_id: str
    doc_id: str
    row_hash: str
    content_hash: str
    ordinal: int
    _rowaddr: int


@dataclass(frozen=True)
class _Change:
    """What brings a document up to date: the rows that go for good, by address, those that are
    replaced, and the chunks whose rows come."""

    doc_id: str
    gone: list[int]
    replaced: list[int]
    chunk_ids: list[str]

    @property
    def rows(self) -> int:
        return len(self.gone) + len(self.chunk_ids)


def sync_partitions(
    index: SearchIndex,
    state: IndexState,
    scope: Scope,
    *,
    previous: IndexState | None = None,
    thorough: bool = False,
) -> PartitionSync:
    """Make the index rows of the partitions of `scope` equal to their chunks, but for documents
    that were erased, which have none.

    A table that is made anew takes the rows that documents keep from the `previous` one of the
    same model and recipes. `thorough` compares vectors too, and not only the hashes of rows.
    """
    lake, table = index.lake, index.table(state)
    columns = {*_COMPARED, *RECUT, "bucket", "root_id", "text_hash", "access", "denied"}
    read = lake.read("chunks", replace(scope, null=KEPT), sorted(columns))
    chunks = CHUNKS.rows(erased.without(read, erased.ids(lake, scope.source), "root_id"))
    origin = index.table(previous) if previous else None
    as_before = _as_before(state, origin or table, scope, chunks, may_fail=previous is not None)
    lacking = [
        row for row in without_vector(lake, state, scope, chunks) if row["doc_id"] not in as_before
    ]
    table, waiting, unfinished = keep(
        lake, table, origin, scope, lacking, _of_documents(chunks, as_before)
    )
    synced = PartitionSync(
        waiting=waiting - as_before,
        refused=waiting - as_before - unfinished,
        unembedded=Counter(row["doc_id"] for row in lacking),
    )
    unembedded = {row["chunk_id"] for row in lacking}
    wanted = [
        row for row in chunks if row["doc_id"] not in waiting and row["chunk_id"] not in unembedded
    ]
    held = cast("list[_IndexRow]", table.of(scope, _COMPARED, addresses=True).to_pylist())
    held = [row for row in held if row["doc_id"] not in waiting]
    other_vector = outdated(lake, table, state, scope, wanted) if thorough else set[str]()
    for batch in batches(_changes(wanted, held, other_vector), lambda change: change.rows):
        table = _write(lake, table, state, scope, batch, synced)
    synced.indexed = Counter(strings(table.of(scope, ["doc_id"])["doc_id"]))
    return synced


def _as_before(
    state: IndexState, table: IndexRows, scope: Scope, chunks: Iterable[ChunkRow], *, may_fail: bool
) -> set[str]:
    """Documents that were only cut anew; none, if the table before cannot be read."""
    try:
        return recut(state, table, scope, chunks)
    except IndexStateError:
        if may_fail:
            return set()
        raise


def _of_documents(chunks: Iterable[ChunkRow], doc_ids: Set[str]) -> list[ChunkRow]:
    return [row for row in chunks if row["doc_id"] in doc_ids]


def without_vector(
    lake: Lake, state: IndexState, scope: Scope, chunks: Iterable[ChunkRow]
) -> list[ChunkRow]:
    """Those of the chunks of a scope that have no vector of the model of a state."""
    modelled = Scope(scope.source, scope.buckets, {"model": [state.model]})
    texts = lake.read("embeddings", modelled, ["bucket", "text_hash"])
    embedded = set(zip(strings(texts["bucket"]), strings(texts["text_hash"]), strict=True))
    return [row for row in chunks if (row["bucket"], row["text_hash"]) not in embedded]


def _changes(
    wanted: list[ChunkRow], held: list[_IndexRow], other_vector: Set[str]
) -> Iterator[_Change]:
    """One change for each document whose index rows are not those of its chunks."""
    hashes: dict[str, dict[str, tuple[Any, ...]]] = defaultdict(dict)
    for chunk in wanted:
        hashes[chunk["doc_id"]][chunk["chunk_id"]] = _version(chunk)
    rows: dict[str, dict[str, list[_IndexRow]]] = defaultdict(lambda: defaultdict(list))
    for row in held:
        rows[row["doc_id"]][row["chunk_id"]].append(row)
    for doc_id in sorted(hashes.keys() | rows.keys()):
        of_chunks, of_index = hashes[doc_id], rows[doc_id]
        differing = {
            key
            for key, version in of_chunks.items()
            if list(map(_version, of_index[key])) != [version] or key in other_vector
        }
        gone = [r["_rowaddr"] for key in of_index.keys() - of_chunks.keys() for r in of_index[key]]
        replaced = [r["_rowaddr"] for key in differing for r in of_index[key]]
        if gone or differing:
            yield _Change(doc_id, gone, replaced, sorted(differing))


def _version(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _VERSION)


def _write(
    lake: Lake,
    table: IndexRows,
    state: IndexState,
    scope: Scope,
    batch: list[_Change],
    synced: PartitionSync,
) -> IndexRows:
    """Make the changes in one commit, save those of documents that another run has changed since
    they were compared: these wait for its own update of the index."""
    rows = index_rows(lake, state, scope, [key for change in batch for key in change.chunk_ids])
    read = set(strings(rows["chunk_id"]))
    whole = [change for change in batch if read.issuperset(change.chunk_ids)]
    doc_ids = {change.doc_id for change in whole}
    rows = rows.filter(pc.is_in(rows["doc_id"], pa.array(sorted(doc_ids), pa.string())))
    synced.waiting |= {change.doc_id for change in batch} - doc_ids
    synced.upserted += rows.num_rows
    synced.deleted += sum(len(change.gone) for change in whole)
    removed = [address for change in whole for address in (*change.gone, *change.replaced)]
    return table.replace(removed, rows)
