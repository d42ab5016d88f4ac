"""The lake: Delta tables, partitioned by (`source`, `bucket`).

Every write replaces exactly the rows of a `Scope` in one atomic commit. Writing the same rows twice
changes nothing. Two writers of one scope cannot both add their rows: Delta refuses the second
commit, which is then tried again on the newer version.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from doclake.lake import parquet
from doclake.lake.commits import add_missing_columns, commit
from doclake.lake.fences import Fences, epoch_commit
from doclake.lake.opening import opened
from doclake.lake.query import query
from doclake.lake.scope import EVERYTHING, Scope
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import DeltaTable

_LATELY = 10.0  # seconds


class Lake:
    """Delta tables under one URL. Cheap to make; the first write creates a table.

    `upgrade` is called once, before the first table is opened. It brings a lake of an older
    Doclake up to date.
    """

    def __init__(self, url: str, upgrade: Callable[[Lake], None] | None = None) -> None:
        self.url = url.rstrip("/")
        self.tables_url = f"{self.url}/tables"
        self.fences = Fences()
        self._upgrade = upgrade
        self._kept: dict[str, DeltaTable] | None = None
        self._lately: dict[str, tuple[float, DeltaTable]] = {}
        self.aside: frozenset[tuple[str, str]] = frozenset()

    def without(self, partitions: Collection[tuple[str, str]]) -> Lake:
        """The same lake for who only looks at it: as it is, not brought up to date, and without
        the rows of these partitions (source, bucket), whose files are never opened."""
        lake = Lake(self.url)
        lake.aside = frozenset(partitions)
        return lake

    def table_url(self, name: str) -> str:
        return f"{self.tables_url}/{name}"

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Inside, each table is opened once and then only brought up to date.

        Opening a table reads its whole log: a fifth of a second after some thousand commits.
        Reading what is new takes milliseconds. For one run only: it misses a table made anew.
        """
        outer = self._kept
        self._kept = {} if outer is None else outer
        try:
            yield
        finally:
            self._kept = outer

    def open(self, name: str) -> DeltaTable | None:
        """The table as delta-rs knows it; None before the first write."""
        if self._upgrade is not None:
            upgrade, self._upgrade = self._upgrade, None  # the upgrade opens tables itself
            try:
                upgrade(self)
            except BaseException:
                self._upgrade = upgrade  # whoever opens the next table must not pass
                raise
        table = self.stored(name)
        if table is not None and name not in (self._kept or {}):
            add_missing_columns(name, table)
            if self._kept is not None:
                self._kept[name] = table
        return table

    def stored(self, name: str) -> DeltaTable | None:
        """As `open`, but as it was left: an older Doclake may have left it with other columns."""
        return opened(name, self.table_url(name), (self._kept or {}).get(name))

    def lately(self, name: str) -> DeltaTable | None:
        """As `open`, but a table that was opened in the last seconds is only brought up to date:
        one that is deleted and made again meanwhile is noticed when they are over."""
        when, table = self._lately.get(name, (0.0, None))
        if table is not None and time.monotonic() - when < _LATELY:
            table.update_incremental()
            return table
        table = self.open(name)
        if table is not None:
            self._lately[name] = (time.monotonic(), table)
        return table

    def _open_or_create(self, name: str) -> DeltaTable:
        from deltalake import DeltaTable, Schema

        table = self.open(name)
        if table is not None:
            return table
        if "://" not in self.tables_url:
            Path(self.table_url(name)).mkdir(parents=True, exist_ok=True)
        definition = TABLES[name]
        configuration: dict[str, str | None] = {
            "delta.dataSkippingStatsColumns": definition.found_by,
            "delta.enableChangeDataFeed": str(definition.feed).lower(),
        }
        return DeltaTable.create(
            self.table_url(name),
            schema=Schema.from_arrow(definition.schema),
            mode="ignore",
            partition_by=definition.partition_columns,
            name=name,
            description=definition.about,
            configuration=configuration,
        )

    def version(self, name: str) -> int | None:
        """Number of the last commit; None before the first write."""
        table = self.open(name)
        return None if table is None else table.version()

    def read(
        self,
        name: str,
        scope: Scope = EVERYTHING,
        columns: Sequence[str] | None = None,
        *,
        often: bool = False,
    ) -> pa.Table:
        """Rows of the scope, in no particular order, with the types of the table. With `often`,
        for who reads many times a minute, the log of the table is not read whole each time."""
        definition = TABLES[name]
        wanted = list(columns) if columns is not None else definition.schema.names
        picked = definition.columns(wanted)
        names = ", ".join(f'"{column}"' for column in wanted)
        sql = f"SELECT {names} FROM t{self._where(name, scope)}"  # noqa: S608
        table = self.lately(name) if often else self.open(name)
        return picked.empty_table() if table is None else query(name, table, sql, picked)

    def count_by(
        self, name: str, columns: Sequence[str], scope: Scope = EVERYTHING, value: str = "*"
    ) -> dict[tuple[str, ...], int]:
        """Number of rows (or of distinct `value`s) for each combination of `columns`."""
        keys = ", ".join(f'"{column}"' for column in columns)
        counted = "count(*)" if value == "*" else f'count(DISTINCT "{value}")'
        where = self._where(name, scope)
        sql = f"SELECT {keys}, {counted} AS n FROM t{where} GROUP BY {keys}"  # noqa: S608
        picked = TABLES[name].columns(columns).append(pa.field("n", pa.int64()))
        rows = self._query(name, sql, picked).to_pydict()
        return dict(zip(zip(*(rows[c] for c in columns), strict=True), rows["n"], strict=True))

    def _where(self, name: str, scope: Scope) -> str:
        terms = [scope.sql()] if scope.sql() else []
        if "bucket" in TABLES[name].partition_columns:
            terms += [f"NOT ({Scope(source, [b]).sql()})" for source, b in sorted(self.aside)]
        return f" WHERE {' AND '.join(terms)}" if terms else ""

    def _query(self, name: str, sql: str, schema: pa.Schema) -> pa.Table:
        table = self.open(name)
        return schema.empty_table() if table is None else query(name, table, sql, schema)

    def replace(self, name: str, scope: Scope, rows: pa.Table) -> None:
        """Make `rows` the only rows of the scope, in one commit. Same rows, same state."""
        predicate = scope.sql()
        if not predicate:
            raise ValueError("a write without a scope would replace the whole table")

        def write() -> None:
            table = self._open_or_create(name)
            parquet.overwrite(table, name, predicate, rows, self.fences.of(table, scope))

        commit(name, write)

    def append(self, name: str, rows: pa.Table, *, often: bool = False) -> None:
        """Add rows with keys that no row has, in one commit, which no other writer hinders. Only
        for what is written once: the same rows again would be there twice. `often` as for
        `read`."""

        def write() -> None:
            table = (self.lately(name) if often else None) or self._open_or_create(name)
            parquet.append(table, name, rows)

        commit(name, write)

    def update(
        self,
        name: str,
        scope: Scope,
        change: Callable[[pa.Table], pa.Table | None],
        *,
        often: bool = False,
    ) -> None:
        """Replace the rows of the scope by what `change` makes of them; None leaves them alone.

        If another writer commits between the read and the write, Delta refuses the commit and
        `change` is called again with the newer rows. The scope must pin its partitions. `often` as
        for `read`.
        """
        schema = TABLES[name].schema
        predicate = scope.sql()
        if not scope.buckets and not scope.where.keys() & set(TABLES[name].partitions):
            raise ValueError("an update without partitions would conflict with every writer")
        names = ", ".join(f'"{column}"' for column in schema.names)

        def write() -> None:
            table = (self.lately(name) if often else None) or self._open_or_create(name)
            rows = change(query(name, table, f"SELECT {names} FROM t WHERE {predicate}", schema))  # noqa: S608
            if rows is not None:
                parquet.overwrite(table, name, predicate, rows, self.fences.of(table, scope))

        commit(name, write)

    def delete(self, name: str, scope: Scope) -> int:
        """Delete the rows of the scope; returns how many there were."""
        predicate = scope.sql()
        if not predicate:
            raise ValueError("a delete without a scope would empty the whole table")
        deleted = 0

        def write() -> None:
            nonlocal deleted
            table = self.open(name)
            if table is not None:
                lease = self.fences.of(table, scope)
                result = table.delete(
                    predicate, commit_properties=lease, writer_properties=parquet.properties(name)
                )
                deleted = int(result["num_deleted_rows"])

        commit(name, write)
        return deleted

    def take_over(self, source: str, epochs: Mapping[str, int]) -> None:
        """Keep whoever held these buckets before from writing to any table: see `fences`."""
        from deltalake import write_deltalake

        for name, definition in TABLES.items():
            if "bucket" not in definition.partition_columns:
                continue
            nothing = parquet.bare(definition.schema.empty_table(), definition.schema)

            def write(name: str = name, nothing: pa.Table = nothing) -> None:
                lease = epoch_commit(source, epochs)
                table = self._open_or_create(name)
                write_deltalake(table, nothing, mode="append", commit_properties=lease)

            commit(name, write)

    def compact(self, name: str, bytes_at_most: int | None = None) -> int:
        """Merge small files, into files of so many bytes if it is said; returns how many were
        merged. Changes no row and no feed."""
        merged = 0

        def optimize() -> None:
            nonlocal merged
            table = self.open(name)
            if table:
                done = table.optimize.compact(
                    target_size=bytes_at_most, writer_properties=parquet.properties(name)
                )
                merged = int(done["numFilesRemoved"])

        commit(name, optimize)
        return merged

    def vacuum(self, name: str, keep: timedelta) -> int:
        """Remove files that no version younger than `keep` needs, and the log before a checkpoint.

        Files that no version names go as well: a killed writer leaves them behind. A writer at work
        has such files too, so `keep` must be longer than a commit takes.
        """
        table = self.open(name)
        if table is None:
            return 0
        removed = table.vacuum(
            retention_hours=int(keep.total_seconds() // 3600),
            dry_run=False,
            enforce_retention_duration=False,
            full=True,
        )
        table.create_checkpoint()
        return len(removed)
