"""The search index: a LanceDB view of the chunks that have a vector. Delta is the truth.

One table for each embedding model; the state names the one that searches use, so a new model's
table is built beside the old one and takes over in one step. The watermarks in the state say up to
which commit of `chunks` and `embeddings` the table follows the lake; they are written last, and
bringing a partition up to date twice changes nothing.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa

from doclake import fingerprints
from doclake.access import access_key
from doclake.errors import IndexStateError
from doclake.lake import Lake, Scope
from doclake.settings import EmbeddingSettings
from doclake.tables.chunks import CHUNKS
from doclake.tables.search_index import search_index_schema

if TYPE_CHECKING:
    import lancedb

FOLLOWED = ("chunks", "embeddings")
DELETE_BATCH = 500
UPSERT_BATCH = 10_000
ANN_ROWS = 50_000  # below this an exact scan is as fast and finds everything
KEEP_VERSIONS = timedelta(hours=1)  # searches that opened an older version may still read it


@dataclass(frozen=True)
class Watermark:
    """Up to which commit of which table the index follows."""

    table_id: str | None
    version: int


@dataclass(frozen=True)
class IndexState:
    """What the searches use. `embedding` are the settings that made its vectors."""

    table: str
    model: str
    dimension: int
    embedding: dict[str, Any]
    watermarks: dict[str, Watermark]

    @property
    def embedding_settings(self) -> EmbeddingSettings:
        return EmbeddingSettings(**self.embedding)


class SearchIndex:
    """The index of one lake. Cheap to make; opened by the first call that needs it."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.url = f"{lake.url}/index"
        self._db: lancedb.DBConnection | None = None

    @property
    def db(self) -> lancedb.DBConnection:
        if self._db is None:
            for variable in ("LANCE_LOG", "LANCEDB_LOG"):
                os.environ.setdefault(variable, "error")  # it warns of every table it creates
            import lancedb

            self._db = lancedb.connect(self.url)
        return self._db

    def _names(self) -> list[str]:
        return list(self.db.list_tables().tables)

    def state(self) -> IndexState | None:
        """None if there is no index: never made, or its table was deleted."""
        with self._readable():
            names = self._names()
            if "state" not in names:
                return None
            stored = self.db.open_table("state").to_arrow()["state"][0].as_py()
            row: dict[str, Any] = json.loads(stored)
            if row["table"] not in names:
                return None
            watermarks = {name: Watermark(**mark) for name, mark in row.pop("watermarks").items()}
            return IndexState(**row, watermarks=watermarks)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """What Lance and a damaged state raise, as one error with its mend."""
        try:
            yield
        except (OSError, RuntimeError, ValueError, LookupError, TypeError) as error:
            raise IndexStateError(
                f"The search index {self.url} cannot be read: {error}",
                mend="Run `doclake index rebuild`: it is made anew from the lake.",
            ) from error

    def save(self, state: IndexState) -> None:
        """Replace the state in one step."""
        rows = pa.table({"state": [json.dumps(asdict(state))]})
        self.db.create_table("state", rows, mode="overwrite")

    def open(self, state: IndexState) -> lancedb.table.Table:
        return self.db.open_table(state.table)

    def require(self) -> tuple[IndexState, lancedb.table.Table]:
        """State and table for a search; raises `IndexStateError` when there is no index yet."""
        state = self.state()
        if state is None:
            raise IndexStateError(
                "There is no search index yet.", mend="Run `doclake ingest` first."
            )
        with self._readable():
            return state, self.open(state)

    def create(self, embedding: EmbeddingSettings, dimension: int) -> IndexState:
        """An empty table for a model, not yet used by searches and following nothing."""
        model = fingerprints.model(embedding)
        # A name of its own: the table that searches use stands until the new one is complete.
        name = f"chunks_{model}_{uuid4().hex[:8]}"
        self.db.create_table(name, schema=search_index_schema(dimension))
        nothing = {followed: Watermark(None, -1) for followed in FOLLOWED}
        settings = embedding.model_dump(mode="json", exclude={"device", "dtype", "batch_tokens"})
        return IndexState(name, model, dimension, settings, nothing)

    def drop_others(self, state: IndexState) -> None:
        """Drop the tables that no search uses any more."""
        for name in self._names():
            if name.startswith("chunks_") and name != state.table:
                self.db.drop_table(name)

    def rows(self, state: IndexState, scope: Scope, columns: Sequence[str]) -> pa.Table:
        """Columns of the rows of some partitions."""
        with self._readable():
            dataset = self.open(state).to_lance()
            return dataset.to_table(columns=list(columns), filter=scope.sql() or None)

    def partitions(self, state: IndexState) -> set[tuple[str, str]]:
        table = self.rows(state, Scope(), ["source", "bucket"])
        pairs = table.group_by(["source", "bucket"]).aggregate([])
        return set(zip(pairs["source"].to_pylist(), pairs["bucket"].to_pylist(), strict=True))

    @contextmanager
    def writer(self) -> Iterator[None]:
        """The only writer, among the processes of this machine. Across machines a Dagster pool
        of one slot holds the same line."""
        try:
            with ExitStack() as held:
                if "://" not in self.url:
                    from filelock import FileLock

                    Path(self.url).mkdir(parents=True, exist_ok=True)
                    held.enter_context(FileLock(f"{self.url}.lock"))
                yield
        except (OSError, RuntimeError) as error:  # what Lance raises, too
            raise IndexStateError(
                f"The search index {self.url} cannot be written: {error}",
                mend="Check free space and permissions of the lake, then run again.",
            ) from error

    def optimize(self, state: IndexState) -> None:
        """Merge small files, index what is not indexed yet, forget old versions."""
        table = self.open(state)
        if table.count_rows() >= ANN_ROWS and not table.list_indices():
            from lancedb.index import IvfRq, LabelList

            table.create_index("vector", config=IvfRq(distance_type="cosine"))
            table.create_index("access_keys", config=LabelList())
        table.optimize(cleanup_older_than=KEEP_VERSIONS)


