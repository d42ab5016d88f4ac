"""The lake replaces exactly what a scope names, atomically, whoever else writes."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from doclake.errors import LakeError
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.watermark import changed_partitions
from doclake.tables.chunks import CHUNKS
from doclake.tables.embeddings import EMBEDDINGS
from doclake.tables.quarantine import QUARANTINE
from doclake.tables.registry import TABLES


def _rows(names: list[str], bucket: str = "00", rule: str = "r") -> pa.Table:
    filled = dict.fromkeys(QUARANTINE.schema.names)
    rows = [
        filled
        | {"source": "s", "bucket": bucket, "root_id": name, "doc_id": name, "path": name}
        | {"content_hash": "h", "recipe": "p", "stage": "chunks", "key": name, "rule": rule}
        for name in names
    ]
    return pa.Table.from_pylist(rows, schema=QUARANTINE.schema)


def _scope(names: list[str], bucket: str = "00") -> Scope:
    return Scope("s", [bucket], {"root_id": names})


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def test_a_table_that_was_never_written_reads_as_empty_with_its_schema(lake):
    table = lake.read("chunks")
    assert table.num_rows == 0
    assert table.schema == CHUNKS.schema
    assert lake.version("chunks") is None


@pytest.mark.parametrize("name", TABLES)
def test_every_table_keeps_its_types_through_a_write(lake, name):
    table, schema = TABLES[name], TABLES[name].schema
    values = {field.name: [None if field.nullable else _value(field.type)] for field in schema}
    values |= {column: ["00"] for column in table.partition_columns} | {table.found_by: ["x"]}
    scope = Scope(where={column: ["00"] for column in table.partition_columns})
    scope = scope if table.partition_columns else Scope(where={table.found_by: ["x"]})
    lake.replace(name, scope, pa.table(values, schema=schema))
    assert lake.read(name).schema.equals(schema, check_metadata=False)


def test_a_table_of_an_older_version_gets_the_columns_that_came_since(lake, monkeypatch):
    newer = QUARANTINE.schema
    older = pa.schema([field for field in newer if field.name != "evidence"])
    monkeypatch.setitem(TABLES, "quarantine", replace(QUARANTINE, schema=older))
    lake.replace("quarantine", _scope(["a"]), _rows(["a"]).drop_columns(["evidence"]))
    monkeypatch.setitem(TABLES, "quarantine", QUARANTINE)
    (row,) = Lake(lake.url).read("quarantine").to_pylist()
    assert (row["key"], row["evidence"]) == ("a", None)
    written = _rows(["b"]).set_column(newer.names.index("evidence"), "evidence", [["9 tokens"]])
    Lake(lake.url).replace("quarantine", _scope(["b"]), written)
    rows = Lake(lake.url).read("quarantine").to_pylist()
    assert {row["key"]: row["evidence"] for row in rows} == {"a": None, "b": "9 tokens"}


def test_a_table_whose_columns_were_described_in_other_words_is_written(lake, monkeypatch):
    other_words = pa.schema([f.with_metadata({"comment": "Old words"}) for f in QUARANTINE.schema])
    monkeypatch.setitem(TABLES, "quarantine", replace(QUARANTINE, schema=other_words))
    lake.replace("quarantine", _scope(["a"]), _rows(["a"]))
    monkeypatch.setitem(TABLES, "quarantine", QUARANTINE)
    lake.replace("quarantine", _scope(["b"]), _rows(["b"]))
    lake.update("quarantine", _scope(["b"]), lambda _: _rows(["b"], rule="r2"))
    rows = lake.read("quarantine").to_pylist()
    assert {row["key"]: row["rule"] for row in rows} == {"a": "r", "b": "r2"}


def _value(kind: pa.DataType) -> object:
    if pa.types.is_string(kind):
        return "a"
    if pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
        return ["a"]
    if pa.types.is_boolean(kind):
        return True
    return [1.0] if pa.types.is_list(kind) else 1


def test_replacing_twice_leaves_the_rows_once(lake):
    for _ in range(2):
        lake.replace("quarantine", _scope(["a", "b"]), _rows(["a", "b"]))
    assert sorted(lake.read("quarantine")["key"].to_pylist()) == ["a", "b"]


def test_replacing_touches_nothing_outside_its_scope(lake):
    lake.replace("quarantine", _scope(["a", "b"]), _rows(["a", "b"]))
    lake.replace("quarantine", _scope(["c"], "01"), _rows(["c"], "01"))
    lake.replace("quarantine", _scope(["b"]), _rows(["b"], rule="new"))
    rules = dict(
        zip(*lake.read("quarantine", columns=["key", "rule"]).to_pydict().values(), strict=True)
    )
    assert rules == {"a": "r", "b": "new", "c": "r"}


def test_rows_outside_the_scope_are_refused(lake):
    lake.replace("quarantine", _scope(["a"]), _rows(["a"]))
    with pytest.raises(LakeError):
        lake.replace("quarantine", _scope(["a"]), _rows(["b"]))
    assert lake.read("quarantine")["key"].to_pylist() == ["a"]


def test_an_empty_list_of_values_means_no_row_at_all(lake):
    lake.replace("quarantine", _scope(["a"]), _rows(["a"]))
    assert lake.read("quarantine", _scope([])).num_rows == 0
    assert lake.delete("quarantine", _scope([])) == 0


@pytest.mark.parametrize("value", ["a' OR 'x' = 'x", "", "a b", "a\\", "é"])
def test_only_identifiers_can_stand_in_a_scope(value):
    with pytest.raises(ValueError, match="not an identifier"):
        Scope("s", where={"root_id": [value]}).sql()


def test_a_write_must_have_a_scope(lake):
    with pytest.raises(ValueError, match="without a scope"):
        lake.replace("quarantine", Scope(), _rows([]))
    with pytest.raises(ValueError, match="without a scope"):
        lake.delete("quarantine", Scope())


def test_the_change_feed_names_the_partitions_that_changed(lake):
    row = dict.fromkeys(("source", "bucket", "text_hash", "model", "model_name"), "x")

    def write(bucket: str) -> None:
        values = row | {"bucket": bucket, "source": "s", "vector": [1.0], "created_at": None}
        table = pa.Table.from_pylist([values], schema=EMBEDDINGS.schema)
        lake.replace("embeddings", Scope("s", [bucket]), table)

    write("00")
    since = lake.version("embeddings")
    assert since is not None
    assert changed_partitions(lake, "embeddings", since) == set()
    write("03")
    assert changed_partitions(lake, "embeddings", since) == {("s", "03")}
    lake.delete("embeddings", Scope("s", ["00"]))
    assert changed_partitions(lake, "embeddings", since) == {("s", "00"), ("s", "03")}


def _write_all(url: str, rule: str) -> None:
    lake = Lake(url)
    for number in range(8):
        lake.replace("quarantine", _scope([f"{number}"]), _rows([f"{number}"], rule=rule))


def test_two_processes_that_write_the_same_scope_leave_each_row_once(lake):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_all, args=(lake.url, rule)) for rule in ("x", "y")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert sorted(lake.read("quarantine")["key"].to_pylist()) == [str(n) for n in range(8)]


def test_a_lake_that_cannot_be_written_is_a_typed_error(tmp_path):
    blocked = tmp_path / "lake"
    blocked.write_text("a file where the lake should be")
    with pytest.raises(LakeError, match="quarantine"):
        Lake(str(blocked)).replace("quarantine", _scope(["a"]), _rows(["a"]))


def test_a_table_whose_file_is_gone_says_so(lake):
    lake.replace("quarantine", _scope(["a"]), _rows(["a"]))
    for file in Path(lake.table_url("quarantine")).rglob("*.parquet"):
        file.unlink()
    with pytest.raises(LakeError, match="quarantine cannot be read"):
        lake.read("quarantine")


def test_an_update_sees_the_rows_it_replaces_and_may_leave_them_alone(lake):
    lake.replace("quarantine", _scope(["a", "b"]), _rows(["a", "b"]))
    scope = Scope("s", ["00"])
    lake.update("quarantine", scope, lambda rows: rows.slice(0, 1))
    assert lake.read("quarantine").num_rows == 1
    version = lake.version("quarantine")
    lake.update("quarantine", scope, lambda rows: None)
    assert lake.version("quarantine") == version
    with pytest.raises(ValueError, match="without partitions"):
        lake.update("quarantine", Scope("s"), lambda rows: rows)


def test_a_table_kept_open_shows_what_others_commit(lake):
    other = Lake(lake.url)
    names = {"a": ["a"], "b": ["a", "b"]}
    with lake.kept_open():
        assert lake.version("quarantine") is None
        for wanted in names.values():
            other.replace("quarantine", _scope(wanted), _rows(wanted))
            assert sorted(lake.read("quarantine")["key"].to_pylist()) == wanted
        lake.delete("quarantine", _scope(["a"]))
        assert lake.read("quarantine")["key"].to_pylist() == ["b"]
        assert other.read("quarantine")["key"].to_pylist() == ["b"]
