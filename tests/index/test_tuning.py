"""A table of the index has the indices that its size needs, and searches find what is nearest."""

from __future__ import annotations

import lance
import numpy as np
import pyarrow as pa
import pytest

from doclake.health import recall
from doclake.index import tuning
from doclake.index.index import SearchIndex
from doclake.index.rows import IndexRows
from doclake.index.state import IndexState
from doclake.tables.rows import with_column
from tests.index.vector_rows import (
    ALL,
    ASIDE,
    HUNDREDTH,
    SHARES,
    TENTH,
    VectorRows,
    holding,
    neighbours,
    new_index,
)

DIMENSION = 64
K = 10


@pytest.fixture
def small(monkeypatch):
    """Limits under which a few thousand rows are a large table of many partitions."""
    for name, value in (("ANN_ROWS", 2_000), ("PARTITION_ROWS", 50), ("FEW_ROWS", 20)):
        monkeypatch.setattr(tuning, name, value)


@pytest.fixture
def drawn() -> VectorRows:
    return VectorRows(DIMENSION, clusters=100)


@pytest.fixture
def made(tmp_path) -> tuple[SearchIndex, IndexState]:
    return new_index(tmp_path / "lake", DIMENSION)


def _grow(made: tuple[SearchIndex, IndexState], rows: pa.Table) -> None:
    index, state = made
    index.table(state).replace([], rows)


TEXT = {"terms": "Inverted"}


def _indices(rows: IndexRows) -> dict[str, str]:
    return {
        index.field_names[0]: index.index_type
        for index in lance.dataset(rows.url).describe_indices()
    }


def _partitions(rows: IndexRows) -> int:
    return lance.dataset(rows.url).stats.index_stats("vector_idx")["indices"][0]["num_partitions"]


def _found(rows: IndexRows, question: np.ndarray, where: str | None = None) -> list[str]:
    found = rows.by_vector(question, K, where, ["chunk_id"])
    return found["chunk_id"].to_pylist()


def _asked(rows: IndexRows, drawn: VectorRows, where: str | None = None) -> dict[str, object]:
    """How Lance is asked for the rows next to some vector."""
    return tuning.nearest(lance.dataset(rows.url), drawn.vectors(1)[0], K, where)


def _recall(rows: IndexRows, questions: np.ndarray, where: str | None = None) -> float:
    table = rows.to_table(columns=["chunk_id", "vector"], filter=where)
    true = neighbours(table, questions, K)
    found = [set(_found(rows, question, where)) for question in questions]
    return sum(len(one & other) for one, other in zip(true, found, strict=True)) / K / len(true)


def test_a_small_table_is_scanned_and_a_large_one_has_indices(small, made, drawn):
    index, state = made
    _grow(made, drawn.rows(1_999))
    index.optimize(state)
    rows = index.table(state)
    assert _indices(rows) == TEXT
    assert (
        tuning.nearest(lance.dataset(rows.url), drawn.vectors(1)[0], K, None)["use_index"] is False
    )
    assert _recall(rows, drawn.vectors(10)) == 1
    _grow(made, drawn.rows(1))
    index.optimize(state)
    rows = index.table(state)
    built = _indices(rows)
    assert built.items() >= (TEXT | {"vector": "IVF_RQ"}).items()
    columns = {name for name in tuning._FILTERED if name in rows.columns}
    assert built.keys() == {"vector", *TEXT, *columns}
    assert "use_index" not in _asked(rows, drawn)
    assert _recall(rows, drawn.vectors(20)) >= 0.98


def test_every_partition_of_a_few_is_probed_whatever_a_filter_leaves(small, made, drawn):
    index, state = made
    _grow(made, drawn.rows(tuning.PROBES * tuning.PARTITION_ROWS))
    index.optimize(state)
    rows = index.table(state)
    for where in (holding(ALL), holding(TENTH), holding(HUNDREDTH)):
        assert _asked(rows, drawn, where)["minimum_nprobes"] >= _partitions(rows)
        assert _recall(rows, drawn.vectors(20), where) >= 0.98


def test_of_many_rows_asked_for_fewer_candidates_each_are_compared_as_stored(small, made, drawn):
    index, state = made
    _grow(made, drawn.rows(4_000))
    index.optimize(state)
    rows = index.table(state)
    question, many = drawn.vectors(1)[0], 2 * tuning.MANY
    asked = tuning.nearest(lance.dataset(rows.url), question, many, None)
    assert asked["refine_factor"] < _asked(rows, drawn)["refine_factor"]
    (true,) = neighbours(rows.to_table(columns=["chunk_id", "vector"]), question[None], many)
    found = rows.by_vector(question, many, None, ["chunk_id"])["chunk_id"].to_pylist()
    assert len(true & set(found)) >= 0.98 * many