def watermarks(lake: Lake) -> dict[str, Watermark]:
    """Where the lake stands now. Taken before reading, so a later commit is never skipped."""
    return {
        name: Watermark(lake.table_id(name), -1 if version is None else version)
        for name in FOLLOWED
        for version in [lake.version(name)]
    }


@dataclass
class PartitionSync:
    """What bringing partitions up to date changed; the chunks without a vector and those that
    are indexed now, by document."""

    upserted: int
    deleted: int
    unembedded: Mapping[str, int]
    indexed: Mapping[str, int]


def sync_partitions(
    index: SearchIndex, state: IndexState, scope: Scope, *, switching: bool = False
) -> PartitionSync:
    """Make the index rows of the partitions of `scope` equal to their chunks that have a vector.

    While `switching` to another model, whose tokenizer may cut other chunks, a document whose new
    chunks the old model never saw keeps its old rows, so that searches lose nothing meanwhile.
    """
    lake = index.lake
    columns = ["chunk_id", "doc_id", "row_hash", "bucket", "text_hash", "access"]
    chunks = lake.read("chunks", scope, columns).to_pylist()
    modelled = Scope(scope.source, scope.buckets, {"model": [state.model]})
    vectors = lake.read("embeddings", modelled, ["bucket", "text_hash"]).to_pydict()
    embedded = set(zip(vectors["bucket"], vectors["text_hash"], strict=True))
    wanted = {
        row["chunk_id"]: row for row in chunks if (row["bucket"], row["text_hash"]) in embedded
    }
    have = index.rows(state, scope, ["chunk_id", "row_hash"]).to_pydict()
    held = dict(zip(have["chunk_id"], have["row_hash"], strict=True))
    table = index.open(state)
    extra = sorted(held.keys() - wanted.keys())
    if switching and extra:
        waiting = [row for row in chunks if row["chunk_id"] not in wanted]
        kept = _rows_of(index, state, scope, waiting)
        extra = [key for key in extra if key not in kept]
    for start in range(0, len(extra), DELETE_BATCH):
        table.delete(Scope(where={"chunk_id": extra[start : start + DELETE_BATCH]}).sql())
    differing = [key for key, row in wanted.items() if held.get(key) != row["row_hash"]]
    for start in range(0, len(differing), UPSERT_BATCH):
        rows = _rows(lake, state, scope, {k: wanted[k] for k in differing[start:][:UPSERT_BATCH]})
        table.merge_insert(
            "chunk_id"
        ).when_matched_update_all().when_not_matched_insert_all().execute(rows)
    indexed = Counter(index.rows(state, scope, ["doc_id"])["doc_id"].to_pylist())
    unembedded = Counter(row["doc_id"] for row in chunks if row["chunk_id"] not in wanted)
    return PartitionSync(len(differing), len(extra), unembedded, indexed)


def _rows_of(
    index: SearchIndex, state: IndexState, scope: Scope, chunks: list[dict[str, Any]]
) -> set[str]:
    """Index rows of the documents of these chunks, unless their access list has changed."""
    access = {row["doc_id"]: {access_key(p) for p in row["access"] or ()} for row in chunks}
    rows = index.rows(state, scope, ["chunk_id", "doc_id", "access_keys"]).to_pylist()
    return {row["chunk_id"] for row in rows if access.get(row["doc_id"]) == set(row["access_keys"])}


def _rows(
    lake: Lake, state: IndexState, scope: Scope, wanted: dict[str, dict[str, Any]]
) -> pa.Table:
    """Index rows of these chunks, each joined to its vector by the hash of its text."""
    schema = search_index_schema(state.dimension)
    copied = [name for name in schema.names if name in CHUNKS.names]
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
    flat = vectors["vector"].combine_chunks().take(order).flatten()
    keys = [[access_key(p) for p in access] for access in chunks["access"].to_pylist()]
    columns = {name: chunks[name] for name in copied} | {
        "access_keys": pa.array(keys, pa.list_(pa.string())),
        "vector": pa.FixedSizeListArray.from_arrays(flat, state.dimension),
    }
    return pa.table([columns[name] for name in schema.names], schema=schema)
