"""What is known of a Delta table, in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa


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
class Table:
    """A table of the lake.

    `key` tells the rows of a partition apart. `found_by` is the identifier that writes and deletes
    name: the only column whose minima and maxima stand in the log, which must never hold text.
    `mend` makes its rows anew, with `{source}` to fill in. With `feed` Delta keeps what changed in
    each commit, for the search index to follow.
    """

    name: str
    schema: pa.Schema
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
