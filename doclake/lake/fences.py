"""Fences: commits of a run that has lost its lease are refused by Delta itself.

A commit under a lease carries an app transaction for each partition that it writes, with the
epoch of the lease. Whoever takes over from a holder that seems dead commits nothing but its own,
higher epoch to every table. If the other wakes up, it either sees the higher epoch in the table
that it has opened, or has opened it before: then Delta finds two transactions of one name and
refuses its commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from doclake.lake.leases import lost
from doclake.lake.scope import Scope

if TYPE_CHECKING:
    from deltalake import CommitProperties, DeltaTable


class Fences:
    """The epochs of the partitions that this process holds: none in a lake without leases."""

    def __init__(self) -> None:
        self._epochs: dict[tuple[str, str], int] = {}

    @contextmanager
    def held(self, source: str, epochs: Mapping[str, int]) -> Iterator[None]:
        """Inside, every commit to these buckets is one of their holder."""
        mine = {(source, bucket): epoch for bucket, epoch in epochs.items()}
        self._epochs |= mine
        try:
            yield
        finally:
            for partition in mine:
                del self._epochs[partition]

    def of(self, table: DeltaTable, scope: Scope) -> CommitProperties | None:
        """What a commit to a scope carries; raises `LeaseLost` if `table` has a higher epoch."""
        epochs = {
            _transaction(source, bucket): epoch
            for (source, bucket), epoch in self._epochs.items()
            if source == scope.source and (not scope.buckets or bucket in scope.buckets)
        }
        if any((table.transaction_version(name) or 0) > epoch for name, epoch in epochs.items()):
            raise lost(f"partitions of {scope.source}")
        return transactions(epochs) if epochs else None


def epoch_commit(source: str, epochs: Mapping[str, int]) -> CommitProperties:
    """What the commit carries by which somebody takes buckets of a source over."""
    return transactions({_transaction(source, bucket): epoch for bucket, epoch in epochs.items()})


def transactions(epochs: Mapping[str, int]) -> CommitProperties:
    """App transactions of a commit: a number under each name."""
    from deltalake import CommitProperties, Transaction

    return CommitProperties(app_transactions=[Transaction(n, epoch) for n, epoch in epochs.items()])


def _transaction(source: str, bucket: str) -> str:
    return f"doclake/{source}/{bucket}"
