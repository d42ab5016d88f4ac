"""Brings Iceberg tables in step with their Delta tables, without copying or reading a row.

One snapshot of Iceberg for each commit of Delta that is found with other files: it takes out the
files that left the table and takes in those that came. Nothing is opened but logs and metadata:
Delta's log knows the partition, the rows and the size of each file. No minima and maxima are kept,
so nothing of a text stands in the metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pyarrow as pa

from doclake.errors import LakeError
from doclake.lake import locks
from doclake.lake.iceberg import columns, home
from doclake.lake.iceberg.mark import is_in_step, marks, of_summary
from doclake.lake.lake import Lake
from doclake.lake.watermark import of_table
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.manifest import DataFile
    from pyiceberg.table import Table


@dataclass(frozen=True)
class Synced:
    """What was done to an Iceberg table: `version` is the commit of Delta that it shows now,
    `metadata` the address by which engines without a catalog open it."""

    table: str
    version: int
    files: int
    added: int
    removed: int
    metadata: str


def sync(lake: Lake, tables: Iterable[str]) -> list[Synced]:
    """Of these tables, those that have been written. Raises `LakeError`, `ExtraMissing`."""
    with locks.iceberg(lake), home.catalog(lake) as catalog:
        done = [_sync(lake, catalog, name) for name in tables]
    return [one for one in done if one is not None]


def _sync(lake: Lake, catalog: SqlCatalog, name: str) -> Synced | None:
    delta = lake.open(name)
    if delta is None:
        return None
    _require_plain(name, delta)
    table = home.opened(catalog, lake, name)
    if table is None or not columns.can_grow(table, name):
        home.cleared(catalog, lake, name)
        table = _made(lake, catalog, name)
    theirs = _theirs(lake, name, table, delta)
    now, snapshot = of_table(delta), table.current_snapshot()
    summary = snapshot.summary if snapshot else None
    shown = of_summary(summary.additional_properties) if summary else None
    in_step = is_in_step(shown, now) and columns.are_of_today(table, name)
    mine = {} if snapshot is None else theirs if in_step else _mine(table)
    if not in_step:
        added = [file for path, file in theirs.items() if path not in mine]
        removed = [file for path, file in mine.items() if path not in theirs]
        _commit(table, name, added, removed, marks(now))
        home.point(lake, name, table)
    came, went = len(theirs.keys() - mine.keys()), len(mine.keys() - theirs.keys())
    return Synced(name, delta.version(), len(theirs), came, went, table.metadata_location)


def _require_plain(name: str, delta: DeltaTable) -> None:
    """Raises `LakeError` where the files of a table are not all that says what its rows are."""
    if features := delta.protocol().reader_features:
        raise LakeError(
            f"The table {name} uses {', '.join(sorted(features))} of Delta, which Iceberg tables "
            "over the same files cannot show.",
            mend=f"Leave {name} out of `iceberg`, or take these features off the table.",
            table=name,
        )


def _made(lake: Lake, catalog: SqlCatalog, name: str) -> Table:
    definition, identifier = TABLES[name], (home.NAMESPACE, name)
    table = catalog.create_table(
        identifier,
        columns.schema(name),
        location=home.address(lake, home.place(lake, name)),
        properties={
            **columns.properties(name),
            "comment": definition.about,
            "write.metadata.delete-after-commit.enabled": "true",
            "write.metadata.previous-versions-max": "10",
        },
    )
    with table.transaction() as transaction:
        columns.map_names(transaction, table)
        with transaction.update_spec() as parts:
            for column in definition.partition_columns:
                parts.add_identity(column)
    return table


def _commit(
    table: Table,
    name: str,
    added: Sequence[DataFile],
    removed: Sequence[DataFile],
    marked: dict[str, str],
) -> None:
    with table.transaction() as transaction:
        if not columns.are_of_today(table, name):
            columns.grow(transaction, table, name)
        with transaction.update_snapshot(snapshot_properties=marked).overwrite() as change:
            for file in removed:
                change.delete_data_file(file)
            for file in added:
                change.append_data_file(file)


def _mine(table: Table) -> dict[str, DataFile]:
    """The files of rows that the Iceberg table has, by their addresses."""
    snapshot = table.current_snapshot()
    manifests = snapshot.manifests(table.io) if snapshot else ()
    entries = (entry for one in manifests for entry in one.fetch_manifest_entry(table.io))
    return {entry.data_file.file_path: entry.data_file for entry in entries}


def _theirs(lake: Lake, name: str, table: Table, delta: DeltaTable) -> dict[str, DataFile]:
    """The same of the Delta table."""
    from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
    from pyiceberg.typedef import Record

    root, spec = home.address(lake, lake.table_url(name)), table.spec()
    absent: dict[str, Any] = dict.fromkeys(
        ("key_metadata", "split_offsets", "equality_ids", "sort_order_id")
    )
    found = {}
    for add in pa.table(delta.get_add_actions(flatten=True)).to_pylist():
        path = f"{root}/{unquote(add['path'])}"
        found[path] = DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=path,
            file_format=FileFormat.PARQUET,
            partition=Record(*(add[f"partition.{part.name}"] for part in spec.fields)),
            record_count=_rows(name, add),
            file_size_in_bytes=add["size_bytes"],
            spec_id=spec.spec_id,
            **absent,
        )
    return found


def _rows(name: str, add: dict[str, Any]) -> int:
    if add.get("num_records") is None:  # Doclake's own always say it
        raise LakeError(
            f"The log of {name} does not say how many rows {add['path']} holds.",
            mend="Write to the tables with Doclake alone.",
            table=name,
        )
    return int(add["num_records"])
