"""The doctor finds damage done behind the lake's back, and what it prescribes mends it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from doclake.errors import IndexStateError
from doclake.index.index import SearchIndex
from doclake.operate import maintenance, replay
from doclake.stages import search_index
from doclake.tables.chunks import CHUNKS
from doclake.tables.registry import TABLES

REPLAY = "doclake replay --source notes --reason unbalanced"
REBUILD = "doclake index rebuild"


def _delta(flow, table: str) -> DeltaTable:
    return DeltaTable(flow.lake.table_url(table))


def _append(flow, table: str, rows: list[dict[str, object]]) -> None:
    write_deltalake(
        flow.lake.table_url(table),
        pa.Table.from_pylist(rows, TABLES[table].schema),
        mode="append",
    )


def _rows(flow, table: str) -> list[dict[str, object]]:
    return flow.lake.read(table).to_pylist()


def _index(flow) -> lancedb.table.Table:
    index = SearchIndex(flow.lake)
    return index.open(index.state())


def _replay(flow) -> None:
    assert replay.mark(flow.project, reason="unbalanced")
    flow.run()


def test_a_sound_lake_has_no_findings(flow):
    assert flow.findings() == []


@pytest.mark.parametrize("table", ["elements", "chunks"])
def test_a_lost_row_is_found_and_replayed(flow, table):
    doc_id = _rows(flow, table)[0]["doc_id"]
    before = len(_rows(flow, table))
    _delta(flow, table).delete(f"doc_id = '{doc_id}'")
    assert ("ledger balance", REPLAY) in flow.findings()
    _replay(flow)
    assert flow.findings() == []
    assert len(_rows(flow, table)) == before


@pytest.mark.slow
@pytest.mark.parametrize("table", ["elements", "chunks", "ledger"])
def test_a_row_that_stands_twice_is_found_and_replayed(flow, table):
    before = len(_rows(flow, table))
    _append(flow, table, _rows(flow, table)[:1])
    assert ("unique keys", REPLAY) in flow.findings()
    _replay(flow)
    assert flow.findings() == []
    assert len(_rows(flow, table)) == before


def test_a_document_registered_twice_is_registered_once_by_the_next_run(flow):
    _append(flow, "documents", _rows(flow, "documents")[:1])
    assert flow.findings() == [("unique keys", "doclake ingest --source notes")]
    flow.run()
    assert flow.findings() == []
    assert len(_rows(flow, "documents")) == 5


@pytest.mark.slow
@pytest.mark.parametrize("broken", [float("nan"), float("inf"), 0.0, 3.0])
def test_a_vector_that_is_none_is_dropped_by_maintenance_and_computed_again(flow, broken):
    row = _rows(flow, "embeddings")[0]
    sound = np.array(row["vector"])
    _delta(flow, "embeddings").delete(
        f"text_hash = '{row['text_hash']}' AND bucket = '{row['bucket']}'"
    )
    _append(flow, "embeddings", [row | {"vector": [broken] * len(sound)}])
    assert [check for check, _ in flow.findings() if check == "sound vectors"]
    maintenance.run(flow.project)
    report = flow.run()["embeddings"]
    assert report.counts.get("embedded", 0) + report.counts.get("copied", 0) == 1
    assert flow.findings() == []
    (mended,) = [
        r
        for r in _index(flow).to_arrow().to_pylist()
        if r["bucket"] == row["bucket"] and np.allclose(r["vector"], sound, atol=1e-3)
    ]
    assert mended["vector"]


def test_a_vector_of_another_length_is_found(flow):
    row = _rows(flow, "embeddings")[0]
    _append(flow, "embeddings", [row | {"text_hash": "0" * 32, "vector": [1.0]}])
    assert "one dimension" in {check for check, _ in flow.findings()}


@pytest.mark.slow
@pytest.mark.parametrize("table", ["elements", "chunks", "embeddings"])
def test_rows_that_nobody_owns_are_found_and_dropped_by_maintenance(flow, table):
    row = _rows(flow, table)[0]
    stray = {"doc_id", "root_id", "element_id", "chunk_id", "text_hash"} & row.keys()
    before = len(_rows(flow, table))
    _append(flow, table, [row | dict.fromkeys(stray, "f" * 32)])
    assert ("no orphans", "doclake maintain") in flow.findings()
    maintenance.run(flow.project)
    assert len(_rows(flow, table)) == before
    assert flow.findings() == []


@pytest.mark.parametrize("damage", ["missing", "extra", "stale", "twice"])
def test_an_index_that_is_not_the_chunks_is_found_and_built_anew(flow, damage):
    table = _index(flow)
    row = table.to_arrow().slice(0, 1)
    key = row["chunk_id"][0].as_py()
    if damage == "missing":
        table.delete(f"chunk_id = '{key}'")
    elif damage == "stale":
        table.update(f"chunk_id = '{key}'", {"row_hash": "old"})
    elif damage == "extra":
        place = row.schema.get_field_index("chunk_id")
        table.add(row.set_column(place, row.schema.field(place), pa.array(["0" * 32])))
    else:
        table.add(row)
    assert flow.findings() == [("index equals chunks", REBUILD)]
    search_index.run(flow.project, rebuild=True)
    assert flow.findings() == []


def test_an_index_that_is_gone_is_found(flow):
    shutil.rmtree(Path(flow.lake.url) / "index")
    assert ("damaged files", "doclake repair") in flow.findings()


def test_an_index_behind_the_lake_is_found_even_where_the_feed_has_a_gap(flow):
    flow.lake.replace("chunks", *_emptied(flow))
    assert ("watermark", "doclake ingest") in flow.findings()
    flow.lake.vacuum("chunks", timedelta(0))
    assert ("watermark", "doclake ingest") in flow.findings()


def _emptied(flow):
    from doclake.lake.scope import Scope

    row = _rows(flow, "chunks")[0]
    return Scope("notes", [row["bucket"]]), CHUNKS.schema.empty_table()


def test_a_table_made_anew_is_found(flow):
    rows = flow.lake.read("embeddings")
    shutil.rmtree(flow.lake.table_url("embeddings"))
    from doclake.lake.scope import Scope

    flow.lake.replace("embeddings", Scope("notes"), rows)
    assert flow.findings() == [("watermark", "doclake ingest")]
    flow.run()
    assert flow.findings() == []


def test_a_source_that_is_configured_no_more_and_other_buckets_are_found(flow):
    source = {"url": "documents", "access": ["everyone"], "buckets": 1}
    flow.configure(sources={"notes": source})
    assert "known buckets" in {check for check, _ in flow.findings()}
    flow.configure(sources={"letters": source})
    assert "known sources" in {check for check, _ in flow.findings()}


def test_an_access_list_that_no_run_has_applied_is_found_until_it_is_through(flow):
    source = {"url": "documents", "access": ["group:garden"], "buckets": 4}
    flow.configure(sources={"notes": source})
    assert flow.findings() == [("access", "doclake ingest --source notes")]
    flow.run()
    assert flow.findings() == []


def test_another_model_in_the_settings_than_in_the_index_is_found(flow):
    flow.configure(embedding={"model": "all-MiniLM-L6-v2", "device": "cpu", "revision": "2"})
    assert "model" in {check for check, _ in flow.findings()}


def _alter(flow, table: str, change: dict[str, object], status: str | None = None) -> None:
    rows = _rows(flow, table)
    chosen = next(row for row in rows if status is None or row["status"] == status)
    key = {"chunks": "chunk_id", "ledger": "doc_id"}[table]
    _delta(flow, table).delete(f"{key} = '{chosen[key]}'")
    _append(flow, table, [chosen | change])


@pytest.mark.parametrize(
    "change", [{"text": "Something else."}, {"access": ["mallory"]}, {"pages": [7]}]
)
def test_a_chunk_that_was_altered_is_found_and_replayed(flow, change):
    before = sorted(row["row_hash"] for row in _rows(flow, "chunks"))
    _alter(flow, "chunks", change)
    assert ("content", REPLAY) in flow.findings()
    _replay(flow)
    assert flow.findings() == []
    assert sorted(row["row_hash"] for row in _rows(flow, "chunks")) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "change"),
    [
        ("ok", {"vectors": 99}),
        ("ok", {"indexed": 99}),
        ("ok", {"quarantined": 9}),
        ("failed", {"error": None}),
        ("failed", {"error": None, "status": "ok"}),
    ],
)
def test_a_ledger_that_says_what_is_not_is_found_and_replayed(flow, status, change):
    _alter(flow, "ledger", change, status)
    assert flow.findings() == [("content", REPLAY)]
    _replay(flow)
    assert flow.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [{"text": "Something else."}, {"access_keys": ["00" * 8]}, {"access": ["mallory"]}]
)
def test_an_index_row_that_was_altered_is_found_and_built_anew(flow, change):
    _index(flow).update("true", change)
    assert flow.findings() == [("index equals chunks", REBUILD)]
    search_index.run(flow.project, rebuild=True)
    assert flow.findings() == []


def _replace_vector(flow, change) -> None:
    """Put what `change` makes of it in the place of the first vector of the index."""
    table = _index(flow)
    row = table.to_arrow().slice(0, 1)
    place = row.schema.get_field_index("vector")
    field = row.schema.field(place)
    vector = change(row["vector"][0].values.to_numpy()).astype("float32")
    changed = row.set_column(place, field, pa.array([vector], field.type))
    table.merge_insert("chunk_id").when_matched_update_all().execute(changed)


def test_a_vector_in_the_index_that_is_not_that_of_its_text_is_found(flow):
    _replace_vector(flow, lambda vector: np.roll(vector, 1))
    assert flow.findings() == [("index equals chunks", REBUILD)]


def test_a_vector_computed_again_in_other_company_is_that_of_its_text(flow):
    noise = np.random.default_rng(7)
    _replace_vector(flow, lambda vector: vector + noise.normal(0, 1e-4, len(vector)))
    assert flow.findings() == []


@pytest.mark.slow
def test_rows_of_another_recipe_are_found_and_made_again(flow):
    flow.configure(recipe={"chunk": {"max_tokens": 64}})
    assert flow.findings() == [("recipe", "doclake ingest --source notes")]
    flow.run()
    assert flow.findings() == []


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["state", "file"])
def test_an_index_that_cannot_be_read_says_what_mends_it(flow, damage):
    index = SearchIndex(flow.lake)
    if damage == "state":
        index.db.create_table("state", pa.table({"state": ["{no json"]}), mode="overwrite")
    else:
        (file,) = (Path(flow.lake.url) / "index" / f"{index.state().table}.lance").glob("data/*")
        file.unlink()
    assert flow.findings() == [("damaged files", "doclake repair")]
    with pytest.raises(IndexStateError, match="doclake"):
        search_index.run(flow.project)
    search_index.run(flow.project, rebuild=True)
    assert flow.findings() == []
