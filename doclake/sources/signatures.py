"""Signatures show that a document changed, without reading it; digests, that a bucket changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from doclake import ids
from doclake.tables.rows import strings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MODULUS = 1 << 128


def signature(row: Mapping[str, Any]) -> str:
    """Size, time of change in microseconds and tag of one listed row: `1024-1700000000000000-`.

    Bytes are read again only if it changes. The tag of a file is its inode and the time of change
    that the kernel keeps (`ctime`). No listing can show an edit that keeps the size and follows
    another edit within one clock tick (some milliseconds): `verify_every` finds it.
    """
    changed = row["mtime"]
    if isinstance(changed, datetime):
        changed = (changed - _EPOCH) // timedelta(microseconds=1)
    return f"{row['size']}-{'' if changed is None else changed}-{row['etag'] or ''}"


def signatures(listing: pa.RecordBatch) -> list[str]:
    """`signature` of every row of a batch of `LISTING`."""
    sizes = listing.column("size").to_pylist()
    times = listing.column("mtime").cast(pa.int64()).to_pylist()
    tags = listing.column("etag").to_pylist()
    return [
        f"{size}-{'' if changed is None else changed}-{tag or ''}"
        for size, changed, tag in zip(sizes, times, tags, strict=True)
    ]


def statements(listing: pa.RecordBatch | pa.Table) -> list[str]:
    """For every row a text that tells apart what its place says of who may read it, from columns
    `access` and `denied`; empty where it says nothing."""
    lists = (listing.column("access").to_pylist(), listing.column("denied").to_pylist())
    return [_statement(access, denied) for access, denied in zip(*lists, strict=True)]


def _statement(access: list[str] | None, denied: list[str] | None) -> str:
    if access is None and not denied:
        return ""
    allowed = ["of the source"] if access is None else [f"+{name}" for name in sorted(access)]
    return ids.digest(*allowed, *(f"-{name}" for name in sorted(denied or ())))


def bucket_digests(
    listing: Iterable[pa.RecordBatch], source: str, buckets: int, erased: Set[str] = frozenset()
) -> dict[str, str]:
    """One digest per bucket, empty ones included. Two are equal exactly if the bucket has the same
    listing and its documents the same readers, but for those that are `erased`, by their `doc_id`s:
    these do not count.

    It is the sum of the rows' digests, so neither order nor batches matter and memory does not
    grow: an additive multiset hash (Clarke et al., ASIACRYPT 2003). It has no defence against an
    attacker, who could change the files anyway.
    """
    rows = (
        row
        for batch in listing
        for row in zip(strings(batch.column("path")), _marks(batch), strict=True)
    )
    return digests(rows, source, buckets, erased)


def _marks(batch: pa.RecordBatch) -> list[str]:
    return list(map("".join, zip(signatures(batch), statements(batch), strict=True)))


def digests(
    rows: Iterable[tuple[str, str]], source: str, buckets: int, erased: Set[str] = frozenset()
) -> dict[str, str]:
    """`bucket_digests` of pairs: a path, and its signature with its statement at the end."""
    sums = dict.fromkeys(ids.bucket_names(buckets), 0)
    for path, row_signature in rows:
        doc_id = ids.doc_id(source, path)
        if doc_id not in erased:
            sums[ids.bucket(doc_id, buckets)] += int(ids.digest("listed", path, row_signature), 16)
    return {name: f"{total % _MODULUS:032x}" for name, total in sums.items()}
