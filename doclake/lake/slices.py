"""Arrow rows by the values of their columns."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from doclake.tables.rows import strings


def runs(table: pa.Table, column: str) -> Iterator[tuple[str, pa.Table]]:
    """(value, its rows) for each value of a column that `table` is sorted by. Copies nothing."""
    if not table.num_rows:
        return
    encoded = pc.run_end_encode(table[column].combine_chunks())
    start = 0
    for value, end in zip(encoded.values.to_pylist(), encoded.run_ends.to_pylist(), strict=True):
        yield value, table.slice(start, end - start)
        start = end


def partitions_of(rows: pa.Table) -> set[tuple[str, str]]:
    """(source, bucket) of every row."""
    pairs = rows.group_by(["source", "bucket"]).aggregate([])
    return set(zip(strings(pairs["source"]), strings(pairs["bucket"]), strict=True))
