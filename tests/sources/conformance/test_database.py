"""A table of PostgreSQL, of MariaDB and of SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from doclake.errors import ListingIncomplete
from doclake.sources.conformance import Case, NotOffered, Place
from doclake.sources.path_names import from_name, to_name
from tests.sources import database_servers as servers
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run

DRIVERS = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
CREATE = (
    "CREATE TABLE tickets (name VARCHAR(300) PRIMARY KEY, version INTEGER, body TEXT, "
    "readers VARCHAR(300))"
)


def admin_of(url: str) -> Engine:
    """An engine of whoever owns the database; SQLite has no users."""
    made = make_url(url)
    if made.drivername in DRIVERS:
        made = made.set(
            drivername=DRIVERS[made.drivername],
            username=servers.ADMIN,
            password=servers.PASSWORD,
        )
    return create_engine(made, poolclass=NullPool)


class TablePlace(Place):
    def __init__(self, url: str, environment: pytest.MonkeyPatch) -> None:
        self.url = url
        self.options: dict[str, Any] = {
            "query": "SELECT * FROM tickets",
            "id": ["name"],
            "version": "version",
            "text": ["body"],
            "access": "readers",
            "retries": 0,
        }
        self._environment = environment
        self._admin = admin_of(url)
        self.sql("DROP TABLE IF EXISTS tickets")
        self.sql(CREATE)
        if self._has_users:
            self.options["user"] = servers.READER
            environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", servers.PASSWORD)
            self.sql(f"GRANT SELECT ON tickets TO {servers.READER}")
            self._allow_connections(postgresql=-1, mariadb=0)

    @property
    def _has_users(self) -> bool:
        return not self.url.startswith("sqlite")

    def sql(self, statement: str, **values: Any) -> int:
        with self._admin.begin() as connection:
            return connection.execute(text(statement), values).rowcount

    def put(self, name: str, text: str) -> str:
        values = {"name": name, "body": text}
        edit = "UPDATE tickets SET body = :body, version = version + 1 WHERE name = :name"
        if not self.sql(edit, **values):
            self.sql("INSERT INTO tickets VALUES (:name, 1, :body, 'everyone')", **values)
        return f"{to_name(name)}.md"

    def remove(self, path: str) -> None:
        self.sql("DELETE FROM tickets WHERE name = :name", name=self._name(path))

    def move(self, path: str, name: str) -> str:
        self.sql("UPDATE tickets SET name = :new WHERE name = :old", new=name, old=self._name(path))
        return f"{to_name(name)}.md"

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        said = None if readers is None else " ".join(readers)
        edit = "UPDATE tickets SET readers = :said WHERE name = :name"
        self.sql(edit, said=said, name=self._name(path))

    def lock(self) -> None:
        if not self._has_users:
            raise NotOffered("it has no users")
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_PASSWORD", "another")

    def throttle(self) -> None:
        """As many connections are open as this user may have."""
        if not self._has_users:
            super().throttle()
        self._allow_connections(postgresql=0, mariadb=1)
        with suppress(ListingIncomplete):
            list(self.opened().list())

    def _allow_connections(self, *, postgresql: int, mariadb: int) -> None:
        if self.url.startswith("postgresql"):
            self.sql(f"ALTER ROLE {servers.READER} CONNECTION LIMIT {postgresql}")
        else:
            limit = f"WITH MAX_CONNECTIONS_PER_HOUR {mariadb}"
            self.sql(f"ALTER USER {servers.READER} {limit}")

    def cut_short(self) -> None:
        if not self._has_users:
            super().cut_short()
        failing.cut_short(self, make_url(self.url).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self.url = make_url(self.url).set(port=port).render_as_string()

    def vanish(self) -> None:
        self.sql("DROP TABLE tickets")

    def fill(self, number: int) -> None:
        rows = [{"name": f"filler-{n}"} for n in range(number)]
        with self._admin.begin() as connection:
            insert = "INSERT INTO tickets VALUES (:name, 1, 'filler', 'everyone')"
            connection.execute(text(insert), rows)

    @staticmethod
    def _name(path: str) -> str:
        return from_name(path.removesuffix(".md"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "mariadb"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('desk')}/desk.db"
    else:
        with getattr(servers, request.param)() as address:
            yield address


@pytest.fixture
def place(url: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    return TablePlace(url, monkeypatch)


@every_case
def test_a_table(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_rows_of_a_table_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_table_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
