"""Entries of a listing, and the Arrow batches they become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pyarrow as pa

from doclake import clock
from doclake.access import EVERYONE, Readers
from doclake.tables.listing import LISTING

SETTLED_SECONDS = 5
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LIST = pa.list_(pa.string())
_SAID = ("access", "denied", "unsure")


class Entry(NamedTuple):
    """One file of a listing; `size` is 0 and `mtime` None where the place does not tell. `mtime` is
    in microseconds since 1970, UTC.

    A place that knows who may read it names them in `access` and `denied`; None says nothing, and
    `everyone` means all whom the source allows.
    """

    path: str
    size: int
    mtime: int | None
    etag: str | None
    access: Sequence[str] | None = None
    denied: Sequence[str] | None = None


def microseconds(time: datetime) -> int:
    """Since 1970; a time without a zone is in UTC."""
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)) - _EPOCH) // timedelta(
        microseconds=1
    )


_FIRST, _LAST = microseconds(datetime.min), microseconds(datetime.max)


def moment(since_1970: int | None) -> datetime | None:
    """A time in microseconds since 1970; None for one of no year from 1 to 9999: a file and a
    message may claim it, and a table that held it could not be read again."""
    is_known = since_1970 is not None and _FIRST <= since_1970 <= _LAST
    return _EPOCH + timedelta(microseconds=since_1970 or 0) if is_known else None


def batch_of(rows: list[Entry]) -> pa.RecordBatch:
    known = [
        row if row.mtime is None or _FIRST <= row.mtime <= _LAST else row._replace(mtime=None)
        for row in rows
    ]
    columns = [*zip(*known, strict=True), [None] * len(rows)]  # no listing is unsure of itself
    arrays = [pa.array(column, field.type) for column, field in zip(columns, LISTING, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=LISTING)


def listed_readers(batch: pa.RecordBatch) -> Iterator[Readers | None]:
    """What the listing itself says of each file."""
    columns = (batch.column(name).to_pylist() for name in ("access", "denied"))
    for access, denied in zip(*columns, strict=True):
        is_silent = access is None and denied is None
        yield None if is_silent else Readers.of([EVERYONE] if access is None else access, denied)


def with_readers(
    batch: pa.RecordBatch, said: Sequence[Readers | None], unsure: Sequence[bool]
) -> pa.RecordBatch:
    """The batch with these readers. `everyone` of a place says no more than nothing at all."""
    access = [None if r is None or EVERYONE in r.allow else sorted(r.allow) for r in said]
    denied = [sorted(r.deny) if r is not None and r.deny else None for r in said]
    kept = [batch.column(name) for name in LISTING.names if name not in _SAID]
    made = [pa.array(access, _LIST), pa.array(denied, _LIST), pa.array(unsure, pa.bool_())]
    return pa.RecordBatch.from_arrays([*kept, *made], schema=LISTING)


def version_of(entry: Entry) -> str:
    """Of the bytes of a file; empty where the listing cannot tell one from another, as while it is
    new: another edit within one tick of the clock would look the same."""
    is_new = (entry.mtime or 0) / 1e6 > clock.now().timestamp() - SETTLED_SECONDS
    return f"{entry.size}-{entry.mtime}-{entry.etag}" if entry.etag and not is_new else ""
