"""The rows of the index, read and replaced through Lance, the format below LanceDB.

Only `SearchIndex` imports LanceDB, and only to write: that takes an extra second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doclake.errors import IndexStateError
from doclake.errors.foreign import in_words
from doclake.index import tuning
from doclake.lake.scope import Scope

if TYPE_CHECKING:
    import lance

ADDRESS = "_rowaddr"  # Lance's own name: fragment << 32 | row of the fragment
ROW_ID = "_rowid"
_OF_LANCE = (OSError, RuntimeError, ValueError, LookupError, TypeError)  # it has no type of its own


@contextmanager
def readable(url: str) -> Iterator[None]:
    """Turn what Lance and a damaged state raise into one error with a mend."""
    try:
        yield
    except _OF_LANCE as error:
        raise IndexStateError(
            f"The search index {url} cannot be read: {in_words(error)}.",
            mend="Run `doclake index rebuild`: it makes the index anew from the lake.",
        ) from error


@contextmanager
def writable(url: str) -> Iterator[None]:
    try:
        yield
    except _OF_LANCE as error:
        raise IndexStateError(
            f"The search index {url} cannot be written: {in_words(error)}.",
            mend="Check free space and permissions of the lake, then run again.",
        ) from error


class IndexRows:
    """One version of a table of the index. Whatever happens to the index, its rows stay the same
    for at least `state.KEEP`. Every method raises `IndexStateError`."""

    def __init__(self, dataset: lance.LanceDataset) -> None:
        self._dataset = dataset
        self.url = str(dataset.uri)

    def to_table(self, **query: Any) -> pa.Table:
        """What a query of Lance gives: `columns`, `filter`, `nearest` ..."""
        with readable(self.url):
            found: pa.Table = self._dataset.to_table(**query)
            return found

    def of(
        self, scope: Scope, columns: Sequence[str] | None = None, *, addresses: bool = False
    ) -> pa.Table:
        """Columns of the rows of a scope; with `addresses`, also the `ADDRESS` of each row."""
        wanted = None if columns is None else list(columns)
        where = scope.sql() or None
        return self.to_table(columns=wanted, filter=where, with_row_address=addresses)

    @property
    def columns(self) -> list[str]:
        """Names of its columns. A table of an older Doclake has fewer."""
        return list(self._dataset.schema.names)

    def by_vector(
        self, vector: np.ndarray, k: int, where: str | None, columns: Sequence[str]
    ) -> pa.Table:
        """The `k` rows nearest to a unit vector among those that pass a filter, as `tuning` has
        them found, with their `ROW_ID` and cosine distance in `_distance`."""
        with readable(self.url):
            nearest = tuning.nearest(self._dataset, vector, k, where)
        return self.to_table(
            columns=[*columns, "_distance"],
            nearest=nearest,
            filter=where,
            prefilter=True,
            with_row_id=True,
        )

    def by_text(self, terms: Sequence[str], k: int, where: str, columns: Sequence[str]) -> pa.Table:
        """The `k` rows best by BM25 among those that pass, with their `ROW_ID` and `_score`."""
        from lance.query import MatchQuery

        return self.to_table(
            columns=[*columns, "_score"],
            full_text_query=MatchQuery(" ".join(terms), "terms"),
            limit=k,
            filter=where,
            prefilter=True,
            with_row_id=True,
        )

    def at(self, row_ids: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
        """Columns of the rows with these ids, in their order."""
        if not row_ids:
            return []
        listed = ", ".join(map(str, row_ids))
        rows = self.to_table(
            columns=list(columns), filter=f"{ROW_ID} IN ({listed})", with_row_id=True
        ).to_pylist()
        found = {row[ROW_ID]: row for row in rows}
        return [found[row_id] for row_id in row_ids]

    def column(self, row_ids: Sequence[int], name: str) -> list[Any] | None:
        """One of the rows with these ids, in their order; None if the table has no such one."""
        if name not in self.columns:
            return None
        return [row[name] for row in self.at(row_ids, [name])]

    def count(self, where: str | None = None) -> int:
        """Of all rows, or of those that pass a filter."""
        with readable(self.url):
            return int(self._dataset.count_rows(where))

    def stored_bytes(self) -> int:
        """Of the files with its rows; an index of vectors or words over them is not counted."""
        with readable(self.url):
            fragments = self._dataset.get_fragments()
            files = [file for fragment in fragments for file in fragment.data_files()]
            return sum(file.file_size_bytes or 0 for file in files)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Columns of all rows, a part of them at a time."""
        with readable(self.url):
            yield from self._dataset.to_batches(columns=list(columns))

    def sample(self, size: int, columns: Sequence[str]) -> pa.Table:
        """Columns of so many rows, or of all: the same ones each time for one number of rows."""
        held = self.count()
        chosen = np.random.default_rng(held).choice(held, min(size, held), replace=False)
        with readable(self.url):
            taken: pa.Table = self._dataset.take(np.sort(chosen).tolist(), columns=list(columns))
            return taken

    def optimize(self, keep: timedelta) -> None:
        """Merge small files, index what is not indexed yet, forget versions older than `keep`."""
        with writable(self.url):
            tuning.refresh(self._dataset)
            self._dataset.cleanup_old_versions(older_than=keep)

    def merge_little(self) -> None:
        """Merge the files of the last commits; indices stay as they are."""
        with writable(self.url):
            tuning.merge_little(self._dataset)

    def replace(self, removed: Sequence[int], rows: pa.Table) -> IndexRows:
        """The next version: without the rows at these addresses, and with others.

        It is one commit, so a reader never sees the one without the other. Lance's `merge_insert`
        can delete and insert in one commit too, but it reads the whole table for that. Addresses
        stay valid until the table is compacted.
        """
        from lance import LanceDataset, LanceOperation
        from lance.commit import CommitConflictError
        from lance.fragment import write_fragments

        if not removed and not rows.num_rows:
            return self
        before = self._dataset
        with writable(self.url):
            changed, emptied = self._without(removed)
            added = write_fragments(rows, before) if rows.num_rows else []
            change = LanceOperation.Update(
                removed_fragment_ids=emptied, updated_fragments=changed, new_fragments=added
            )
            try:
                after = LanceDataset.commit(before, change, read_version=before.version)
            except CommitConflictError:
                after = None
        if after is None or after.version != before.version + 1:
            raise IndexStateError(
                f"Two processes wrote the search index {self.url} at the same time.",
                mend="Let only one run at a time write it, then run again.",
            )
        return IndexRows(after)

    def _without(self, removed: Sequence[int]) -> tuple[list[Any], list[int]]:
        """Fragments that have lost rows, and the ids of those that have lost all."""
        addresses = np.sort(np.asarray(removed, np.uint64))
        changed, emptied = [], []
        for fragment_id in np.unique(addresses >> np.uint64(32)).tolist():
            own = addresses[addresses >> np.uint64(32) == fragment_id]
            listed = ", ".join(map(str, own.tolist()))
            left = self._dataset.get_fragment(fragment_id).delete(f"{ADDRESS} IN ({listed})")
            changed.append(left) if left is not None else emptied.append(fragment_id)
        return changed, emptied
