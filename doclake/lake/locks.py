"""One stage at a time in a partition, among the processes of this machine.

A stage reads the ledger, works for a while and writes its results; two at once in one partition
would overwrite each other's. The locks are files of the lake; the kernel releases them when their
holder dies. A lake in an object store has no locks: there a run queue with a limit of one run for
each source does the same (see `dagster.yaml`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from doclake.errors import LakeError
from doclake.lake.lake import Lake

_log = logging.getLogger(__name__)


@contextmanager
def partitions(lake: Lake, source: str, buckets: Sequence[str]) -> Iterator[None]:
    """Hold these partitions of a source; wait while another process holds one. Raises `LakeError`
    if the lake cannot be written."""
    with ExitStack() as locks:
        if "://" not in lake.url:
            for bucket in sorted(set(buckets)):  # always in this order, so no two block each other
                _hold(locks, lake, f"{source}-{bucket}")
        yield


@contextmanager
def upgrade(lake: Lake) -> Iterator[None]:
    """One process at a time brings a lake of an older version up to date."""
    with ExitStack() as locks:
        if "://" not in lake.url:
            _hold(locks, lake, "upgrade")
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
            f"The lake {lake.url} cannot be written: {error}",
            mend="Check free space and permissions of the lake, then run again.",
        ) from error
