"""Makes Iceberg tables let go of files of rows before Delta removes them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from doclake import clock, extras
from doclake.errors import DoclakeError
from doclake.errors.foreign import in_words
from doclake.lake import beside, locks
from doclake.lake.iceberg import home
from doclake.lake.iceberg.sync import sync
from doclake.lake.lake import Lake

if TYPE_CHECKING:
    from pyiceberg.table import Table

_log = logging.getLogger(__name__)
_MANY = 100  # manifests: each sync adds one or two, and every reader opens them all


def before_vacuum(lake: Lake, name: str, keep: timedelta, wanted: Collection[str]) -> None:
    """After it, no Iceberg table names a file that left the Delta table before `keep`.

    One that is not among the `wanted` any more is removed, and so is one that cannot be brought in
    step: nothing may keep an erasure, and it is made anew from the Delta table.
    """
    if name not in home.names(lake):
        return
    if name in wanted and extras.is_there("pyiceberg"):
        try:
            sync(lake, [name])
            forget_old(lake, name, keep)
            return
        except (DoclakeError, OSError, ValueError) as error:
            _log.warning("The Iceberg table %s is made anew: %s", name, in_words(error))
    with locks.iceberg(lake):
        home.remove(lake, name)


def forget_old(lake: Lake, name: str, keep: timedelta) -> int:
    """Forget snapshots older than `keep` but the last, and remove every file of metadata that none
    of the others needs, also of runs that died. Returns how many files went."""
    with locks.iceberg(lake), home.catalog(lake) as catalog:
        table = home.opened(catalog, lake, name)
        if table is None:
            return 0
        if len(_manifests(table)) > _MANY:
            _merge(table)
        table.maintenance.expire_snapshots().older_than(clock.now() - keep).commit()
        home.point(lake, name, table)
        return _remove_others(lake, name, _needed(table))


def _manifests(table: Table) -> set[str]:
    return {
        manifest.manifest_path
        for snapshot in table.snapshots()
        for manifest in snapshot.manifests(table.io)
    }


def _merge(table: Table) -> None:
    """Into one manifest, in a snapshot of the same files."""
    snapshot = table.current_snapshot()
    assert snapshot is not None and snapshot.summary is not None
    marked = {
        name: value
        for name, value in snapshot.summary.additional_properties.items()
        if name.startswith("delta.")
    }
    with table.transaction() as transaction:
        transaction.set_properties(
            {
                "commit.manifest-merge.enabled": "true",
                "commit.manifest.min-count-to-merge": "2",
            }
        )
        with transaction.update_snapshot(snapshot_properties=marked).merge_append():
            pass


def _needed(table: Table) -> set[str]:
    return {
        table.metadata_location,
        *(one.metadata_file for one in table.metadata.metadata_log),
        *(snapshot.manifest_list for snapshot in table.snapshots()),
        *_manifests(table),
    }


def _remove_others(lake: Lake, name: str, needed: Collection[str]) -> int:
    files, root = beside.opened(lake, f"{home.FOLDER}/{name}/metadata")
    kept = {path.rsplit("/", 1)[-1] for path in needed}
    listed = [path for path in files.ls(root, detail=False) if path.endswith((".json", ".avro"))]
    others = [path for path in listed if path.rsplit("/", 1)[-1] not in kept]
    for path in others:
        files.rm_file(path)
    return len(others)
