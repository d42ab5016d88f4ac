"""A query whose rows are documents: PostgreSQL, MySQL and MariaDB, SQLite, through SQLAlchemy.

Each listing asks for the keys and versions of all rows, in one statement and so in one snapshot: a
cursor column alone would miss what is deleted and what is committed late. Bodies are read one by
one, of the rows that changed.
"""

from __future__ import annotations

import io
import re
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from doclake import extras, ids
from doclake.display import shown
from doclake.errors.foreign import in_words
from doclake.settings import Settings, SourceSettings
from doclake.settings.source_kinds import DatabaseOptions
from doclake.settings.source_options import options_of, scheme_of
from doclake.sources.base import Source
from doclake.sources.entries import Entry, microseconds
from doclake.sources.path_names import from_name, to_name
from doclake.sources.patience import patiently
from doclake.sources.row_documents import SUFFIXES, readers_of, rendered

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Subquery
    from sqlalchemy.exc import DBAPIError

_DRIVERS = {
    "postgresql": ("postgresql+psycopg", "psycopg"),
    "mysql": ("mysql+pymysql", "pymysql"),
    "mariadb": ("mariadb+pymysql", "pymysql"),
    "sqlite": ("sqlite+pysqlite", "sqlite3"),
}
"""SQLAlchemy's name of the driver, and its package."""
_REFUSALS = frozenset({"28P01", "28000", "42501", "1044", "1045", "1142"})
"""States and numbers by which servers say that they do not know us, or let us read nothing."""
_SPAN = re.compile(r"(?:(-?\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?)")
"""How a `timedelta` is written: `-1 day, 23:30:00`."""
ROWS_AT_ONCE = 5_000


