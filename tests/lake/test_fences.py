"""Whoever has lost a partition cannot write it any more, neither through a table that was opened
before nor through one that is opened now."""

from __future__ import annotations

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from deltalake.exceptions import CommitFailedError

from doclake.errors import LeaseLost
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.lake.watermark import changed_since, watermark
from doclake.tables.embeddings import EMBEDDINGS

TABLE = "embeddings"


def _rows(text_hash: str) -> pa.Table:
    made = {"source": "notes", "text_hash": text_hash, "model": "m", "model_name": "m"}
    return EMBEDDINGS.arrow([EMBEDDINGS.empty_row() | made | {"bucket": "00", "vector": [1.0]}])


@pytest.fixture
def lake(tmp_path) -> Lake:
    lake = Lake(str(tmp_path / "lake"))
    with lake.fences.held("notes", {"00": 1}):
        lake.replace(TABLE, Scope("notes", ["00"]), _rows("a"))
    return lake


def _written(lake: Lake) -> list[str]:
    return lake.read(TABLE, columns=["text_hash"])["text_hash"].to_pylist()


@pytest.mark.parametrize("scope", [Scope("notes", ["00"]), Scope("notes")])
def test_a_commit_after_a_take_over_is_refused(lake, scope):
    with lake.fences.held("notes", {"00": 1}):
        Lake(lake.url).take_over("notes", {"00": 2})
        with pytest.raises(LeaseLost):
            lake.replace(TABLE, scope, _rows("late"))
        with pytest.raises(LeaseLost):
            lake.delete(TABLE, scope)
        with pytest.raises(LeaseLost):
            lake.update(TABLE, Scope("notes", ["00"]), lambda rows: rows)
    assert _written(lake) == ["a"]


@pytest.mark.parametrize("kind", ["replace", "delete"])
def test_a_commit_begun_before_a_take_over_is_refused_by_delta(lake, kind):
    scope = Scope("notes", ["00"])
    with lake.fences.held("notes", {"00": 1}):
        table = lake.open(TABLE)
        lease = lake.fences.of(table, scope)
        Lake(lake.url).take_over("notes", {"00": 2})
        with pytest.raises(CommitFailedError):
            if kind == "delete":
                table.delete(scope.sql(), commit_properties=lease)
            else:
                mode = {"mode": "overwrite", "predicate": scope.sql()}
                write_deltalake(table, _rows("late"), commit_properties=lease, **mode)
    assert _written(lake) == ["a"]


def test_other_partitions_are_written_on_as_before(lake):
    with lake.fences.held("notes", {"00": 1, "01": 1}):
        Lake(lake.url).take_over("notes", {"00": 2})
        lake.delete(TABLE, Scope("notes", ["01"]))
    with lake.fences.held("notes", {"00": 2}):
        lake.replace(TABLE, Scope("notes", ["00"]), _rows("b"))
    lake.replace(TABLE, Scope("notes", ["00"]), _rows("c"))  # nothing is held, so free
    assert _written(lake) == ["c"]


def test_a_take_over_changes_no_row_of_the_change_feed(lake):
    mark = watermark(lake, TABLE)
    lake.take_over("notes", {"00": 2, "01": 2})
    assert changed_since(lake, TABLE, mark) == set()
