"""DuckDB in memory, which knows the rows that it was given and reads nothing else.

Rows that somebody may not read are never put in. So no statement can reach them, whatever it says.
It opens no file, loads no extension and lets nobody change that.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import pyarrow as pa

from doclake import extras
from doclake.errors import StatementRefused, StatementTimeout
from doclake.errors.foreign import in_words
from doclake.workspaces.workspace import Workspace

MEMORY_MB = 1_024
"""What does not fit in it goes to a temporary folder."""
_STARTS = {
    "memory_limit": f"{MEMORY_MB}MiB",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_INCOMING = "incoming"
_BATCH = 10_000
_PLACE = re.compile(r"\s*LINE \d+:.*", re.DOTALL)
_KIND = re.compile(r"^[A-Za-z ]+ Error: ")


class Engine:
    """One question, or one export. `seconds` is how long all of it may take; None: as it likes."""

    def __init__(self, seconds: float | None = None) -> None:
        extras.require("duckdb", "SQL")
        import duckdb

        self._workspace = Workspace()
        self._timer: threading.Timer | None = None
        self._seconds, self._is_late = seconds, False
        self._streams: list[duckdb.DuckDBPyConnection] = []
        try:
            self._db = duckdb.connect(":memory:", config=dict(_STARTS))
            spilled = str(self._workspace.path / "spilled").replace("'", "''")
            self._db.execute(f"SET temp_directory = '{spilled}'")
            self._db.execute("SET TimeZone = 'UTC'")
            self._db.execute("SET enable_external_access = false")
            self._db.execute("SET lock_configuration = true")
        except BaseException:
            self._workspace.close()
            raise

    def __enter__(self) -> Self:
        if self._seconds is not None:
            self._timer = threading.Timer(self._seconds, self._interrupt)
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._db.close()
        self._workspace.close()

    def _interrupt(self) -> None:
        self._is_late = True
        for connection in (self._db, *self._streams):
            connection.interrupt()

    def load(
        self,
        table: str,
        schema: pa.Schema,
        parts: Iterable[pa.Table],
        where: str = "TRUE",
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Add to `table`, made of the columns of `schema` if it is not there, these columns of the
        rows that meet a condition of ours. One part is held at a time."""
        columns = ", ".join(map(quoted, schema.names))
        into = f"INSERT INTO {quoted(table)} SELECT {columns} FROM {_INCOMING} WHERE {where}"  # noqa: S608
        with self._told():
            self._db.register(_INCOMING, schema.empty_table())
            self._db.execute(
                f"CREATE TABLE IF NOT EXISTS {quoted(table)} AS SELECT * FROM {_INCOMING}"  # noqa: S608
            )
            for part in parts:
                self._db.register(_INCOMING, part)
                self._db.execute(into, _used(values or {}, where))
            self._db.unregister(_INCOMING)

    def execute(self, sql: str, values: Mapping[str, Any] | None = None) -> None:
        """A statement of ours."""
        with self._told():
            self._db.execute(sql, _used(values or {}, sql))

    def drop(self, *tables: str) -> None:
        """Those that are there."""
        for table in tables:
            self.execute(f"DROP TABLE IF EXISTS {quoted(table)}")

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The answer to a question, whole."""
        with self._told():
            return list(self._db.execute(sql, _used(values or {}, sql)).fetchall())

    def stream(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterator[pa.RecordBatch]:
        """The answer to a question, some thousand rows at a time; asks when the first is wanted.
        At least one batch comes, which may be empty."""
        cursor = self._db.cursor()  # another statement on one connection would end the stream
        self._streams.append(cursor)
        try:
            with self._told():
                reader = cursor.execute(sql, _used(values or {}, sql)).to_arrow_reader(_BATCH)
                yield _empty(reader.schema)
                yield from reader
        finally:
            self._streams.remove(cursor)
            cursor.close()

    def parsed(self, sql: str) -> tuple[list[str], str]:
        """Kinds of the statements that a text holds, and its tree as JSON. Nothing is executed."""
        with self._told():
            kinds = [one.type.name for one in self._db.extract_statements(sql)]
            row = self._db.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchone()
            return kinds, str(row[0] if row else "{}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of DuckDB as ours."""
        import duckdb

        try:
            if self._is_late:
                raise self._late()
            yield
        except (duckdb.Error, pa.ArrowException, OSError) as error:  # Arrow wraps what it is told
            if self._is_late:
                raise self._late() from None
            raise _refused(error) from None

    def _late(self) -> StatementTimeout:
        return StatementTimeout(
            f"The statement took longer than {self._seconds:g} s.",
            mend="Ask for less, or give it longer by --timeout.",
        )


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], one.type) for one in schema], schema=schema)


def _used(values: Mapping[str, Any], sql: str) -> dict[str, Any]:
    """DuckDB refuses values that no parameter asks for."""
    named = set(re.findall(r"\$([a-z_]+)", sql))
    return {name: value for name, value in values.items() if name in named}


def _refused(error: Exception) -> StatementRefused:
    said = _KIND.sub("", _PLACE.sub("", str(error)))
    kind = type(error).__name__.removesuffix("Exception").lower()
    if kind == "conversion":  # DuckDB repeats the value, and errors are logged
        said = "a value cannot be converted; try_cast makes null of it"
    elif kind == "outofmemory":
        said = f"it needs more memory than {MEMORY_MB:,} MB; ask for fewer columns or rows"
    return StatementRefused(
        f"The statement cannot be answered: {in_words(ValueError(said))}.",
        mend="docs/tables.md names tables and columns.",
        kind=kind,
    )
