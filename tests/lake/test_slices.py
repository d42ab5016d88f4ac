"""Runs of equal values in a sorted table."""

import pyarrow as pa

from doclake.lake.slices import runs


def test_each_value_comes_with_its_rows_whatever_the_chunks():
    table = pa.concat_tables(
        [
            pa.table({"bucket": ["a", "b"], "n": [1, 2]}),
            pa.table({"bucket": ["b", "c"], "n": [3, 4]}),
        ]
    )
    found = {value: rows["n"].to_pylist() for value, rows in runs(table, "bucket")}
    assert found == {"a": [1], "b": [2, 3], "c": [4]}


def test_an_empty_table_has_no_runs():
    assert list(runs(pa.schema([("bucket", pa.string())]).empty_table(), "bucket")) == []
