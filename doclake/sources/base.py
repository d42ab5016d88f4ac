"""The base of every kind of source: a listing in Arrow batches, and bytes by path."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import repeat
from pathlib import Path
from time import monotonic
from typing import BinaryIO, ClassVar

import pyarrow as pa

from doclake import clock, ids
from doclake.access import Readers, narrowed
from doclake.errors import (
    CredentialsRefused,
    DocumentUnreadable,
    ListingIncomplete,
    SettingsError,
    SourceError,
)
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.kind_options import SourceOptions
from doclake.settings.source_options import secret_variable
from doclake.sources.entries import Entry, batch_of, listed_readers, version_of, with_readers
from doclake.sources.message_memory import MessageMemory
from doclake.sources.page_memory import PageMemory
from doclake.sources.selection import Selection
from doclake.sources.sidecars import Sidecars, governed
from doclake.tables.rows import strings

BATCH_ROWS = 10_000
FAILURES_KEPT = 20
NOT_THERE = ("junk", "hidden", "deleted meanwhile")
"""Why a name is left out that is no file of the source at all."""
ANSWER_SECONDS = 30.0
"""How long a place may take for one answer before it counts as out of reach."""


class Source(ABC):
    """One configured source. After a listing, `left_out` counts the files left out, by reason, and
    `unclear` names the first `unclear_count` of what should say who may read documents and does
    not. `deleted` are paths of which the place itself says that they were deleted.
    Of a topic `figures` says how much was taken and waits, `offsets` which messages were, and
    `late_since` how far it has come, if some wait.

    A kind says how its place is listed and read; deletion, access, dry runs and the rest of the
    flow follow from that, and `conformance` holds what each must do. What decides the content of a
    document beside its bytes (columns of a query ...) belongs into the tag of its entry.
    """

    options: ClassVar[type[SourceOptions]] = SourceOptions
    """What `options` of its settings may say."""

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        """Reaches out to nothing."""
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
        self._mend = ""
        self._config_dir = settings.config_dir
        self._unlisted: list[str] = []
        self.access_from = frozenset(source.access_from)
        self._sidecars: Sidecars | None = None
        self.pages: PageMemory | None = None
        self.messages: MessageMemory | None = None
        self.deleted: frozenset[str] = frozenset()
        self.figures: dict[str, int] = {}
        self.offsets = ""
        self.late_since: datetime | None = None
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
                yield batch_of(rows)
                rows = []
        if rows:
            yield batch_of(rows)

    def _with_readers(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with all that is said of who may read each file: every one only narrows."""
        unsaid = [batch.column(name).null_count == len(batch) for name in ("access", "denied")]
        if all(unsaid) and not self.access_from:
            return batch
        paths = strings(batch.column("path"))
        said: Iterable[Readers | None] = map(narrowed, listed_readers(batch), self._tagged(paths))
        if self._sidecars is None:
            return with_readers(batch, list(said), [False] * len(paths))
        unsure = [path.startswith(tuple(self._unlisted)) for path in paths]
        return with_readers(
            batch, list(map(narrowed, said, map(self._sidecars.readers, paths))), unsure
        )

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
        """Raises `ListingIncomplete` if the source lists no document, as when its place is out of
        reach."""
        number, _ = self.count(0)
        if not number:
            self._empty()
        if self.failures:
            raise self._incomplete()

    def _documents(self) -> Iterator[Entry]:
        """What the globs take. `failures` then names each part that could not be listed."""
        self.left_out, self.failures, self.failed, self._broken = Counter(), [], 0, None
        self._mend = ""
        self.unclear, self.unclear_count, self._unlisted = [], 0, []
        if "sidecar" in self.access_from:
            self._sidecars = Sidecars(f"{self.name} {self.url}", self._is_unclear)
        try:
            for entry in self._entries():
                if self._sidecars is not None and self._sidecars.take(
                    entry.path, version_of(entry)
                ):
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

    def secret(self, what: str, *, required: bool = True) -> str:
        """The value of `DOCLAKE_SOURCE_<NAME>_<WHAT>`, such as a `password`. Raises
        `CredentialsRefused` where it is required and not set."""
        variable = secret_variable(self.name, what)
        value = os.environ.get(variable, "")
        if required and not value:
            raise self.credentials_refused(f"{variable} is not set", what)
        return value

    def credentials_refused(self, why: str, *secrets: str) -> CredentialsRefused:
        """The error of a place that does not know us, which names the variables to correct."""
        variables = [secret_variable(self.name, secret) for secret in secrets]
        return CredentialsRefused(
            f"{self.url} lets source {self.name} read nothing: {why}.",
            mend=f"Set {' and '.join(variables)} in the environment of Doclake, and see that this "
            "user may read there.",
            source=self.name,
            variables=variables,
        )

    @abstractmethod
    def _entries(self) -> Iterator[Entry]:
        """Every file that is not hidden. Calls `self._failed(...)` for a part it cannot list."""

    @abstractmethod
    def open(self, path: str) -> BinaryIO:
        """The bytes of one document as a stream, to be closed; raises `DocumentUnreadable`.

        Reading from it may raise whatever the library of the source raises.
        """

    def local_file(self, path: str) -> Path | None:  # noqa: ARG002 (of kinds that have files)
        """The document's file on this machine, or None; raises `DocumentUnreadable`."""
        return None

    def _unreadable(self, path: str, why: str) -> DocumentUnreadable:
        return DocumentUnreadable(
            f"{path} of source {self.name} cannot be read: {why.rstrip('.')}.",
            source=self.name,
            path=path,
        )

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
        if isinstance(error, SourceError):
            self._mend, error = error.mend, error.message.rstrip(".")
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
            mend="Nothing is deleted until a listing is complete: "
            f"{self._mend or f'mend what is named here, or correct sources.{self.name}.'}",
            source=self.name,
            url=self.url,
            failures=self.failures,
            failed=self.failed,
        )
