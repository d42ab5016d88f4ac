"""The search index: a LanceDB view of the chunks that have a vector. Delta is the truth.

Each embedding model has a table; the state names the one that searches use, so a new model's table
is built beside the old one and takes over in one step. The watermarks in the state say up to which
commit of `chunks` and `embeddings` the table follows the lake. They are written last, and bringing
a partition up to date twice changes nothing.

Rows are read through Lance, the format below LanceDB: only a writer waits the extra second that
importing LanceDB takes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa

from doclake import fingerprints
from doclake.errors import IndexStateError
from doclake.index.state import FOLLOWED, IndexState, Watermark
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.slices import partitions_of
from doclake.settings import EmbeddingSettings
from doclake.tables.search_index import search_index_schema

if TYPE_CHECKING:
    import lance
    import lancedb

ANN_ROWS = 50_000  # below this an exact scan is as fast and finds everything
KEEP_VERSIONS = timedelta(hours=1)  # searches that opened an older version may still read it


class SearchIndex:
    """The index of one lake. Cheap to make; opened by the first call that needs it."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.url = f"{lake.url}/index"
        self._db: lancedb.DBConnection | None = None

    @property
    def db(self) -> lancedb.DBConnection:
        if self._db is None:
            _silence()
            import lancedb

            self._db = lancedb.connect(self.url)
        return self._db

    def _names(self) -> list[str]:
        if "://" not in self.url:
            return [folder.stem for folder in Path(self.url).glob("*.lance")]
        return list(self.db.list_tables().tables)

    def _dataset(self, name: str) -> lance.LanceDataset | None:
        """A table to read from; None if there is none."""
        _silence()
        import lance

        try:
            return lance.dataset(f"{self.url}/{name}.lance")
        except ValueError as error:  # Lance has no type for it
            if "was not found" in str(error):
                return None
            raise

    def state(self) -> IndexState | None:
        """None if there is no index: never made, or its table was deleted."""
        with self._readable():
            stored = self._dataset("state")
            if stored is None:
                return None
            row: dict[str, Any] = json.loads(stored.to_table()["state"][0].as_py())
            if self._dataset(row["table"]) is None:
                return None
            watermarks = {name: Watermark(**mark) for name, mark in row.pop("watermarks").items()}
            return IndexState(**row, watermarks=watermarks)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what Lance and a damaged state raise into one error with a mend."""
        try:
            yield
        except (OSError, RuntimeError, ValueError, LookupError, TypeError) as error:
            raise IndexStateError(
                f"The search index {self.url} cannot be read: {error}",
                mend="Run `doclake index rebuild`: it makes the index anew from the lake.",
            ) from error

    def save(self, state: IndexState) -> None:
        """Replace the state in one step."""
        rows = pa.table({"state": [json.dumps(asdict(state))]})
        self.db.create_table("state", rows, mode="overwrite")

    def open(self, state: IndexState) -> lancedb.table.Table:
        """The table to write to."""
        return self.db.open_table(state.table)

    def require(self) -> tuple[IndexState, lance.LanceDataset]:
        """State and rows for a search; raises `IndexStateError` when there is no index yet."""
        state = self.state()
        if state is None:
            raise IndexStateError(
                "There is no search index yet.", mend="Run `doclake ingest` first."
            )
        return state, self.dataset(state)

    def dataset(self, state: IndexState) -> lance.LanceDataset:
        """The rows that searches use, as they are now. Raises `IndexStateError`."""
        with self._readable():
            dataset = self._dataset(state.table)
            if dataset is None:
                raise LookupError(f"{state.table} is gone")
            return dataset

    def create(self, embedding: EmbeddingSettings, dimension: int) -> IndexState:
        """An empty table for a model. It follows no commit, and searches do not use it yet."""
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
            where = scope.sql() or None
            rows: pa.Table = self.dataset(state).to_table(columns=list(columns), filter=where)
            return rows

    def partitions(self, state: IndexState) -> set[tuple[str, str]]:
        return partitions_of(self.rows(state, Scope(), ["source", "bucket"]))

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Be the only writer among the processes of this machine. Across machines a Dagster pool
        of one slot does the same."""
        try:
            with ExitStack() as locks:
                if "://" not in self.url:
                    from filelock import FileLock

                    Path(self.url).mkdir(parents=True, exist_ok=True)
                    locks.enter_context(FileLock(f"{self.url}.lock"))
                yield
        except (OSError, RuntimeError) as error:  # Lance raises both
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


def _silence() -> None:
    """Both libraries warn of every table they create. They read the variables once."""
    for variable in ("LANCE_LOG", "LANCEDB_LOG"):
        os.environ.setdefault(variable, "error")
