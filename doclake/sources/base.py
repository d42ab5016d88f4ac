"""The base of every kind of source: a listing in Arrow batches, and bytes by path."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from time import monotonic
from typing import BinaryIO, NamedTuple

import pyarrow as pa

from doclake import clock, ids
from doclake.access import EVERYONE, Readers, narrowed
from doclake.errors import ListingIncomplete, SettingsError
from doclake.errors.foreign import in_words
from doclake.settings import SourceSettings
from doclake.sources.selection import Selection
from doclake.sources.sidecars import Sidecars, governed
from doclake.tables.listing import LISTING
from doclake.tables.rows import strings

BATCH_ROWS = 10_000
FAILURES_KEPT = 20
SETTLED_SECONDS = 5
_SAID = ("access", "denied", "unsure")
_LIST = pa.list_(pa.string())
NOT_THERE = ("junk", "hidden", "deleted meanwhile")
"""Why a name is left out that is no file of the source at all."""
ANSWER_SECONDS = 30.0
"""How long a place may take for one answer before it counts as out of reach."""


class Entry(NamedTuple):
    """One file of a listing; `mtime` is in microseconds since 1970, UTC.

    A place that knows who may read it names them in `access` and `denied`; None says nothing, and
    `everyone` means all whom the source allows.
    """

    path: str
    size: int
    mtime: int | None
    etag: str | None
    access: Sequence[str] | None = None
    denied: Sequence[str] | None = None


class Source(ABC):
    """One configured source. After a listing, `left_out` counts the files left out, by reason, and
    `unclear` names the first `unclear_count` of what should say who may read documents and does
    not."""

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
        self.unclear: list[str] = []
        self.unclear_count = 0
        self._broken: Exception | None = None
        self._unlisted: list[str] = []
        self.access_from = frozenset(source.access_from)
        self._sidecars: Sidecars | None = None
        self.selection = Selection(source.include, source.exclude, source.hidden)

    def list(self, only_buckets: set[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Batches of `LISTING`, in any order; memory holds one batch, or all of them where sidecars
        count: what says who may read a file may be listed after it.

        Raises `ListingIncomplete`, after the last batch, if a part of the source could not be
        listed: a document that is absent from such a listing may not be deleted.
        """
        batches = self._batches(only_buckets)
        if "sidecar" in self.access_from:
            batches = iter([*batches])
        if self._sidecars is not None:
            self._sidecars.read(self.open)
        for batch in batches:
            yield self._with_readers(batch)
        if self._sidecars is not None and only_buckets is None and not self.failures:
            self._sidecars.tell_unused(self._leaves_out)
        if self.failures:
            raise self._incomplete() from self._broken

    def _batches(self, only_buckets: set[str] | None) -> Iterator[pa.RecordBatch]:
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

    def _with_readers(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with all that is said of who may read each file: every one only narrows."""
        unsaid = [batch.column(name).null_count == len(batch) for name in _SAID[:2]]
        if all(unsaid) and not self.access_from:
            return batch
        paths = strings(batch.column("path"))
        said: Iterable[Readers | None] = map(narrowed, _listed(batch), self._tagged(paths))
        if self._sidecars is None:
            return _with(batch, list(said), [False] * len(paths))
        unsure = [path.startswith(tuple(self._unlisted)) for path in paths]
        return _with(batch, list(map(narrowed, said, map(self._sidecars.readers, paths))), unsure)

    def _tagged(self, paths: Sequence[str]) -> Iterable[Readers | None]:
        """What the place of each file says of it that no listing tells."""
        return repeat(None, len(paths))

    def _leaves_out(self, path: str) -> bool:
        names = path.split("/")
        return any(map(self.selection.hides, names)) or bool(self.selection.leaves_out(path))

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
        self.unclear, self.unclear_count, self._unlisted = [], 0, []
        if "sidecar" in self.access_from:
            self._sidecars = Sidecars(f"{self.name} {self.url}", self._is_unclear)
        try:
            for entry in self._entries():
                if self._sidecars is not None and self._sidecars.take(entry.path, _version(entry)):
                    continue
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

    def _leave_out(self, path: str, reason: str) -> None:
        self.left_out[reason] += 1
        if self._sidecars is not None and reason not in NOT_THERE:
            self._sidecars.take(path, refused=reason)

    def _refuse_folder(self, path: str) -> None:
        """A folder of the name of a sidecar must not pass for no sidecar."""
        if self._sidecars is not None:
            self._sidecars.take(path, refused="a folder")

    def _hides(self, name: str) -> str | None:
        """Why a file of this name is left out. A sidecar may be hidden."""
        reason = self.selection.hides(name)
        is_read = reason == "hidden" and self._sidecars is not None and governed(name) is not None
        return None if is_read else reason

    def _is_unclear(self, told: str) -> None:
        self.unclear_count += 1
        if len(self.unclear) < FAILURES_KEPT:
            self.unclear.append(told)

    def _failed(self, where: str, error: Exception | str, below: str = "") -> None:
        """A part could not be listed: all whose path begins with `below`."""
        self._unlisted.append(below)
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
    columns = [*zip(*rows, strict=True), [None] * len(rows)]  # no listing is unsure of itself
    arrays = [pa.array(column, field.type) for column, field in zip(columns, LISTING, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=LISTING)


def _listed(batch: pa.RecordBatch) -> Iterator[Readers | None]:
    """What the listing itself says of each file."""
    columns = (batch.column(name).to_pylist() for name in ("access", "denied"))
    for access, denied in zip(*columns, strict=True):
        is_silent = access is None and denied is None
        yield None if is_silent else Readers.of([EVERYONE] if access is None else access, denied)


def _with(
    batch: pa.RecordBatch, said: Sequence[Readers | None], unsure: Sequence[bool]
) -> pa.RecordBatch:
    """The batch with these readers. `everyone` of a place says no more than nothing at all."""
    access = [None if r is None or EVERYONE in r.allow else sorted(r.allow) for r in said]
    denied = [sorted(r.deny) if r is not None and r.deny else None for r in said]
    kept = [batch.column(name) for name in LISTING.names if name not in _SAID]
    made = [pa.array(access, _LIST), pa.array(denied, _LIST), pa.array(unsure, pa.bool_())]
    return pa.RecordBatch.from_arrays([*kept, *made], schema=LISTING)


def _version(entry: Entry) -> str:
    """Of the bytes of a file; empty where the listing cannot tell one from another, as while it is
    new: another edit within one tick of the clock would look the same."""
    is_new = (entry.mtime or 0) / 1e6 > clock.now().timestamp() - SETTLED_SECONDS
    return f"{entry.size}-{entry.mtime}-{entry.etag}" if entry.etag and not is_new else ""
