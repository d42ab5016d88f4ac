"""What the kinds of topics share: messages become rows that stand for the documents of their keys.

A listing first takes what is new in the topic, then lists the newest message of each key. So a
message is observed, extracted, guarded and erased as a file is. A message without a value, or an
event that deletes, deletes its document: the place says so itself, and no guard need doubt it.
"""

from __future__ import annotations

import io
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from time import monotonic
from typing import BinaryIO
from urllib.parse import urlsplit

from doclake import ids
from doclake.access import principal
from doclake.display import shown
from doclake.errors import DocumentRefused, MessagesLost, SettingsError, SourceError
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_options import options_of, scheme_of
from doclake.settings.stream_kinds import StreamOptions
from doclake.sources.base import Source
from doclake.sources.entries import Entry, microseconds, moment
from doclake.sources.message_memory import MessageMemory
from doclake.sources.path_names import to_name
from doclake.sources.row_documents import SUFFIXES, rendered
from doclake.sources.streams import events
from doclake.sources.streams.model import Message, Taken
from doclake.tables.messages import (
    DELETE,
    LONGEST_KEY,
    MESSAGES,
    PUT,
    REFUSED,
    RULES,
    Batch,
    MessageRow,
    OffsetOf,
)

BATCH_MESSAGES = 1_000
BATCH_BYTES = 16 << 20
"""What one commit holds at most, but for one message."""
AT_ONCE = 100


