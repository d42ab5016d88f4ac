"""Erased documents leave every table of the index, and their bytes the files.

Only the index writer may do it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from doclake.index import tuning
from doclake.index.index import SearchIndex
from doclake.index.rows import writable
from doclake.lake.scope import Scope

AT_ONCE = 10_000  # ids in a predicate


def revoke(index: SearchIndex, source: str, root_ids: Sequence[str]) -> int:
    """Take the rows of these trees out of every table, also of those that searches do not use;
    returns how many there were. Raises `IndexStateError`."""
    removed = 0
    for _, table in index.tables():
        with writable(index.url):
            before = table.count_rows()
            for start in range(0, len(root_ids), AT_ONCE):
                batch = root_ids[start : start + AT_ONCE]
                table.delete(Scope(source, where={"root_id": batch}).sql())
            removed += before - table.count_rows()
    return removed


def rewrite(index: SearchIndex) -> None:
    """Write each table anew without deleted rows, and drop those that retired."""
    state = index.state()
    if state is not None:
        index.drop_unused(state.without_retired())
    for _, table in index.tables():
        with writable(index.url):
            tuning.rewrite(table)


def forget(index: SearchIndex) -> dict[str, int]:
    """Drop every version but that of today; returns its number in each table. Let some time go by
    since `rewrite`: a search that began before it reads the version before."""
    for _, table in index.tables():
        with writable(index.url):
            table.cleanup_old_versions(older_than=timedelta(0), delete_unverified=True)
    return {name: int(table.version) for name, table in index.tables()}
