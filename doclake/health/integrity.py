"""Whether stored rows still are what was written: figures, digests, access lists and vectors.

The balance counts rows; this compares their content. The ledger must agree with the counts, a chunk
must match its own digest and carry the access list of its document, an index row must agree with
its chunk and its vector. Only the model could check that a vector of the lake is that of its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

import pyarrow as pa

from doclake.access import Readers, keys
from doclake.chunk.rows import row_hash
from doclake.display import number_of
from doclake.health import let_through
from doclake.health.fault import Fault
from doclake.index.index import SearchIndex
from doclake.index.recut import recut
from doclake.index.state import IndexState
from doclake.index.vectors import of_texts, others
from doclake.lake import ledger
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.tables.chunks import CHUNKS, ChunkRow
from doclake.tables.rows import strings
from doclake.tables.search_index import BESIDE, DIGESTED, PLACE


def faults(project: Project, source: str | None = None) -> dict[str, list[Fault]]:
    """What is altered in the ledger, the chunks and the index rows of each source, or of one."""
    lake, index = project.lake, project.index
    state = index.state()
    by_source: dict[str, list[Fault]] = {}
    partitions = lake.count_by("ledger", ["source", "bucket"], Scope(source))
    for name, bucket in sorted(partitions):
        scope = Scope(name, [bucket])
        columns = [*DIGESTED, *BESIDE, *PLACE, "recipe", "row_hash"]
        rows = CHUNKS.rows(lake.read("chunks", scope, columns))
        partition = [*_chunks(lake, scope, rows), *let_through.faults(project, name, bucket)]
        if state is not None:
            vectors = of_texts(lake, state, scope)
            embedded = set(strings(vectors["text_hash"]))
            as_before = recut(state, index.table(state), scope, rows)
            waiting = {row["doc_id"] for row in rows if row["text_hash"] not in embedded}
            partition += _index_rows(index, state, scope, rows, waiting | as_before, vectors)
            partition += _ledger(lake, state, scope, rows, embedded, as_before)
        by_source.setdefault(name, []).extend(
            Fault(f"{name}/{bucket}: {fault.message}", fault.in_index, fault.root_ids)
            for fault in partition
        )
    return by_source


def _ledger(
    lake: Lake,
    state: IndexState,
    scope: Scope,
    chunks: list[ChunkRow],
    embedded: Set[str],
    as_before: Set[str],
) -> Iterator[Fault]:
    """Wrong figures of documents that every stage has done under the model of the index.

    A chunk with a vector counts as indexed here, but for documents that were only cut anew; the
    balance checks that it is.
    """
    vectors = Counter(row["doc_id"] for row in chunks if row["text_hash"] in embedded)
    refused = lake.count_by("quarantine", ["doc_id"], _of_chunks(scope), value="key")
    elements = lake.count_by("elements", ["doc_id"], scope)
    rows = ledger.read(lake, scope)
    parents = {row["parent_id"] for row in rows}
    for row in rows:
        doc_id, name = row["doc_id"], row["path"]
        if row["status"] == ledger.FAILED and not row["error"]:
            yield Fault(f"{name}: failed without a reason", root_ids=(row["root_id"],))
        if row["status"] != ledger.OK:
            continue
        has_rows = elements.get((doc_id,)) or row["refused_elements"]
        if not has_rows and doc_id not in parents:
            yield Fault(f"{name}: sound, but without elements", root_ids=(row["root_id"],))
        counted = {
            "quarantined": refused.get((doc_id,), 0),
            "vectors": vectors[doc_id],
        }
        if doc_id not in as_before:
            counted["indexed"] = vectors[doc_id]
        done = row["model"] == state.model and row["indexed"] is not None
        recorded = {figure: row.get(figure) for figure in counted}
        if done and recorded != counted:
            message = f"{name}: the ledger says {recorded}, the rows are {counted}"
            yield Fault(message, root_ids=(row["root_id"],))


def _of_chunks(scope: Scope) -> Scope:
    return Scope(scope.source, scope.buckets, {"stage": ["chunks"]})


def _chunks(lake: Lake, scope: Scope, rows: list[ChunkRow]) -> Iterator[Fault]:
    altered = {row["root_id"] for row in rows if row_hash(row) != row["row_hash"]}
    if altered:
        message = (
            f"chunks of {number_of(len(altered), 'document')} have changed since they were written"
        )
        yield Fault(message, root_ids=tuple(sorted(altered)))
    listed = lake.read("documents", scope, ["doc_id", "access", "denied"]).to_pylist()
    readers = {one["doc_id"]: Readers.of(one["access"], one["denied"]) for one in listed}
    wrong = {
        row["root_id"]
        for row in rows
        if Readers.of(row["access"], row["denied"]) != readers.get(row["root_id"])
    }
    if wrong:
        message = (
            f"chunks of {number_of(len(wrong), 'document')} have other readers than their document"
        )
        yield Fault(message, root_ids=tuple(sorted(wrong)))


def _index_rows(
    index: SearchIndex,
    state: IndexState,
    scope: Scope,
    chunks: list[ChunkRow],
    keeping: Set[str],
    vectors: pa.Table,
) -> Iterator[Fault]:
    """Of a document that is `keeping` its rows only the access list is that of its chunks."""
    table = index.table(state)  # one of an older Doclake has fewer columns
    digested = [name for name in (*DIGESTED, *PLACE, "row_hash") if name in table.columns]
    indexed = table.of(scope, [*digested, "access_keys", "vector"])
    ours = [row for row in chunks if row["doc_id"] not in keeping]
    text_of = {row["chunk_id"]: row["text_hash"] for row in ours}
    beside = {row["chunk_id"]: {name: row.get(name) for name in BESIDE} for row in ours}
    access = {row["doc_id"]: set(keys(row["access"], row["denied"])) for row in chunks}
    altered = other_keys = 0
    for row in indexed.drop_columns(["vector"]).to_pylist():
        if row["doc_id"] in access:  # the balance reports an extra row
            other_keys += access[row["doc_id"]] != set(row["access_keys"] or ())
        if row["chunk_id"] in beside:
            altered += row_hash(row | beside[row["chunk_id"]]) != row["row_hash"]
    for number, what in (
        (altered, "differ from the chunks of the lake"),
        (other_keys, "are filtered by other principals than their documents name"),
        (len(others(indexed, text_of, vectors)), "have another vector than their text"),
    ):
        if number:
            yield Fault(f"{number} index rows {what}", in_index=True)
