"""The search index: a LanceDB view of the chunks that have a vector. Delta is the truth.

Each embedding model has a table; the state names the one that searches use, so a new model's table
is built beside the old one and takes over in one step. The watermarks in the state say up to which
commit of `chunks` and `embeddings` the table follows the lake. They are written last, and bringing
a partition up to date twice changes nothing.

A table that is replaced stays for as long as a search may still read it; a later run drops it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa

from doclake import lean_imports
from doclake.errors import IndexStateError
from doclake.index.rows import IndexRows, readable, writable
from doclake.index.state import FOLLOWED, KEEP, IndexState
from doclake.lake import leases
from doclake.lake.lake import Lake
from doclake.lake.leases import Lease
from doclake.lake.scope import EVERYTHING, Scope
from doclake.lake.slices import partitions_of
from doclake.lake.watermark import Watermark
from doclake.settings import EmbeddingSettings
from doclake.tables.search_index import search_index_schema

if TYPE_CHECKING:
    import lance
    import lancedb

_CACHE = 1 << 30  # bytes: the vector index of five million rows of 384 floats
_METADATA = 128 << 20


class SearchIndex:
    """The index of one lake. Cheap to make; opened by the first call that needs it. One that is
    set `aside` is as if it had never been made: for who looks at a lake whose index is damaged.

    `prefix` begins the names of its tables, `schema` gives their columns for vectors of so many
    floats, and `followed` are the tables of the lake that it is a view of.
    """

    folder = "index"
    prefix = "chunks_"
    followed: Sequence[str] = FOLLOWED
    schema = staticmethod(search_index_schema)

    def __init__(self, lake: Lake, *, aside: bool = False) -> None:
        self.lake = lake
        self._aside = aside
        self.url = f"{lake.url}/{self.folder}"
        self._db: lancedb.DBConnection | None = None
        self._lease: Lease | None = None

    @property
    def db(self) -> lancedb.DBConnection:
        if self._db is None:
            _silence()
            import lancedb

            self._db = lancedb.connect(self.url)
        return self._db

    @cached_property
    def _session(self) -> lance.Session:
        """What was read of the indices, kept in memory from one search to the next."""
        return _new_session()

    def _names(self) -> list[str]:
        if "://" not in self.url:
            return [folder.stem for folder in Path(self.url).glob("*.lance")]
        return list(self.db.list_tables().tables)

    def _dataset(self, name: str, *, afresh: bool = False) -> lance.LanceDataset | None:
        """A table as it is now; None if there is none. Raises `IndexStateError`."""
        lance = _lance()
        # The name of a table of chunks is never given again; what is kept of the state would be
        # that of another index once this one was deleted and made anew.
        session = _new_session() if afresh else None if name == "state" else self._session
        with readable(self.url):
            try:
                return lance.dataset(f"{self.url}/{name}.lance", session=session)
            except ValueError as error:  # Lance has no type for it
                if "was not found" in str(error):
                    return None
                raise

    def current(self) -> tuple[IndexState, IndexRows] | None:
        """What searches use now; None if there is no index: never made, or its table was deleted.

        Raises `IndexStateError`. Another process may put a table in the place of this one between
        the two reads, so what fails is read once more.
        """
        try:
            return self._current() or self._current()
        except IndexStateError:
            return self._current()

    def _current(self) -> tuple[IndexState, IndexRows] | None:
        stored = None if self._aside else self._dataset("state")
        if stored is None:
            return None
        with readable(self.url):
            state = IndexState.from_json(stored.to_table()["state"][0].as_py())
        dataset = self._dataset(state.table)
        return None if dataset is None else (state, IndexRows(dataset))

    def state(self) -> IndexState | None:
        """The state of what `current` gives."""
        current = self.current()
        return None if current is None else current[0]

    def require(self) -> tuple[IndexState, IndexRows]:
        """What searches use now; raises `IndexStateError` when there is no index yet."""
        current = self.current()
        if current is None:
            raise IndexStateError(
                "There is no search index yet.", mend="Run `doclake ingest` first."
            )
        return current

    def table(self, state: IndexState) -> IndexRows:
        """The rows of a state's table as they are now. Raises `IndexStateError`."""
        dataset = self._dataset(state.table)
        if dataset is None:
            raise IndexStateError(
                f"The table {state.table} of the search index has been replaced meanwhile.",
                mend="Try again.",
            )
        self._must_be_writer()
        return IndexRows(dataset)

    def unread(self, state: IndexState) -> lance.LanceDataset | None:
        """A state's table as Lance knows it, with nothing of it in memory. Raises
        `IndexStateError`."""
        return self._dataset(state.table, afresh=True)

    def rows(self, state: IndexState, scope: Scope, columns: Sequence[str]) -> pa.Table:
        """Columns of the rows of some partitions."""
        return self.table(state).of(scope, columns)

    def tables(self) -> Iterator[tuple[str, lance.LanceDataset]]:
        """Every table of chunks by its name, whatever the state knows of it, for who writes."""
        self._must_be_writer()
        for name in sorted(self._names()):
            table = self._dataset(name) if name.startswith(self.prefix) else None
            if table is not None:
                yield name, table

    def partitions(self, state: IndexState) -> set[tuple[str, str]]:
        return partitions_of(self.rows(state, EVERYTHING, ["source", "bucket"]))

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Be the only writer, in a folder among the processes of this machine, in S3 among all.
        Elsewhere a Dagster pool of one slot does the same. Read the state inside: another writer
        may replace it."""
        with ExitStack() as locks:
            if leases.in_use(self.url):
                held = leases.hold(self.lake.url, self.folder, ["writer"], self._take_over)
                self._lease = locks.enter_context(held)
                locks.callback(setattr, self, "_lease", None)
            elif "://" not in self.url:
                from filelock import FileLock

                with writable(self.url):
                    Path(self.url).mkdir(parents=True, exist_ok=True)
                    locks.enter_context(FileLock(f"{self.url}.lock"))
            yield

    def _take_over(self, _: Lease) -> None:
        """Keep the writer before, which may only have stood still, from what it began: Lance
        refuses a commit to a table that was restored after it was opened."""
        with writable(self.url):
            for name in self._names():
                if (dataset := self._dataset(name)) is not None:
                    dataset.restore()

    def _must_be_writer(self) -> None:
        """Raises `LeaseLost` if this process was the writer and another is by now."""
        if self._lease is not None:
            self._lease.check()

    def save(self, state: IndexState) -> None:
        """Replace the state in one step."""
        self._must_be_writer()
        rows = pa.table({"state": [state.as_json()]})
        with writable(self.url):
            # Not by LanceDB, which takes a second to import.
            saved = _lance().write_dataset(rows, f"{self.url}/state.lance", mode="overwrite")
            saved.cleanup_old_versions(older_than=KEEP)

    def create(
        self,
        model: str,
        embedding: EmbeddingSettings,
        dimension: int,
        recipes: Mapping[str, str],
    ) -> IndexState:
        """An empty table for a model and chunks of these recipes. It follows no commit, and
        searches do not use it yet."""
        # A name of its own: the table that searches use stands until the new one is complete.
        name = f"{self.prefix}{_readable(embedding.model)}_{uuid4().hex[:8]}"
        with writable(self.url):
            self.db.create_table(name, schema=self.schema(dimension))
        nothing = {followed: Watermark() for followed in self.followed}
        settings = embedding.model_dump(mode="json", exclude={"device", "dtype", "batch_tokens"})
        return IndexState(name, model, dimension, settings, nothing, dict(recipes))

    def open(self, state: IndexState) -> lancedb.table.Table:
        """The table as LanceDB knows it."""
        with writable(self.url):
            return self.db.open_table(state.table)

    def drop_unused(self, state: IndexState) -> None:
        """Drop the tables that the state does not know: they retired long ago, or are what a build
        that died has left."""
        self._must_be_writer()
        with writable(self.url):
            for name in self._names():
                if name.startswith(self.prefix) and name not in state.tables:
                    self.db.drop_table(name)

    def optimize(self, state: IndexState) -> None:
        """Merge small files, index what is not indexed yet, forget old versions."""
        self.table(state).optimize(KEEP)


def _new_session() -> lance.Session:
    import lance

    return lance.Session(index_cache_size_bytes=_CACHE, metadata_cache_size_bytes=_METADATA)


def _readable(model: str) -> str:
    """The name of a model, without its owner or folder, as a part of a name in SQL."""
    return re.sub(r"[^a-z0-9]+", "_", Path(model).name.lower()).strip("_")[:40]


def _lance() -> Any:
    """The library, without pandas: pyarrow's datasets would import it (0.4 s) only because it is
    installed. Whoever needs pandas later still gets it."""
    _silence()
    with lean_imports.without("pandas"):
        import lance
    return lance


def _silence() -> None:
    """Both libraries warn of every table they create. They read the variables once."""
    for variable in ("LANCE_LOG", "LANCEDB_LOG"):
        os.environ.setdefault(variable, "error")
