"""A table of the index is read and changed one whole version after the other."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from doclake.errors import IndexStateError
from doclake.index import tuning
from doclake.index.index import SearchIndex
from doclake.index.rows import IndexRows
from doclake.lake.lake import Lake
from doclake.lake.scope import EVERYTHING, Scope
from doclake.settings import EmbeddingSettings
from doclake.tables.search_index import search_index_schema

DIMENSION = 8


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    return SearchIndex(Lake(str(tmp_path / "lake")))


@pytest.fixture
def table(index: SearchIndex) -> IndexRows:
    state = index.create("model", EmbeddingSettings(), DIMENSION, {})
    return index.table(state)


def _rows(doc_id: str, *chunk_ids: str) -> pa.Table:
    """Rows of a document whose vectors are drawn from the ids."""
    schema = search_index_schema(DIMENSION)
    rows = [
        dict.fromkeys(schema.names, "x")
        | {
            "chunk_id": chunk_id,
            "doc_id": doc_id,
            "access_keys": ["k"],
            "vector": _vector(chunk_id),
        }
        | {"section": [], "pages": [], "boxes": [], "access": [], "date": None, "signs": None}
        | {"ordinal": 0}
        for chunk_id in chunk_ids
    ]
    return pa.Table.from_pylist(rows, schema)


def _vector(seed: str) -> list[float]:
    vector = np.random.default_rng(int.from_bytes(seed.encode(), "big")).standard_normal(DIMENSION)
    return list(vector / np.linalg.norm(vector))


def _held(table: IndexRows) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for row in table.of(EVERYTHING, ["doc_id", "chunk_id"]).to_pylist():
        held.setdefault(row["doc_id"], set()).add(row["chunk_id"])
    return held


def _addresses(table: IndexRows, doc_id: str) -> list[int]:
    scope = Scope(where={"doc_id": [doc_id]})
    return table.of(scope, [], addresses=True)["_rowaddr"].to_pylist()


def test_old_rows_go_and_new_ones_come_in_one_version(table):
    table = table.replace([], _rows("a", "a1", "a2")).replace([], _rows("b", "b1"))
    after = table.replace(_addresses(table, "a"), _rows("a", "a2", "a3"))
    assert _held(table) == {"a": {"a1", "a2"}, "b": {"b1"}}  # a reader keeps what it opened
    assert _held(after) == {"a": {"a2", "a3"}, "b": {"b1"}}
    assert after.count() == 3
    assert after.replace([], _rows("a")) is after


def test_a_fragment_that_has_lost_every_row_goes(table):
    table = table.replace([], _rows("a", "a1", "a2"))
    assert _held(table.replace(_addresses(table, "a"), _rows("a"))) == {}


def test_a_reader_never_sees_a_document_half_replaced(index):
    state = index.create("model", EmbeddingSettings(), DIMENSION, {})
    table = index.table(state).replace([], _rows("a", *(f"0-{n}" for n in range(50))))
    seen, done = set[frozenset[str]](), threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(frozenset(_held(index.table(state))["a"]))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    versions = [frozenset(f"{turn}-{n}" for n in range(50)) for turn in range(30)]
    for version in versions[1:]:
        table = table.replace(_addresses(table, "a"), _rows("a", *version))
    done.set()
    for reader in readers:
        reader.join()
    assert seen <= set(versions)
    assert len(seen) > 1


def test_a_second_writer_is_noticed(table):
    table.replace([], _rows("a", "a1"))
    with pytest.raises(IndexStateError, match="Two processes wrote"):
        table.replace([], _rows("a", "a1"))


def test_replaced_rows_are_found_by_an_index_that_does_and_does_not_know_them_yet(
    index, monkeypatch
):
    monkeypatch.setattr(tuning, "ANN_ROWS", 1)
    state = index.create("model", EmbeddingSettings(), DIMENSION, {})
    index.table(state).replace([], _rows("a", *(f"0-{n}" for n in range(600))))
    index.optimize(state)
    assert {"vector_idx", "terms_idx"} <= {one.name for one in index.open(state).list_indices()}

    def found() -> set[str]:
        query = {"column": "vector", "q": _vector("q"), "k": 2_000, "nprobes": 1_000}
        allowed = "array_has_any(access_keys, ['k'])"
        rows = index.table(state).to_table(
            columns=["chunk_id"], nearest=query, filter=allowed, prefilter=True
        )
        return set(rows["chunk_id"].to_pylist())

    for turn in (1, 2):
        table = index.table(state)
        new = [f"{turn}-{n}" for n in range(600)]
        table.replace(_addresses(table, "a"), _rows("a", *new))
        assert found() == set(new)
        index.optimize(state)
        assert found() == set(new)


def test_whatever_lance_raises_is_one_error_with_a_mend(index, table):
    state = index.create("model", EmbeddingSettings(), DIMENSION, {})
    table = index.table(state).replace([], _rows("a", "a1"))
    for file in Path(index.url, f"{state.table}.lance", "data").iterdir():
        file.unlink()
    for read in (
        lambda: table.of(EVERYTHING, ["text"]),
        lambda: table.to_table(nearest={"column": "vector", "q": _vector("a1"), "k": 1}),
        lambda: table.to_table(columns=["no such column"]),
    ):
        with pytest.raises(IndexStateError, match="doclake index rebuild"):
            read()
    with pytest.raises(IndexStateError, match="Check free space"):
        table.replace([], pa.table({"other": [1]}))
