"""What pyarrow lacks."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc


def runs(table: pa.Table, column: str) -> Iterator[tuple[str, pa.Table]]:
    """(value, its rows) for each value of a column that `table` is sorted by. Copies nothing."""
    if not table.num_rows:
        return
    encoded = pc.run_end_encode(table[column].combine_chunks())
    start = 0
    for value, end in zip(encoded.values.to_pylist(), encoded.run_ends.to_pylist(), strict=True):
        yield value, table.slice(start, end - start)
        start = end
