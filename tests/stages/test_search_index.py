"""The index follows the lake, falls back to comparing keys, and changes its model in one step."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from doclake import fingerprints
from doclake.embed import Embedder
from doclake.embed.backends import loading
from doclake.embed.models.resolve import resolve
from doclake.errors import IndexStateError
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate import maintenance
from doclake.search.searcher import Searcher
from doclake.stages import chunks, documents, elements, embeddings, search_index
from doclake.tables.embeddings import EMBEDDINGS
from tests.flow import MODEL, Flow


def _indexed(flow) -> set[str]:
    index = SearchIndex(flow.lake)
    return set(index.open(index.state()).to_arrow()["chunk_id"].to_pylist())


def _wanted(flow) -> set[str]:
    return set(flow.lake.read("chunks")["chunk_id"].to_pylist())


def _sync(flow, **options):
    return search_index.run(flow.project, **options)


def _upto_chunks(flow) -> None:
    for stage in (documents, elements, chunks):
        stage.run(flow.context())


def test_nothing_is_looked_at_when_nothing_changed(flow):
    report = _sync(flow)
    assert report.rows == 0
    assert "partitions" not in report.counts


def test_only_the_changed_partition_is_looked_at(flow):
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    report = flow.run()["search_index"]
    assert report.counts["partitions"] == 1
    assert (report.counts["upserted"], report.counts["deleted"]) == (1, 1)
    assert _indexed(flow) == _wanted(flow)


def test_a_gap_in_the_change_feed_is_told_and_every_partition_compared(flow):
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    _upto_chunks(flow)
    flow.lake.vacuum("chunks", timedelta(0))
    report = flow.run()["search_index"]
    assert report.counts["full_diff"] == 1
    assert [alarm.code for alarm in report.alarms] == ["change_feed_gap"]
    assert _indexed(flow) == _wanted(flow)
    assert flow.findings() == []
    assert "full_diff" not in _sync(flow).counts


@pytest.mark.parametrize("what", ["whole", "table"])
def test_an_index_that_was_deleted_is_made_anew(flow, what):
    index = SearchIndex(flow.lake)
    if what == "whole":
        shutil.rmtree(Path(flow.lake.url) / "index")
    else:
        index.db.drop_table(index.state().table)
    with pytest.raises(IndexStateError, match="no search index"):
        SearchIndex(flow.lake).require()
    assert _sync(flow).counts["index_rows"] == len(_wanted(flow))
    assert flow.findings() == []


def test_a_table_made_anew_is_followed_from_its_beginning(flow):
    rows = flow.lake.read("chunks")
    kept = rows.slice(1)
    shutil.rmtree(flow.lake.table_url("chunks"))
    flow.lake.replace("chunks", Scope("notes"), kept)
    report = _sync(flow)
    assert report.counts["full_diff"] == 1
    assert report.counts["deleted"] == 1
    assert _indexed(flow) == set(kept["chunk_id"].to_pylist())


@pytest.mark.slow
@pytest.mark.parametrize("runs", [0, 1, 3])
def test_tables_put_back_from_a_back_up_are_noticed_and_compared_whole(flow, tmp_path, runs):
    """Behind the index, and after other runs: their numbers of commits may be any."""
    tables, copy = Path(flow.lake.tables_url), tmp_path / "copy"
    shutil.copytree(tables, copy)
    flow.write("garden.md", "# Garden\n\nThe pond is empty.\n")
    (flow.documents / "tools.txt").unlink()
    flow.run()
    shutil.rmtree(tables)
    shutil.copytree(copy, tables)
    for run in range(runs):
        flow.write("garden.md", f"# Garden\n\nThe pond has {run} fish.\n")
        _upto_chunks(flow)
        embeddings.run(flow.context(), Embedder(flow.settings.embedding))
    assert ("watermark", "doclake ingest") in flow.findings()
    report = _sync(flow)
    assert {alarm.code for alarm in report.alarms} == {"change_feed_gap"}
    assert _indexed(flow) == _wanted(flow)
    assert "full_diff" not in _sync(flow).counts
    flow.run()
    assert flow.findings() == []


def test_vectors_put_back_that_are_others_reach_the_index(flow):
    rows = flow.lake.read("embeddings").to_pylist()
    for row in rows:
        row["vector"] = row["vector"][::-1]
    shutil.rmtree(flow.lake.table_url("embeddings"))
    flow.lake.replace("embeddings", Scope("notes"), EMBEDDINGS.arrow(rows))
    report = _sync(flow)
    assert (report.counts["upserted"], report.counts["deleted"]) == (len(_wanted(flow)), 0)
    assert flow.findings() == []


def test_a_rebuild_parses_and_embeds_nothing(flow):
    versions = {name: flow.lake.version(name) for name in ("elements", "chunks", "embeddings")}
    report = _sync(flow, rebuild=True)
    assert report.counts["upserted"] == len(_wanted(flow))
    assert {name: flow.lake.version(name) for name in versions} == versions
    assert _indexed(flow) == _wanted(flow)
    assert flow.findings() == []


@pytest.mark.parametrize(("group", "models"), [(1, 0), (5_000, 1)])
def test_the_memory_of_the_model_is_given_back_before_a_large_build(
    flow, monkeypatch, group, models
):
    loading.load.cache_clear()
    Embedder(flow.settings.embedding).encode_documents(["The spade hangs here."])
    monkeypatch.setattr(search_index, "GROUP_CHUNKS", group)
    _sync(flow, rebuild=True)
    assert loading.load.cache_info().currsize == models


def _model_of_shorter_texts(flow) -> dict[str, str]:
    """Settings of another model: the one the flow has, that takes 128 tokens instead of 256."""
    folder = flow.folder / "model"
    shutil.copytree(resolve(flow.settings.embedding).folder, folder, copy_function=os.symlink)
    limit = folder / "sentence_bert_config.json"
    limit.unlink()
    limit.write_text(json.dumps({"max_seq_length": 128}))
    return {"model": str(folder), "device": "cpu"}


def test_searches_stay_on_the_old_model_until_every_chunk_has_a_vector_of_the_new(flow):
    flow.write("soil.md", "# Soil\n\n" + "".join(f"Bed {n} is sandy. " for n in range(150)))
    flow.run()
    old, rows = SearchIndex(flow.lake).state(), _indexed(flow)
    more = {"url": "letters", "access": ["everyone"], "buckets": 4}
    (flow.folder / "letters").mkdir()
    (flow.folder / "letters" / "a.txt").write_text("The gate is painted green.\n")
    notes = {"url": "documents", "access": ["everyone"], "buckets": 4}
    sources = {"notes": notes, "letters": more}
    flow.configure(sources=sources)
    flow.run("letters")

    flow.configure(sources=sources, embedding=_model_of_shorter_texts(flow))
    embedder = Embedder(flow.settings.embedding)
    chunks.run(flow.context())
    embeddings.run(flow.context(), embedder)
    report = _sync(flow)
    assert [alarm.code for alarm in report.alarms] == ["index_switch_pending"]
    assert SearchIndex(flow.lake).state().model == old.model
    assert rows < _indexed(flow) != _wanted(flow)  # cut anew for the other limit
    assert Searcher(flow.project).search("Where is the spade?", k=1)[0].path == "tools.txt"
    maintenance.run(flow.project)
    assert old.model in set(flow.lake.read("embeddings")["model"].to_pylist())

    chunks.run(flow.context("letters"))
    embeddings.run(flow.context("letters"), embedder)
    assert _sync(flow).alarms == []
    state = SearchIndex(flow.lake).state()
    assert state.model == fingerprints.model(flow.settings.embedding) != old.model
    assert _indexed(flow) == _wanted(flow)
    assert Searcher(flow.project).search("Where is the spade?", k=1)[0].path == "tools.txt"
    maintenance.run(flow.project)
    assert set(flow.lake.read("embeddings")["model"].to_pylist()) == {state.model, old.model}
    assert flow.findings() == []


def test_what_is_left_of_a_source_without_settings_holds_no_model_back(tmp_path):
    """No run would ever embed it by the new model."""
    flow = Flow.of_small_documents(tmp_path)
    everyone = {"access": ["everyone"], "buckets": 2}
    notes, old = everyone | {"url": "documents"}, everyone | {"url": "old"}
    (flow.folder / "old").mkdir()
    (flow.folder / "old" / "minutes.txt").write_text("Minutes of a meeting about anchors.")
    flow.configure(sources={"notes": notes, "old": old})
    flow.run("notes")
    flow.run("old")
    flow.configure(sources={"notes": notes}, embedding=MODEL | {"query_prompt": "query: "})
    report = flow.run("notes")
    assert report["search_index"].alarms == []
    assert SearchIndex(flow.lake).state().model == fingerprints.model(flow.settings.embedding)


def test_an_index_of_an_older_version_is_searched_until_one_with_all_columns_is_built(flow):
    index = SearchIndex(flow.lake)
    state, added = index.state(), ["terms", "signs", "media_type", "date"]
    rows = index.open(state).to_arrow()
    index.db.create_table("chunks_older", rows.drop_columns(added))
    index.save(replace(state, table="chunks_older"))
    (answer,) = Searcher(flow.project).search_many(["Where is the spade?"], k=1)
    assert answer.hits[0].path == "tools.txt"
    assert answer.without == ["full text", "late interaction"]
    flow.write("tools.txt", "The spade stands behind the shed, and so does the wheelbarrow.\n")
    _upto_chunks(flow)  # it waits for its vector, and keeps the row it has
    _sync(flow)
    after = index.open(index.state()).to_arrow()
    assert after.schema.names == rows.schema.names
    whole = {row["chunk_id"]: row for row in rows.to_pylist()}
    for row in after.to_pylist():
        kept = row["path"] == "tools.txt"
        assert {name for name in row if row[name] != whole[row["chunk_id"]][name]} == (
            {"signs", "media_type", "date"} if kept else set()
        )
    (answer,) = Searcher(flow.project).search_many(["Where is the spade?"], k=1)
    assert answer.without == []
    embeddings.run(flow.context(), Embedder(flow.settings.embedding))
    _sync(flow)
    assert _indexed(flow) == _wanted(flow)
    assert flow.findings() == []


def test_chunks_that_wait_for_their_run_are_no_fault_of_the_index(flow):
    """Another source's run may stand between chunks and embeddings just now."""
    flow.write("tools.txt", "The spade stands behind the shed.\n")
    _upto_chunks(flow)
    assert "without_vector" not in _sync(flow).counts