class StreamSource(Source):
    """A topic. The path of a message is its key, with an ending where a row becomes a document.
    With `accept_loss` it goes on where the topic begins now, whatever was there before."""

    options = StreamOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._stream = options_of(source, type(self).options)
        self._seconds = self._stream.timeout.total_seconds()
        self.taken = Taken()
        self.accept_loss = False
        # Rows are read anew when other columns become documents, or the same in another form.
        given = self._stream
        columns = [*given.text, given.title or "", *given.metadata]
        form = ids.digest("row", *columns, given.format)[:12]
        self._form = f" {form}" if given.messages == "change_events" else ""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[None]:
        """Inside, the topic is read up to where it ends now; outside, nothing is asked of it."""

    @abstractmethod
    def _read(self, offset_of: OffsetOf) -> Batch | None:
        """The next messages, as `_batch` makes rows of them; None at the end of the topic. Sets
        `self.taken.lag`."""

    @property
    def _memory(self) -> MessageMemory:
        if self.messages is None:
            raise SourceError(f"Source {self.name} needs a lake to keep its messages in.")
        return self.messages

    def take(self) -> Taken:
        """Take what is new in the topic, for `take_for` at most; the rest waits there. Raises
        `SourceError`, `MessagesLost`, `LakeError` and what the client of the topic raises."""
        self.taken = Taken()
        end = monotonic() + self._stream.take_for.total_seconds()
        with self._reading():
            while batch := self._memory.take(self._read):
                self._count(batch)
                if monotonic() > end:
                    break
        return self.taken

    def _count(self, batch: Batch) -> None:
        self.taken.messages += len(batch.rows)
        for name, end in batch.offsets.items():
            first, _ = self.taken.ranges.get(name, (batch.begun[name], end))
            if first < end:
                self.taken.ranges[name] = (first, end)
        times = [row["mtime"] for row in batch.rows if row["mtime"] is not None]
        self.taken.newest = max([*times, *filter(None, [self.taken.newest])], default=None)

    def _row(self, message: Message) -> MessageRow:
        value = message.value
        kind, rule, path = PUT, None, ""
        try:
            path = self._path(message.key)
            kind = DELETE if value is None or self._deletes(value) else PUT
        except _Refused as refused:
            kind, rule = REFUSED, refused.rule
            path = f"{self._topic}/{message.partition}/{message.offset}"
        sent = message.time
        return {
            "source": self.name,
            "bucket": self.bucket(path),
            "doc_id": ids.doc_id(self.name, path),
            "path": path,
            "message_id": "",
            "batch": 0,
            "partition": message.partition,
            "message_offset": message.offset,
            "mtime": moment(None if sent is None else sent * 1000),
            "size": len(value or b""),
            "kind": kind,
            "rule": rule,
            "readers": self._header(message),
            "content": None if kind == DELETE else value,
        }

    @property
    def _topic(self) -> str:
        """Its name."""
        topic = urlsplit(self.url).path.strip("/")
        if not topic or "/" in topic:
            key, expected = f"sources.{self.name}.url", f"{scheme_of(self.url)}://server/topic"
            raise SettingsError(f"{key} names no topic.", problems=[(key, self.url, expected)])
        return topic

    def _from(self, at: int, first: int, end: int, partition: int = 0) -> int:
        """Where to go on in a partition that keeps the messages from `first` up to `end`. Raises
        `MessagesLost` if those at `at` are there no more."""
        if first <= at <= end:
            return at
        if self.accept_loss:
            return first
        lost = f"messages {at:,} to {first - 1:,} are gone" if at < first else ""
        raise self._lost(lost or "the topic was made anew", at, first, end, partition)

    def _lost(self, why: str, at: int, first: int, end: int, partition: int = 0) -> MessagesLost:
        return MessagesLost(
            f"Partition {partition} of {self._topic} keeps {first:,} to {end:,}, and source "
            f"{self.name} would go on at {at:,}: {why}.",
            mend="Let the topic keep messages for longer than a pause lasts. To go on with what is "
            f"there: doclake stream --source {self.name} --accept-loss",
            source=self.name,
            partition=partition,
            offset=at,
            kept=[first, end],
        )

    def _silent(self) -> SourceError:
        return SourceError(
            f"{self._topic} of source {self.name} gave no message for {self._seconds:.0f} seconds, "
            "though it has some."
        )

    def _over_an_open_line(self, option: str, found: str, expected: str) -> SettingsError:
        key = f"sources.{self.name}.options.{option}"
        told = f"{key}: a secret would go over an open line."
        return SettingsError(told, problems=[(key, found, expected)])

    def _out_of_reach(self, *told: str) -> SourceError:
        """What the server, or the way to it, said first says more than that nothing came."""
        why = " ".join(dict.fromkeys(told[:2]))
        return SourceError(f"{self.url}: {why}.", source=self.name, url=self.url)

    def _path(self, key: bytes | None) -> str:
        if not key:
            raise _Refused("message_has_key")
        if len(key) > LONGEST_KEY:
            raise _Refused("key_is_short")
        try:
            if self._stream.messages == "change_events":
                return events.path_of(key) + SUFFIXES[self._stream.format]
            return to_name(key.decode("utf-8"))
        except (UnicodeDecodeError, events.Malformed) as error:
            raise _Refused("key_is_text") from error

    def _deletes(self, value: bytes) -> bool:
        if self._stream.messages != "change_events":
            return False
        try:
            return events.row_of(value) is None
        except events.Malformed as error:
            raise _Refused("change_event_is_sound") from error

    def _header(self, message: Message) -> str | None:
        """The last header of the name that the options give; None where there is none."""
        wanted = self._stream.access
        said = [value for name, value in message.headers if name == wanted]
        return (said[-1] or b"").decode("utf-8", "replace") if said else None

    def _entries(self) -> Iterator[Entry]:
        self.deleted = frozenset()
        taken = self.take()
        self.figures = {"messages taken": taken.messages, "messages waiting": taken.lag}
        self.offsets = str(taken)
        self.late_since = taken.newest if taken.lag else None
        is_empty, deleted = True, set[str]()
        for rows in self._memory.standing():
            for row in MESSAGES.rows(rows):
                is_empty = False
                if row["kind"] == DELETE:
                    deleted.add(row["path"])
                else:
                    yield self._entry(row)
        self.deleted = frozenset(deleted)
        if is_empty:
            self._empty()

    def _entry(self, row: MessageRow) -> Entry:
        changed = None if row["mtime"] is None else microseconds(row["mtime"])
        tag = f"{row['partition']}-{row['message_offset']}{self._form}"
        return Entry(row["path"], row["size"], changed, tag, self._readers(row))

    def _readers(self, row: MessageRow) -> list[str] | None:
        """Whom its header names; nobody where it names nobody, or what is no name."""
        if self._stream.access is None:
            return None
        try:
            return [principal(name) for name in (row["readers"] or "").split()]
        except ValueError as error:
            self._is_unclear(
                f"{shown(row['path'])}: header {self._stream.access} holds no name of a reader; "
                f"expected: {error}. Until another message says more nobody may read it."
            )
            return []

    def require(self) -> None:
        """What was taken can be read without the topic."""

    def open(self, path: str) -> BinaryIO:
        row = self._memory.newest(path, self.bucket(path))
        if row is None or row["kind"] == DELETE:
            raise self._unreadable(path, "no message stands under this key")
        if row["kind"] == REFUSED:
            where = f"partition {row['partition']}, offset {row['message_offset']} of {self._topic}"
            raise DocumentRefused(
                f"The message at {where} cannot be a document: {RULES[row['rule'] or '']}.",
                mend="Mend who sends it; it sends the document again under a key of its own.",
                rules=[row["rule"]],
                evidence=where,
            )
        return io.BytesIO(self._document(row["content"] or b""))

    def _document(self, value: bytes) -> bytes:
        given = self._stream
        if given.messages != "change_events":
            return value
        row = events.row_of(value) or {}
        parts = [row.get(name) for name in given.text]
        metadata = {name: row.get(name) for name in given.metadata}
        return rendered(parts, given.format, row.get(given.title or ""), metadata)


class _Refused(Exception):
    """A message of which no document can be made."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)
