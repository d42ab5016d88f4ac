"""What is known of a Delta table, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

import pyarrow as pa

Row = TypeVar("Row", bound=Mapping[str, object])


@dataclass(frozen=True)
class Owner:
    """The table whose rows keep the rows of another alive: `column` stands in both."""

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

    `schema` describes its rows in Arrow, the `TypedDict` `row` describes them in Python. `key`
    tells the rows of a partition apart. `found_by` is the identifier that writes and deletes name:
    the only column whose minima and maxima stand in the log, which must never hold text.
    `mend` makes its rows anew, with `{source}` to fill in. With `feed` Delta keeps what changed in
    each commit, for the search index to follow.
    """

    name: str
    schema: pa.Schema
    row: type[Row]
    key: tuple[str, ...]
    found_by: str
    mend: str = ""
    owner: Owner | None = None
    retention: Retention | None = None
    feed: bool = False

    @property
    def partition_columns(self) -> list[str]:
        """`source` and `bucket`, where the table has buckets."""
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
