"""One stage at a time in a partition.

A stage reads the ledger, works for a while and writes its results; two at once in one partition
would overwrite each other's. In a folder the locks are files, which the kernel releases when their
holder dies; they keep the processes of one machine apart. In S3 they are `leases`, which keep those
of all machines apart. A lake in another object store has no locks: there a run queue with a limit
of one run for each source does the same (see `dagster.yaml`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from doclake.errors import LakeError
from doclake.errors.foreign import in_words
from doclake.lake import leases
from doclake.lake.lake import Lake
from doclake.lake.leases import Lease

_log = logging.getLogger(__name__)


@contextmanager
def partitions(lake: Lake, source: str, buckets: Sequence[str]) -> Iterator[None]:
    """Hold these partitions of a source; wait while another process holds one. Raises `LakeError`
    if the lake cannot be written."""

    def fence(lease: Lease) -> None:
        lake.take_over(source, {bucket: lease.epochs[bucket] for bucket in lease.inherited})

    with ExitStack() as locks:
        if leases.in_use(lake.url):
            held = leases.hold(lake.url, f"sources/{source}", buckets, fence)
            locks.enter_context(lake.fences.held(source, locks.enter_context(held).epochs))
        elif "://" not in lake.url:
            for bucket in sorted(set(buckets)):  # always in this order, so no two block each other
                _hold(locks, lake, f"{source}-{bucket}")
        yield


@contextmanager
def upgrade(lake: Lake) -> Iterator[None]:
    """One process at a time brings a lake of an older version up to date."""
    # Its steps change only rows that are as the older version wrote them: no fence needed.
    with _alone(lake, "upgrade"):
        yield


@contextmanager
def housekeeping(lake: Lake) -> Iterator[None]:
    """One process at a time rewrites and drops files of tables beside the runs: an erasure, which
    leaves no file that no version names, and maintenance, which has such files while it merges."""
    with _alone(lake, "housekeeping"):
        yield


@contextmanager
def comparing(lake: Lake) -> Iterator[None]:
    """One process at a time compares chunks with those of other sources: two at once would not see
    each other's."""
    with _alone(lake, "comparing"):
        yield


@contextmanager
def iceberg(lake: Lake) -> Iterator[None]:
    """One process at a time writes metadata of Iceberg tables."""
    with _alone(lake, "iceberg"):
        yield


@contextmanager
def table(lake: Lake, name: str) -> Iterator[None]:
    """Hold a table that is written without its partitions being held, for as long as a write
    takes: an erasure drops every file of it that no version names."""
    with _alone(lake, f"table-{name}"):
        yield


@contextmanager
def _alone(lake: Lake, name: str) -> Iterator[None]:
    with ExitStack() as locks:
        if leases.in_use(lake.url):
            locks.enter_context(leases.hold(lake.url, name, [name], lambda _: None))
        elif "://" not in lake.url:
            _hold(locks, lake, name)
        yield


def _hold(locks: ExitStack, lake: Lake, name: str) -> None:
    from filelock import FileLock, Timeout

    folder = Path(lake.url) / "locks"
    lock = FileLock(folder / f"{name}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            locks.enter_context(lock.acquire(timeout=0))
        except Timeout:
            _log.info("Waiting for another process that holds the lock %s", name)
            locks.enter_context(lock.acquire())
    except OSError as error:
        raise LakeError(
            f"The lake {lake.url} cannot be written: {in_words(error)}.",
            mend="Check free space and permissions of the lake, then run again.",
        ) from error
