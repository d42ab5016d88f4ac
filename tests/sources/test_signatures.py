"""Signatures and bucket digests: what changes them, and what must not."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from doclake.sources import bucket_digests, signature, signatures
from doclake.sources.entries import Entry, batch_of, moment
from doclake.tables.listing import LISTING
from tests.sources.places import Files, Opener

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ROWS = [
    {"path": f"folder/{number}.txt", "size": number, "mtime": NOON, "etag": None}
    for number in range(100)
]


def listing(rows: list[dict]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=LISTING)


def test_a_signature_tells_size_time_and_tag() -> None:
    row = {"size": 7, "mtime": NOON, "etag": "abc"}
    assert signature(row) == "7-1772366400123456-abc"
    assert signature(row | {"mtime": None, "etag": None}) == "7--"
    variants = [{"size": 8}, {"etag": "abd"}, {"mtime": NOON.replace(microsecond=123457)}]
    assert len({signature(row | variant) for variant in [{}, *variants]}) == 4


def test_a_batch_has_the_signatures_of_its_rows() -> None:
    rows = [*ROWS[:3], ROWS[3] | {"etag": "abc"}, ROWS[4] | {"mtime": None}]
    assert signatures(listing(rows)) == [signature(row) for row in rows]


def test_a_time_of_no_year_is_none_that_a_table_could_not_hold() -> None:
    """A file and a message may claim any."""
    last = 253_402_300_799_999_999  # of year 9999, in microseconds
    times = [0, None, last, last + 1, 2**63 - 1, -(2**63)]
    batch = batch_of([Entry(f"{n}.txt", 1, time, "t") for n, time in enumerate(times)])
    known = [datetime(1970, 1, 1, tzinfo=UTC), None, datetime.max.replace(tzinfo=UTC)]
    assert batch.column("mtime").to_pylist() == [*known, None, None, None]
    assert [moment(time) for time in times] == [*known, None, None, None]


def test_digests_heed_neither_order_nor_batches() -> None:
    mixed = random.Random(1).sample(ROWS, len(ROWS))
    parts = [listing(mixed[:13]), listing(mixed[13:14]), listing(mixed[14:])]
    assert bucket_digests([listing(ROWS)], "docs", 8) == bucket_digests(parts, "docs", 8)


@pytest.mark.parametrize("change", [{"size": 9999}, {"mtime": None}, {"etag": "x"}])
def test_a_changed_row_changes_its_bucket_alone(change: dict) -> None:
    before = bucket_digests([listing(ROWS)], "docs", 8)
    after = bucket_digests([listing([ROWS[0] | change, *ROWS[1:]])], "docs", 8)
    assert sum(before[name] != after[name] for name in before) == 1


def test_swapped_contents_are_a_change() -> None:
    swapped = [ROWS[0] | {"size": 1}, ROWS[1] | {"size": 0}, *ROWS[2:]]
    assert bucket_digests([listing(ROWS)], "docs", 1) != bucket_digests(
        [listing(swapped)], "docs", 1
    )


def test_a_deleted_row_changes_its_bucket_and_an_emptied_bucket_has_a_digest() -> None:
    empty = bucket_digests([], "docs", 4)
    assert set(empty) == {"00", "01", "02", "03"}
    one = bucket_digests([listing(ROWS[:1])], "docs", 4)
    assert sum(one[name] != empty[name] for name in one) == 1


def test_touching_a_file_of_a_folder_changes_one_bucket(opened: Opener, files: Files) -> None:
    root = files(*(f"{number}.txt" for number in range(50)))
    source = opened(buckets=8)
    before = bucket_digests(source.list(), source.name, source.buckets)
    assert before == bucket_digests(source.list(), source.name, source.buckets)
    os.utime(root / "7.txt")
    after = bucket_digests(source.list(), source.name, source.buckets)
    assert [name for name in before if before[name] != after[name]] == [source.bucket("7.txt")]
