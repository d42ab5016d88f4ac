"""Tables of the lake as they stood at some commits: what is read twice is the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from doclake.errors import LakeVersionGone
from doclake.errors.foreign import in_words
from doclake.lake import files
from doclake.lake.lake import Lake
from doclake.lake.query import parts
from doclake.lake.scope import EVERYTHING, Scope
from doclake.lake.watermark import Watermark, of_table, watermark
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import DeltaTable


@dataclass(frozen=True)
class Snapshot:
    """`marks` names a commit of each table that may be read."""

    lake: Lake
    marks: Mapping[str, Watermark]
    _opened: dict[str, DeltaTable | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def now(cls, lake: Lake, names: Iterable[str]) -> Self:
        """As the tables stand now."""
        return cls(lake, {name: watermark(lake, name) for name in names})

    def parts(
        self, name: str, columns: Sequence[str], scope: Scope = EVERYTHING
    ) -> Iterator[pa.Table]:
        """Rows of the scope, some thousand at a time, with the types of the table. A column that it
        did not have then is null. Raises `LakeError`, and `LakeVersionGone`."""
        wanted = TABLES[name].columns(columns)
        table = self._open(name)
        if table is None:
            return
        there = {column.name for column in table.schema().fields}
        names = ", ".join(f'"{column}"' for column in columns if column in there)
        where = f" WHERE {scope.sql()}" if scope.sql() else ""
        sql = f"SELECT {names} FROM t{where}"  # noqa: S608
        for part in parts(name, table, sql):
            yield pa.table(
                [
                    part[one.name].cast(one.type)
                    if one.name in there
                    else pa.nulls(part.num_rows, one.type)
                    for one in wanted
                ],
                schema=wanted,
            )

    def partitions(self, name: str) -> list[tuple[str, str]]:
        """(source, bucket) of every partition that has files, in order."""
        table = self._open(name)
        found = table.partitions() if table else []
        return sorted((each["source"], each["bucket"]) for each in found)

    def require_there(self) -> None:
        """Raises `LakeVersionGone` unless every file of these commits is still there."""
        for name in self.marks:
            table = self._open(name)
            if table is not None and files.missing(self.lake, name, table):
                raise _gone(name, self.marks[name].version, "its files were vacuumed")

    def _open(self, name: str) -> DeltaTable | None:
        if name not in self._opened:
            self._opened[name] = self._at_mark(name)
        return self._opened[name]

    def _at_mark(self, name: str) -> DeltaTable | None:
        mark = self.marks[name]
        if mark.table_id is None:
            return None
        table = self.lake.open(name)
        if table is None:
            raise _gone(name, mark.version, "there is no such table any more")
        if table.version() != mark.version:
            table = _at(self.lake, name, mark.version)
        if of_table(table) != mark:
            raise _gone(name, mark.version, "the table was made anew, or put back, since")
        return table


def _at(lake: Lake, name: str, version: int) -> DeltaTable:
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    try:
        return DeltaTable(lake.table_url(name), version=version)
    except (DeltaError, OSError) as error:
        raise _gone(name, version, in_words(error)) from error


def _gone(name: str, version: int, why: str) -> LakeVersionGone:
    return LakeVersionGone(
        f"Version {version} of the table {name} is gone: {why}.",
        mend="Maintenance keeps versions for `retention.history`; an erasure keeps none. Ask for"
        " the rows of today instead.",
        table=name,
        version=version,
    )
