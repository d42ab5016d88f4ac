"""Reading a Delta table with SQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doclake.errors import LakeError
from doclake.errors.foreign import in_words

if TYPE_CHECKING:
    from deltalake import DeltaTable


def query(name: str, table: DeltaTable, sql: str, schema: pa.Schema) -> pa.Table:
    """Rows of `table`, which is called t in `sql`, cast to `schema`. Raises `LakeError`."""
    with _readable(name):
        result = pa.table(_executed(table, sql).read_all())
    return result.cast(schema)


def parts(name: str, table: DeltaTable, sql: str) -> Iterator[pa.Table]:
    """As `query`, some thousand rows at a time, with the types as they come."""
    with _readable(name):
        for batch in _executed(table, sql):
            yield pa.table(batch)


def read_through(name: str, table: DeltaTable, sql: str) -> None:
    """Read rows and keep none. Raises `LakeError` if one of their files cannot be read."""
    for _ in parts(name, table, sql):
        pass


def _executed(table: DeltaTable, sql: str) -> Any:
    # QueryBuilder and not to_pyarrow_dataset(), which crashes the process with pyarrow 26.
    from deltalake import QueryBuilder

    return QueryBuilder().register("t", table).execute(sql)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:  # QueryBuilder raises the bare type
        # A file with a flipped bit makes the library panic, which is no `Exception` in Python.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise LakeError(
            f"The table {name} cannot be read: {in_words(error)}.",
            mend="`doclake doctor` names what is damaged, and what to do about it.",
            table=name,
        ) from error
