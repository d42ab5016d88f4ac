"""Files of Delta tables that are not as they were written: of the rows, and of the log.

A look costs a listing, and in a folder the footer of each file. A thorough one decodes everything,
as Delta does and as other readers of Parquet do: each of them notices what the other does not.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doclake.errors import LakeError
from doclake.errors.foreign import in_words
from doclake.lake.lake import Lake
from doclake.lake.query import read_through
from doclake.lake.scope import EVERYTHING, Scope
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    import pyarrow.fs
    from deltalake import DeltaTable

_LOG = "_delta_log"
_ENTRY = re.compile(r"(\d{20})\.(json|checkpoint.*\.parquet)")
_BATCH_ROWS = 4_096


@dataclass(frozen=True)
class DamagedFile:
    """`path` is its place in the lake, `what` is wrong with it. `source` and `bucket` are None for
    a file that holds rows of all: of a log, of the index, of a table without buckets."""

    table: str
    path: str
    what: str
    source: str | None = None
    bucket: str | None = None

    @property
    def is_of_log(self) -> bool:
        return f"/{_LOG}" in self.path


@dataclass(frozen=True)
class _File:
    """A file of rows as the log knows it; `path` is its place in the table."""

    path: str
    size: int
    rows: int | None
    source: str | None
    bucket: str | None


def damaged(
    lake: Lake, name: str, scope: Scope = EVERYTHING, *, thorough: bool = False
) -> list[DamagedFile]:
    """Those of a table that hold rows of the scope, and those of its log. Raises `LakeError` if the
    table cannot be opened for another reason, as far as a look tells."""
    try:
        table = lake.open(name)
    except LakeError as error:
        return _why_unopened(lake, name, error, thorough)
    if table is None:
        return []
    found, sizes = list(_of_log(lake, name, thorough=False)), _sizes(lake, name, scope)
    by_partition: dict[tuple[str | None, str | None], list[_File]] = defaultdict(list)
    for file in _files(table, scope):
        by_partition[file.source, file.bucket].append(file)
    for files in by_partition.values():
        found += _of_partition(lake, name, table, files, sizes, thorough)
    return found


def missing(lake: Lake, name: str, table: DeltaTable) -> list[str]:
    """Places of the files of the commit that `table` was opened at that are not there."""
    sizes = _sizes(lake, name, EVERYTHING)
    return [file.path for file in _files(table, EVERYTHING) if file.path not in sizes]


def _why_unopened(lake: Lake, name: str, error: LakeError, thorough: bool) -> list[DamagedFile]:
    try:
        found = list(_of_log(lake, name, thorough=True))
    except Exception:
        raise error from None  # nothing of the lake can be read: that is no damage
    if not found and not thorough:
        raise error
    return found or [DamagedFile(name, f"tables/{name}/{_LOG}", error.message)]


def rows_left(lake: Lake, name: str, scope: Scope, unread: Collection[str]) -> pa.Table:
    """The rows of the scope outside of the files at these places in the lake. Raises `LakeError`
    if one of the other files cannot be read."""
    table, parts = lake.open(name), [TABLES[name].schema.empty_table()]
    for file in _files(table, scope) if table else ():
        if f"tables/{name}/{file.path}" in unread:
            continue
        try:
            parts.append(_whole_rows(lake, name, file))
        except Exception as error:  # of many types, none of which is that of damage
            raise LakeError(
                f"tables/{name}/{file.path} cannot be read: {in_words(error)}.",
                mend="Run the repair again.",
                table=name,
            ) from error
    return pa.concat_tables(parts)


def _whole_rows(lake: Lake, name: str, file: _File) -> pa.Table:
    """Of a file, which itself holds neither source nor bucket, nor columns younger than it."""
    import pyarrow.parquet as pq

    with _filesystem(lake, name).open_input_file(file.path) as opened:
        rows = pq.ParquetFile(opened).read()
    known = {column: rows[column] for column in rows.column_names}
    known |= {key: pa.array([getattr(file, key)] * len(rows)) for key in ("source", "bucket")}
    schema = TABLES[name].schema
    columns = [
        known[field.name].cast(field.type)
        if field.name in known
        else pa.nulls(len(rows), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _files(table: DeltaTable, scope: Scope) -> list[_File]:
    known = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    files = [
        _File(
            row["path"],
            row["size_bytes"],
            row.get("num_records"),
            row.get("partition.source"),
            row.get("partition.bucket"),
        )
        for row in known
    ]
    return [
        file
        for file in files
        if scope.source in (None, file.source)
        and (not scope.buckets or file.bucket in scope.buckets)
    ]


def _sizes(lake: Lake, name: str, scope: Scope) -> dict[str, int]:
    """Bytes of every file that is there, by its place in the table."""
    import pyarrow.fs

    folder = f"source={scope.source}" if scope.source else ""
    everything = pyarrow.fs.FileSelector(folder, recursive=True, allow_not_found=True)
    listed = _filesystem(lake, name).get_file_info(everything)
    return {info.path: info.size for info in listed if info.size is not None}


def _of_partition(
    lake: Lake,
    name: str,
    table: DeltaTable,
    files: Sequence[_File],
    sizes: Mapping[str, int],
    thorough: bool,
) -> list[DamagedFile]:
    """The damaged ones of the files of a partition; all of them, if Delta cannot read it and none
    alone seems damaged."""
    store, source, bucket = _filesystem(lake, name), files[0].source, files[0].bucket
    decoded = thorough or "://" not in lake.url  # an object is written whole: its size tells
    wrong = {file.path: _wrong(file, sizes.get(file.path)) for file in files}
    if decoded:
        for file in files:
            wrong[file.path] = wrong[file.path] or _undecoded(store, file, thorough)
    if thorough and not any(wrong.values()):
        where = Scope(source, [bucket] if bucket else []).sql()
        try:
            read_through(name, table, f"SELECT * FROM t{' WHERE ' + where if where else ''}")  # noqa: S608
        except LakeError as error:
            wrong = dict.fromkeys(wrong, error.message)
    return [
        DamagedFile(name, f"tables/{name}/{path}", what, source, bucket)
        for path, what in wrong.items()
        if what is not None
    ]


def _wrong(file: _File, size: int | None) -> str | None:
    """What its size says of a file; None if it is as it was written."""
    if size is None:
        return "is missing"
    if size != file.size:
        return f"holds {size:,} of {file.size:,} bytes" if size else "is empty"
    return None


def _undecoded(store: pyarrow.fs.FileSystem, file: _File, thorough: bool) -> str | None:
    """Why the rows of a file, or its footer, cannot be read; None if they can."""
    try:
        rows = _rows(store, file.path, thorough)
    except Exception as error:  # of many types, none of which is that of damage
        return f"cannot be read: {in_words(error)}"
    return None if file.rows in (None, rows) else f"holds {rows:,} of {file.rows:,} rows"


def _rows(store: pyarrow.fs.FileSystem, path: str, thorough: bool) -> int:
    """How many a file of Parquet holds: by its footer, or as they are read one by one."""
    import pyarrow.parquet as pq

    with store.open_input_file(path) as opened:
        file = pq.ParquetFile(opened)
        if not thorough:
            return int(file.metadata.num_rows)
        return sum(batch.num_rows for batch in file.iter_batches(_BATCH_ROWS))


def _of_log(lake: Lake, name: str, *, thorough: bool) -> Iterator[DamagedFile]:
    """Entries that are empty, which Delta passes over in silence; and if it cannot open the table
    (`thorough`), those that cannot be read or are missing."""
    import pyarrow.fs

    store = _filesystem(lake, name)
    listed = store.get_file_info(pyarrow.fs.FileSelector(_LOG, allow_not_found=True))
    entries = {info.base_name: info for info in listed if _ENTRY.fullmatch(info.base_name)}
    checkpoints = [int(entry[:20]) for entry in entries if entry.endswith(".parquet")]
    commits = {int(entry[:20]) for entry in entries if entry.endswith(".json")}
    first = max(checkpoints, default=-1)
    for entry, info in sorted(entries.items()):
        if int(entry[:20]) <= first and entry.endswith(".json"):
            continue  # the checkpoint says what it said
        what = "is empty" if not info.size else _unread(store, info.path) if thorough else None
        if what is not None:
            yield DamagedFile(name, f"tables/{name}/{info.path}", what)
    if thorough:
        for gap in sorted(set(range(first + 1, max(commits, default=-1))) - commits):
            yield DamagedFile(name, f"tables/{name}/{_LOG}/{gap:020}.json", "is missing")


def _unread(store: pyarrow.fs.FileSystem, path: str) -> str | None:
    """Why an entry of a log cannot be read; None if it can."""
    try:
        if path.endswith(".parquet"):
            _rows(store, path, thorough=True)
        else:
            with store.open_input_file(path) as opened:
                for line in opened.read().splitlines():
                    json.loads(line)
    except Exception as error:
        return f"cannot be read: {in_words(error)}"
    return None


def _filesystem(lake: Lake, name: str) -> Any:
    """That of a table's folder, with the credentials of its tables."""
    import pyarrow.fs
    from deltalake.fs import DeltaStorageHandler

    return pyarrow.fs.PyFileSystem(DeltaStorageHandler(lake.table_url(name), {}))
