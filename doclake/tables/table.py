"""All facts about a Delta table, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

import pyarrow as pa

Row = TypeVar("Row", bound=Mapping[str, object])


@dataclass(frozen=True)
class Owner:
    """The table whose rows keep the rows of another alive; both have `column`."""

    table: str
    column: str


@dataclass(frozen=True)
class Retention:
    """Rows that maintenance forgets: those whose `column` is older than the setting
    `retention.<setting>` allows. `where` narrows them, as in a `Scope`."""

    column: str
    setting: str
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table of the lake.

    `about` says what a row is; Delta keeps it as the description of the table. `schema` describes
    its rows in Arrow, the `TypedDict` `row` describes them in Python. `key`
    identifies a row inside its partition. `found_by` is the identifier by which writes and deletes
    find rows: the log, which must never hold text, has the minima and maxima of this column only.
    `mend` says how to make the rows anew, with `{source}` to fill in, `made_from` of what they are
    made; None where they stand nowhere else. With `feed` Delta keeps what
    each commit changed, so that the search index can follow. Files are written with dictionaries of
    values unless `repeats` says that hardly a value comes twice. Rows of a table that `outlives`
    its sources tell what was done, and stay when a source is removed or erased. Files lie in
    folders by `source` and `bucket`, where a table has them, unless it has `partitions` of its
    own.
    """

    name: str
    about: str
    schema: pa.Schema
    row: type[Row]
    key: tuple[str, ...]
    found_by: str
    mend: str = ""
    made_from: str | None = None
    owner: Owner | None = None
    retention: Retention | None = None
    feed: bool = False
    repeats: bool = True
    outlives: bool = False
    partitions: tuple[str, ...] = ()

    @property
    def partition_columns(self) -> list[str]:
        """What the files of the table lie apart by."""
        if self.partitions:
            return list(self.partitions)
        return [name for name in ("source", "bucket") if name in self.schema.names]

    def columns(self, names: Sequence[str]) -> pa.Schema:
        """The schema of some columns, in the order of `names`."""
        return pa.schema([self.schema.field(name) for name in names])

    def rows(self, table: pa.Table | pa.RecordBatch) -> list[Row]:
        """Rows in Python, of all columns or of those that `table` has."""
        return cast("list[Row]", table.to_pylist())

    def arrow(self, rows: Sequence[Row]) -> pa.Table:
        """Rows in Arrow; a column that a row lacks is null."""
        return pa.Table.from_pylist(rows, schema=self.schema)

    def empty_row(self) -> Row:
        """A row with every column, each null until it is filled in."""
        return cast("Row", dict.fromkeys(self.schema.names))
