"""The base of every kind of source: a listing in Arrow batches, and bytes by path."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import BinaryIO, NamedTuple

import pyarrow as pa

from doclake import clock, ids
from doclake.errors import ListingIncomplete, SettingsError
from doclake.errors.foreign import in_words
from doclake.settings import SourceSettings
from doclake.sources.selection import Selection
from doclake.tables.listing import LISTING

BATCH_ROWS = 10_000
FAILURES_KEPT = 20
ANSWER_SECONDS = 30.0
"""How long a place may take for one answer before it counts as out of reach."""


class Entry(NamedTuple):
    """One file of a listing; `mtime` is in microseconds since 1970, UTC."""

    path: str
    size: int
    mtime: int | None
    etag: str | None


class Source(ABC):
    """One configured source. After a listing, `left_out` counts the files left out, by reason."""

    def __init__(self, name: str, source: SourceSettings) -> None:
        self.name = name
        self.url = source.url
        self.buckets = source.buckets
        self.allow_empty = source.allow_empty
        self._verify_every = source.verify_every
        self.storage_options = source.storage_options
        self.left_out: Counter[str] = Counter()
        self.failures: list[str] = []
        self.failed = 0
        self._broken: Exception | None = None
        self.selection = Selection(source.include, source.exclude, source.hidden)

    def list(self, only_buckets: set[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Batches of `LISTING`, in any order; memory holds one batch.

        Raises `ListingIncomplete`, after the last batch, if a part of the source could not be
        listed: a document that is absent from such a listing may not be deleted.
        """
        rows: list[Entry] = []
        period = self._period()
        for entry in self._documents():
            if only_buckets is not None and self.bucket(entry.path) not in only_buckets:
                continue
            rows.append(entry._replace(etag=f"{entry.etag or ''}@{period}") if period else entry)
            if len(rows) == BATCH_ROWS:
                yield _batch(rows)
                rows = []
        if rows:
            yield _batch(rows)
        if self.failures:
            raise self._incomplete() from self._broken

    def _period(self) -> int | None:
        """Number of the period of `verify_every` that is running. As a part of every tag it makes
        all documents be read again when the next one begins."""
        if self._verify_every is None:
            return None
        return int(clock.now().timestamp() // self._verify_every.total_seconds())

    def count(self, seconds: float) -> tuple[int, bool]:
        """How many documents are listed within so many seconds, and whether these are all. Raises
        `ListingIncomplete` if a part could not be listed."""
        end = monotonic() + seconds
        number = 0
        for number, _ in enumerate(self._documents(), 1):
            if monotonic() >= end:
                return number, False
        if self.failures:
            raise self._incomplete() from self._broken
        return number, True

    def require(self) -> None:
        """Raises `ListingIncomplete` if the source lists nothing, as when its place is out of
        reach."""
        self.count(0)

    def _documents(self) -> Iterator[Entry]:
        """What the globs take. `failures` then names each part that could not be listed."""
        self.left_out, self.failures, self.failed, self._broken = Counter(), [], 0, None
        try:
            for entry in self._entries():
                reason = self.selection.leaves_out(entry.path)
                if reason:
                    self.left_out[reason] += 1
                else:
                    yield entry
        except SettingsError:
            raise
        except Exception as error:  # each backend has error types of its own
            self._broken = error
            self._failed(self.url, error)

    def bucket(self, path: str) -> str:
        """The partition of the document at `path`."""
        return ids.bucket(ids.doc_id(self.name, path), self.buckets)

    @abstractmethod
    def _entries(self) -> Iterator[Entry]:
        """Every file that is not hidden. Calls `self._failed(...)` for a part it cannot list."""

    @abstractmethod
    def open(self, path: str) -> BinaryIO:
        """The bytes of one document as a stream, to be closed; raises `DocumentUnreadable`.

        Reading from it may raise whatever the library of the source raises.
        """

    @abstractmethod
    def local_file(self, path: str) -> Path | None:
        """The document's file on this machine, or None; raises `DocumentUnreadable`."""

    def _failed(self, where: str, error: Exception | str) -> None:
        self.failed += 1
        if len(self.failures) < FAILURES_KEPT:
            what = error if isinstance(error, str) else in_words(error, where)
            self.failures.append(f"{where}: {what}")

    def _empty(self) -> None:
        """Count an empty source as a failure: far more often a mount is missing than a source is
        meant to be empty."""
        if not self.allow_empty:
            self._failed(
                self.url,
                "nothing there: not mounted, or a wrong prefix; if it is meant to be empty, set "
                "`allow_empty: true`",
            )

    def _incomplete(self) -> ListingIncomplete:
        more = f" (and {self.failed - 1} more)" if self.failed > 1 else ""
        return ListingIncomplete(
            f"Source {self.name}: the listing is incomplete. {self.failures[0]}{more}.",
            mend="Nothing is deleted until a listing is complete: mend what is named here, or "
            f"correct sources.{self.name}.",
            source=self.name,
            url=self.url,
            failures=self.failures,
            failed=self.failed,
        )


def _batch(rows: list[Entry]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, LISTING, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=LISTING)
