"""Numbers that a commit keeps beside its rows, such as the next offset of a topic.

Both are written, or neither. They are app transactions of Delta. Read and written through one
handle they are a compare-and-set: of two commits that begin at the same version and write the same
mark, Delta refuses the second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from doclake.errors import LakeError
from doclake.lake import locks, parquet
from doclake.lake.commits import commit
from doclake.lake.fences import transactions
from doclake.lake.lake import Lake
from doclake.lake.opening import opened
from doclake.tables.registry import TABLES

if TYPE_CHECKING:
    from deltalake import DeltaTable

Made = tuple[pa.Table, Mapping[str, int]]


def append(
    lake: Lake, name: str, make: Callable[[Callable[[str], int | None]], Made | None]
) -> None:
    """Add the rows and set the marks that `make` gives, in one commit; None is nothing to do.

    `make` is told the mark of a name. If another writer sets one of these marks first, it is called
    again and told the newer ones. Raises `LakeError`.
    """

    def write() -> None:
        table = _anew(lake, name)
        if made := make(table.transaction_version):
            rows, marks = made
            with locks.table(lake, name):
                parquet.append(table, name, rows, transactions(marks))

    commit(name, write)


def read(lake: Lake, name: str) -> Callable[[str], int | None]:
    """The mark of a name, as it is now."""
    table = lake.open(name)
    if table is None:
        return lambda _: None
    version: Callable[[str], int | None] = table.transaction_version
    return version


def _anew(lake: Lake, name: str) -> DeltaTable:
    """A handle that nobody else brings up to date meanwhile, as `Lake.kept_open` would."""
    if lake.open(name) is None:
        lake.append(name, TABLES[name].schema.empty_table())  # which makes the table
    table = opened(name, lake.table_url(name))
    if table is None:
        raise LakeError(f"The table {name} was deleted meanwhile.", table=name)
    return table
