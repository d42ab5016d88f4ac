"""Damaged files of the lake: which there are, what mends each, and how to look at the rest.

Rows that are made of others are made anew by `doclake repair`. Others stand nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow.compute as pc

from doclake.errors import LakeDamaged, LakeError
from doclake.index import files as index_files
from doclake.lake import files
from doclake.lake.files import DamagedFile
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.lake.slices import partitions_of
from doclake.project import Project
from doclake.tables.registry import TABLES

INDEX = "search_index"
REPAIR = "doclake repair"
_BACKUP = (
    "Its rows stand nowhere else: put the file back from a backup, or restore an older version of "
    "the table, as docs/operations.md says under Damaged files."
)
_MADE_OF_INDEX = "chunks and embeddings"
_COUNTED = {
    "documents": "status",
    "elements": "elements",
    "metadata": "element_letters",
    "chunks": "chunks",
    "signals": "signals",
    "embeddings": "vectors",
}
"""The column of the ledger that says whether a table that can be made anew has rows. That of
metadata is as young as the table itself, which a lake of an older Doclake lacks."""


def find(project: Project, *, thorough: bool = False) -> list[DamagedFile]:
    """Every damaged file. A look costs a listing of each table, and in a folder the footer of each
    file; a thorough one reads everything."""
    return [*_of_tables(project, thorough), *_of_index(project, thorough)]


def _of_tables(project: Project, thorough: bool) -> list[DamagedFile]:
    lake = project.lake.without(())
    found = [file for name in TABLES for file in files.damaged(lake, name, thorough=thorough)]
    return found + _lost(lake, _COUNTED)


def _of_index(project: Project, thorough: bool) -> list[DamagedFile]:
    found = index_files.damaged(project.index, thorough=thorough)
    if not found and project.index.state() is None and _was_indexed(project.lake.without(())):
        found = [("index", "is gone")]
    return [DamagedFile(INDEX, path, what) for path, what in found]


def _was_indexed(lake: Lake) -> bool:
    try:
        indexed = lake.read("ledger", columns=["indexed"])["indexed"]
    except LakeError:  # told by itself
        return False
    return bool(pc.sum(indexed).as_py())


def _lost(lake: Lake, tables: Iterable[str], scope: Scope = EVERYTHING) -> list[DamagedFile]:
    """Tables that are gone as a whole, for each partition of which the ledger knows rows."""
    try:
        gone = [name for name in tables if lake.version(name) is None]
        if not gone:
            return []
        ledger = lake.read("ledger", scope, ["source", "bucket", *{_COUNTED[n] for n in gone}])
    except LakeError:  # told by itself
        return []
    lost = []
    for name in gone:
        figure = ledger[_COUNTED[name]]
        had = pc.is_valid(figure) if name == "documents" else pc.greater(figure, 0)
        lost += [
            DamagedFile(name, f"tables/{name}", "is gone", source, bucket)
            for source, bucket in sorted(partitions_of(ledger.filter(had)))
        ]
    return lost


def made_from(file: DamagedFile) -> str | None:
    """Of what its rows can be made anew; None if they stand nowhere else."""
    return _MADE_OF_INDEX if file.table == INDEX else TABLES[file.table].made_from


def mend(project: Project, file: DamagedFile) -> str:
    origin = made_from(file)
    if origin is None:
        return _BACKUP
    if file.source is not None and file.source not in project.settings.sources:
        return f"doclake remove {file.source}"
    if file.is_of_log:
        return (
            f"Put it back from a backup, or move the folder tables/{file.table} out of the lake: "
            f"`{REPAIR}` then makes the table anew from {origin}."
        )
    return REPAIR


def told(file: DamagedFile) -> str:
    """Where a file is, and what is wrong with it."""
    place = f"{file.source}/{file.bucket}: " if file.source else ""
    return f"{place}{file.table}: {file.path} {file.what}"


def without(project: Project, damage: Sequence[DamagedFile]) -> Project:
    """The project for who looks at what is not damaged."""
    partitions = {(f.source, f.bucket) for f in damage if f.source and f.bucket}
    return project.without(partitions, index=any(file.table == INDEX for file in damage))


def require_whole(
    project: Project,
    source: str,
    buckets: Sequence[str],
    tables: Sequence[str],
    *,
    thorough: bool = False,
) -> None:
    """Raises `LakeDamaged` if one of these tables has a damaged file in these buckets."""
    lake, scope = project.lake, Scope(source, buckets)
    found = [f for name in tables for f in files.damaged(lake, name, scope, thorough=thorough)]
    _refuse(project, found + _lost(lake, [name for name in tables if name in _COUNTED], scope))


def require_none(project: Project) -> None:
    """Raises `LakeDamaged` if a look finds a damaged file of a table."""
    _refuse(project, _of_tables(project, thorough=False))


def _refuse(project: Project, found: Sequence[DamagedFile]) -> None:
    if not found:
        return
    first, more = found[0], ""
    if len(found) > 1:
        more = f", and {len(found) - 1} more of its files are damaged"
    mended_by = mend(project, first)
    if mended_by == REPAIR:
        mended_by = f"`{REPAIR}` makes its rows anew from {made_from(first)}."
    raise LakeDamaged(
        f"{told(first)}{more}.",
        mend=mended_by,
        table=first.table,
        source=first.source,
        bucket=first.bucket,
        files=[file.path for file in found],
    )
