"""Reading a Delta table with SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from doclake.errors import LakeError

if TYPE_CHECKING:
    from deltalake import DeltaTable


def query(name: str, table: DeltaTable, sql: str, schema: pa.Schema) -> pa.Table:
    """Rows of `table`, which is called t in `sql`, cast to `schema`. Raises `LakeError`."""
    # QueryBuilder and not to_pyarrow_dataset(), which crashes the process with pyarrow 26.
    from deltalake import QueryBuilder

    try:
        result = pa.table(QueryBuilder().register("t", table).execute(sql).read_all())
    except Exception as error:  # QueryBuilder raises the bare type
        raise LakeError(
            f"The table {name} cannot be read: {error}",
            mend="If files of the lake are gone, restore them from a backup.",
            table=name,
        ) from error
    return result.cast(schema)