class DatabaseSource(Source):
    """The path of a row is its key, with `/` between the columns of one of several, and an ending
    that says what is in it."""

    options = DatabaseOptions

    def __init__(self, name: str, source: SourceSettings, settings: Settings) -> None:
        super().__init__(name, source, settings)
        self._options = options_of(source, DatabaseOptions)
        given = self._options
        self._types: list[type] = []
        self._content = [given.blob] if given.blob else [*given.text]
        self._beside = [*filter(None, [given.title]), *given.metadata] if given.text else []
        # Rows are read anew when other columns become documents, or the same in another form.
        self._form = ids.digest("row", *self._content, "|", *self._beside, given.format)[:12]

    @cached_property
    def _engine(self) -> Engine:
        from sqlalchemy import create_engine
        from sqlalchemy.engine import make_url
        from sqlalchemy.pool import NullPool

        driver, package = _DRIVERS[scheme_of(self.url)]
        extras.require(package, f"The database of source {self.name}")
        url = make_url(self.url)
        if package == "sqlite3":
            file = self._config_dir / (url.database or "")
            return create_engine(f"{driver}:///file:{file}?mode=ro&uri=true", poolclass=NullPool)
        password = self.secret("password", required=False) or None
        url = url.set(drivername=driver, username=self._options.user, password=password)
        seconds = max(1, round(self._options.timeout.total_seconds()))
        patience = {"connect_timeout": seconds}
        if package == "psycopg":
            patience |= {"tcp_user_timeout": seconds * 1000}
        else:
            patience |= {"read_timeout": seconds}
        engine = create_engine(
            url, connect_args=patience, isolation_level="REPEATABLE READ", pool_pre_ping=True
        )
        weakref.finalize(self, engine.dispose)
        return engine

    @cached_property
    def _rows(self) -> Subquery:
        """The rows of the query, with the columns that the options name."""
        from sqlalchemy import column, text

        given = self._options
        said = [*self._content, *self._beside, given.version, given.access, given.file_name]
        names = dict.fromkeys(filter(None, [*given.id, *said]))
        literal = given.query.strip().rstrip(";").replace(":", "\\:")  # it has no parameters
        return text(literal).columns(*map(column, names)).subquery("documents")

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that can only read; raises `CredentialsRefused` for one that is refused."""
        from sqlalchemy.exc import DBAPIError, OperationalError

        def passes(error: BaseException) -> bool:
            return isinstance(error, OperationalError) and not _is_refused(error)

        try:
            with patiently(self._options, passes, self._engine.connect) as connection:
                if self._engine.dialect.name == "postgresql":
                    connection = connection.execution_options(postgresql_readonly=True)
                yield connection
        except DBAPIError as error:
            if _is_refused(error):
                why = in_words(error.orig or error)
                raise self.credentials_refused(why, "password") from error
            raise

    def _entries(self) -> Iterator[Entry]:
        from sqlalchemy import select

        given, rows = self._options, self._rows
        names = dict.fromkeys([*given.id, *filter(None, [given.access, given.file_name])])
        names |= dict.fromkeys(
            [given.version] if given.version else [*self._content, *self._beside]
        )
        is_empty = True
        with self._connected() as connection:
            self._refuse_keys_of_several_rows(connection)
            streamed = connection.execution_options(yield_per=ROWS_AT_ONCE)
            with streamed.execute(select(*(rows.c[name] for name in names))) as result:
                for row in result.mappings():
                    is_empty = False
                    key = [row[name] for name in given.id]
                    if None in key or "" in key:
                        self._failed(self.url, f"a row whose key {', '.join(given.id)} is empty")
                    else:
                        yield self._entry(key, row)
        if is_empty:
            self._empty()

    def _refuse_keys_of_several_rows(self, connection: Connection) -> None:
        """By their listing, one of two documents under one path would be lost."""
        from sqlalchemy import func, select

        keys = [self._rows.c[name] for name in self._options.id]
        several = select(*keys).group_by(*keys).having(func.count() > 1).limit(1)
        row = connection.execute(several).one_or_none()
        if row is not None:
            said = ", ".join(map(str, row))
            self._failed(self.url, f"several rows have the key {shown(said)[:80]}")

    def _entry(self, key: Sequence[Any], row: Mapping[Any, Any]) -> Entry:
        given = self._options
        path = self._path(key, row.get(given.file_name))
        version = row[given.version] if given.version else self._digest(row)
        changed = microseconds(version) if isinstance(version, datetime) else None
        access = None
        if given.access:
            access = readers_of(path, given.access, row[given.access], self._is_unclear)
        return Entry(path, 0, changed, f"{version} {self._form}", access)

    def _path(self, key: Sequence[Any], file_name: str | None) -> str:
        named = "/".join(to_name(_key_text(part)) for part in key)
        if self._options.file_name:
            return f"{named}/{to_name(file_name or 'unnamed')}"
        return named if self._options.blob else named + SUFFIXES[self._options.format]

    def _digest(self, row: Mapping[Any, Any]) -> str:
        parts = (row[name] for name in [*self._content, *self._beside])
        return ids.digest("content", *("" if part is None else repr(part) for part in parts))

    def open(self, path: str) -> BinaryIO:
        from sqlalchemy import and_, select
        from sqlalchemy.exc import SQLAlchemyError

        rows, given = self._rows, self._options
        columns = [rows.c[name] for name in dict.fromkeys([*self._content, *self._beside])]
        try:
            with self._connected() as connection:
                key = self._key(path, connection)
                found = [rows.c[n] == part for n, part in zip(given.id, key, strict=True)]
                row = connection.execute(select(*columns).where(and_(*found))).mappings().first()
        except (ValueError, SQLAlchemyError) as error:
            raise self._unreadable(path, in_words(error)) from error
        if row is None:
            raise self._unreadable(path, "no row has this key")
        if given.blob:
            return io.BytesIO(row[given.blob] or b"")
        metadata = {name: row[name] for name in given.metadata}
        parts = [row[name] for name in given.text]
        title = row[given.title] if given.title else None
        return io.BytesIO(rendered(parts, given.format, title, metadata))

    def _key(self, path: str, connection: Connection) -> list[Any]:
        """The values that a path stands for, of the types that the database has for them. Raises
        `ValueError` for a path of another form."""
        if self._options.file_name:
            path = path.rpartition("/")[0]
        elif not self._options.blob:
            path = path.removesuffix(SUFFIXES[self._options.format])
        parts = [from_name(part) for part in path.split("/")]
        types = self._key_types(connection)
        return [_key_value(part, kind) for part, kind in zip(parts, types, strict=True)]

    def _key_types(self, connection: Connection) -> list[type]:
        """By the first row, for a query has no other types."""
        from sqlalchemy import select

        if not self._types:
            keys = [self._rows.c[name] for name in self._options.id]
            row = connection.execute(select(*keys).limit(1)).first()
            self._types = [type(part) for part in row or [""] * len(keys)]
        return self._types


def _is_refused(error: DBAPIError) -> bool:
    """By what the driver says: a state, a number, or words where the connection never stood."""
    orig = error.orig
    first = orig.args[0] if orig is not None and orig.args else ""
    state = getattr(orig, "sqlstate", None) or first
    return str(state) in _REFUSALS or "authentication failed" in str(orig)


def _key_text(part: Any) -> str:
    if isinstance(part, bytes):
        return part.hex()
    return part.isoformat() if isinstance(part, date) else str(part)


def _key_value(text: str, kind: type) -> Any:
    """Raises `ValueError` for a text that no key of this type has: a value of another key must
    never stand for it."""
    try:
        value = _made(text, kind)
    except (TypeError, ArithmeticError) as error:  # of types without a form as text, of decimals
        raise ValueError(f"no key: {in_words(error)}") from error
    if _key_text(value) != text:
        raise ValueError("no key of a row")
    return value


def _made(text: str, kind: type) -> Any:
    if issubclass(kind, bool):
        return text == str(True)
    if issubclass(kind, bytes):
        return bytes.fromhex(text)
    if issubclass(kind, date | time):
        return kind.fromisoformat(text)
    if issubclass(kind, timedelta):
        found = _SPAN.fullmatch(text)
        days, hours, minutes, seconds = found.groups("0") if found else (text, "0", "0", "0")
        return timedelta(int(days), float(seconds), hours=int(hours), minutes=int(minutes))
    made: Callable[[str], Any] = kind
    return made(text)