def test_documents_replayed_without_a_change_are_counted_in_the_index_again(flow):
    from doclake.operate import replay

    assert [row["path"] for row in replay.mark(flow.project)] == ["broken.pdf"]
    flow.run()
    rows = flow.lake.read("ledger").to_pylist()
    assert [row["path"] for row in rows if row["indexed"] is None] == []


def test_a_commit_between_reading_and_writing_is_not_written_over(tmp_path, flow):
    """The index counts rows in the ledger while stages of other runs write to it."""
    from doclake.lake import ledger

    bucket = flow.lake.read("ledger")["bucket"][0].as_py()
    rows = ledger.read(flow.lake, Scope("notes", [bucket]))
    calls = []

    def chosen(seen):
        calls.append(seen["attempts"].to_pylist())
        if len(calls) == 1:
            other = [row | {"attempts": 7} for row in rows]
            ledger.write(Lake(flow.lake.url), "notes", other, [row["root_id"] for row in rows])
        return [True] * len(seen)

    ledger.amend(flow.lake, Scope("notes", [bucket]), chosen, lambda row: row | {"indexed": 9})
    after = ledger.read(flow.lake, Scope("notes", [bucket]))
    assert len(calls) == 2
    assert {(row["attempts"], row["indexed"]) for row in after} == {(7, 9)}


def test_partitions_taken_one_at_a_time_end_as_all_at_once(flow, monkeypatch):
    monkeypatch.setattr(search_index, "GROUP_CHUNKS", 1)
    report = _sync(flow, rebuild=True)
    assert report.counts["partitions"] == len(flow.lake.count_by("chunks", ["bucket"])) > 1
    assert _indexed(flow) == _wanted(flow)
    assert flow.findings() == []
