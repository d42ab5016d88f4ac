"""One question in SQL, and its answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from doclake.access import principals as checked
from doclake.errors import LakeError, StatementRefused
from doclake.lake.snapshot import Snapshot
from doclake.project import Project
from doclake.search import audit
from doclake.sql import readable, statement
from doclake.sql.engine import Engine
from doclake.sql.readable import Reader
from doclake.tables.audit import NO_SOURCE, SQL, SQL_ALL_ROWS
from doclake.tables.registry import TABLES
from doclake.tables.views import VIEWS

ROWS, SECONDS = 1_000, 60.0


@dataclass(frozen=True)
class Answer:
    """`rows` have a value for each of `columns`. With `is_cut` there are more of them."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    is_cut: bool = False


def ask(
    project: Project,
    sql: str,
    *,
    principals: Iterable[str] | None = (),
    rows: int = ROWS,
    seconds: float | None = SECONDS,
) -> Answer:
    """At most so many rows of the answer to a SELECT over the tables and views, as they stand now,
    of what `everyone` and the `principals` may read; of every row, where they are None.

    Raises `StatementRefused`, `StatementTimeout`, `LakeError`, and what `Project.asker` raises.
    """
    project = project.today()
    given = None if principals is None else checked(principals)
    reader = Reader.of(project, given)
    if project.lake.version("ledger") is None:
        raise LakeError("No table has been written yet.", mend="Run `doclake ingest` first.")
    with Engine(seconds) as engine:
        asked = _asked(engine, sql, reader)
        columns, views = _needed(engine, asked)
        snapshot = Snapshot.now(project.lake, {*columns, *reader.needs(columns)})
        readable.load(engine, snapshot, reader, columns)
        for view in VIEWS:
            if view.name in views:
                engine.execute(f'CREATE VIEW "{view.name}" AS {view.sql}')
        answer = _first(engine, sql, rows)
    action = SQL if given is not None else SQL_ALL_ROWS
    audit.given(project, action, [NO_SOURCE] * len(answer.rows), given or (), question=sql)
    return answer


def _asked(engine: Engine, sql: str, reader: Reader) -> statement.Asked:
    known = reader.tables | {view.name for view in VIEWS}
    try:
        return statement.asked(engine, sql, known)
    except StatementRefused as error:
        if error.facts.get("table") in TABLES.keys() - known:
            raise StatementRefused(
                f"Nobody is named who may read rows of {error.facts['table']}.",
                mend="Who may read everything asks with --all-rows.",
                **error.facts,
            ) from None
        raise


def _needed(engine: Engine, asked: statement.Asked) -> tuple[dict[str, list[str]], frozenset[str]]:
    """The columns that a statement needs of each table, and the views that it reads. A column that
    it never names is not read: vectors, boxes and texts make most of the bytes."""
    tables, words, views = set(asked.tables), set(asked.words), set[str]()
    for view in reversed(VIEWS):
        if view.name in tables:
            views.add(view.name)
            tables |= set(view.reads)
            known = frozenset({*TABLES, *(one.name for one in VIEWS)})
            words |= statement.asked(engine, view.sql, known).words
    columns = {}
    for name in sorted(tables & TABLES.keys()):
        every, first = TABLES[name].schema.names, TABLES[name].key[0]
        named = every if asked.is_whole else [one for one in every if one in words]
        columns[name] = named or [first]
    return columns, frozenset(views)


def _plain(value: Any) -> Any:
    """A sum of whole numbers comes as a decimal, for which JSON and people have numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _first(engine: Engine, sql: str, most: int) -> Answer:
    found, schema = list[tuple[Any, ...]](), pa.schema([])
    for batch in engine.stream(sql):
        schema = batch.schema
        columns = [list(map(_plain, column.to_pylist())) for column in batch.columns]
        found += zip(*columns, strict=True)
        if len(found) > most:
            break
    return Answer(schema.names, found[:most], is_cut=len(found) > most)
