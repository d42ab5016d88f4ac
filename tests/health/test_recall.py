"""An index that leaves neighbours out is noticed by the doctor and in Dagster."""

from __future__ import annotations

import lance
import pyarrow as pa
import pytest

from doclake.health import recall
from doclake.index import tuning
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake_dagster.assets.search_index import finds_neighbours
from tests.index.vector_rows import VectorRows, new_index

DIMENSION = 64


@pytest.fixture
def index(tmp_path, monkeypatch) -> SearchIndex:
    """An empty index in which some thousand rows are many."""
    monkeypatch.setattr(tuning, "ANN_ROWS", 2_000)
    monkeypatch.setattr(tuning, "PARTITION_ROWS", 50)
    return new_index(tmp_path / "lake", DIMENSION)[0]


def test_an_index_that_leaves_neighbours_out_fails_the_check(index, monkeypatch):
    drawn = VectorRows(DIMENSION, clusters=1)  # neighbours in all partitions
    state, rows = index.require()
    assert recall.measure(index) == 1
    rows.replace([], drawn.rows(6_000))
    index.optimize(state)
    sound = recall.measure(index)
    assert sound >= recall.FLOOR
    assert finds_neighbours(sound).passed
    with monkeypatch.context() as spoiled:
        spoiled.setattr(tuning, "PROBES", 1)
        assert not finds_neighbours(recall.measure(index)).passed
    lance.dataset(index.table(state).url).create_index(
        "vector", "IVF_RQ", metric="cosine", num_bits=1, num_partitions=100, replace=True
    )
    monkeypatch.setattr(tuning, "REFINE", 1)
    assert not finds_neighbours(recall.measure(index)).passed


def test_passages_with_the_same_text_are_not_mistaken_for_missing_ones(index):
    same = VectorRows(DIMENSION, clusters=100).rows(50)
    state, rows = index.require()
    for _ in range(60):
        rows = rows.replace([], same)
    index.optimize(state)
    assert recall.measure(index) == 1


def test_a_vector_that_is_none_is_nobodys_neighbour(index):
    drawn = VectorRows(DIMENSION, clusters=100)
    state, rows = index.require()
    broken = drawn.rows(1)
    place = broken.schema.get_field_index("vector")
    nothing = pa.array([[float("nan")] * DIMENSION], broken.schema.field("vector").type)
    broken = broken.set_column(place, broken.schema.field("vector"), nothing)
    rows.replace([], pa.concat_tables([drawn.rows(3_000), broken]))
    index.optimize(state)
    assert recall.measure(index) >= recall.FLOOR


def test_the_doctor_names_an_index_that_finds_too_few(flow, monkeypatch):
    assert flow.findings() == []
    monkeypatch.setattr(recall, "FLOOR", 1.01)  # higher than any index reaches
    assert flow.findings() == [("recall", "doclake index rebuild")]


def test_a_lake_without_an_index_passes(tmp_path):
    assert recall.measure(SearchIndex(Lake(str(tmp_path)))) is None
    assert finds_neighbours(None).passed