def test_a_filter_that_leaves_less_has_more_partitions_probed_and_one_that_leaves_few_a_scan(
    small, made, drawn
):
    index, state = made
    _grow(made, drawn.rows(4_000))
    index.optimize(state)
    rows = index.table(state)
    assert _asked(rows, drawn)["minimum_nprobes"] == tuning.PROBES
    assert _asked(rows, drawn, holding(ALL))["minimum_nprobes"] == tuning.PROBES
    assert _asked(rows, drawn, holding(TENTH))["minimum_nprobes"] == pytest.approx(
        10 * tuning.PROBES, rel=0.2
    )
    assert _asked(rows, drawn, "doc_id = 'none'")["use_index"] is False
    for where in (holding(TENTH), holding(HUNDREDTH), f"source = '{ASIDE}'"):
        assert _recall(rows, drawn.vectors(20), where) >= 0.98


def test_rows_are_found_before_and_after_an_index_holds_them_and_gone_ones_never(
    small, made, drawn
):
    index, state = made
    _grow(made, drawn.rows(2_500))
    index.optimize(state)
    for _ in range(2):
        old, new = index.table(state), drawn.rows(500)
        addresses = old.to_table(columns=[], with_row_address=True)["_rowaddr"].to_pylist()
        removed, kept = addresses[:500], old.to_table(columns=["chunk_id"]).slice(500)
        old.replace(removed, new)
        expected = set(kept["chunk_id"].to_pylist()) | set(new["chunk_id"].to_pylist())
        questions = np.array(new["vector"].to_pylist()[:20])
        for _ in ("waiting", "indexed"):
            rows = index.table(state)
            found = [_found(rows, question) for question in questions]
            assert [ids[0] for ids in found] == new["chunk_id"].to_pylist()[:20]
            assert expected.issuperset(one for ids in found for one in ids)
            assert _recall(rows, questions) >= 0.98
            index.optimize(state)


def test_a_few_new_rows_wait_and_more_are_merged_into_the_one_index(
    small, made, drawn, monkeypatch
):
    monkeypatch.setattr(tuning, "WAITING", 0.01)
    index, state = made
    _grow(made, drawn.rows(3_000))
    index.optimize(state)

    def held() -> list[tuple[int, int]]:
        described = lance.dataset(index.table(state).url).describe_indices()
        return [(one.num_rows_indexed, len(one.segments)) for one in described]

    _grow(made, drawn.rows(20))
    index.optimize(state)
    assert set(held()) == {(3_000, 1)}
    _grow(made, drawn.rows(20))
    index.optimize(state)
    assert set(held()) == {(3_040, 1)}


def test_an_index_that_the_table_outgrew_is_trained_anew(small, made, drawn):
    index, state = made
    _grow(made, drawn.rows(2_000))
    index.optimize(state)
    assert _partitions(index.table(state)) == 40
    _grow(made, drawn.rows(6_000))
    index.optimize(state)
    assert _partitions(index.table(state)) == 40
    _grow(made, drawn.rows(1_000))
    index.optimize(state)
    rows = index.table(state)
    assert _partitions(rows) == 180
    assert _recall(rows, drawn.vectors(20)) >= 0.98


def test_an_index_of_another_precision_is_trained_anew(small, made, drawn):
    index, state = made
    _grow(made, drawn.rows(2_000))
    lance.dataset(index.table(state).url).create_index(
        "vector", "IVF_RQ", metric="cosine", num_bits=1
    )
    index.optimize(state)
    (vector,) = (
        one
        for one in lance.dataset(index.table(state).url).describe_indices()
        if one.field_names == ["vector"]
    )
    assert vector.details["compression"]["num_bits"] == tuning.BITS


def test_the_words_of_a_table_are_indexed_at_any_size(made, drawn):
    index, state = made
    name = "a-long-name-of-a-file-with-the-number-of-a-part-in-it_0815-4711.tar.gz"
    _grow(made, with_column(drawn.rows(30), "terms", [f"running river {name}"] * 30))
    index.optimize(state)
    assert _indices(index.table(state)) == TEXT

    def ids(*words: str) -> set[str]:
        found = index.table(state).by_text(words, 100, "TRUE", ["chunk_id"])
        return set(found["chunk_id"].to_pylist())

    assert len(ids("runs")) == 30  # stems
    assert len(ids(name)) == 30  # whole
    new = with_column(drawn.rows(1), "terms", ["fresh"])
    _grow(made, new)
    for _ in ("waiting", "indexed"):
        assert ids("fresh") == set(new["chunk_id"].to_pylist())
        index.optimize(state)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_index_of_a_hundred_thousand_rows_finds_the_neighbours_also_after_growth(tmp_path):
    drawn = VectorRows(384, clusters=1_000)
    made = index, state = new_index(tmp_path / "lake", 384)
    for number, partitions in ((60_000, 14), (50_000, 14), (140_000, 61)):
        _grow(made, drawn.rows(number))
        questions = drawn.vectors(20)
        for _ in ("waiting", "indexed"):
            for where in (None, *map(holding, SHARES), f"source = '{ASIDE}'"):
                assert _recall(index.table(state), questions, where) >= 0.99
            index.optimize(state)
        assert _partitions(index.table(state)) == partitions
    assert recall.measure(index) >= 0.98
