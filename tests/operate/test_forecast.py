"""A dry run tells what an ingest would do, and writes nothing."""

from __future__ import annotations

import os

import pytest

from doclake.operate import replay
from doclake.operate.forecast import forecast
from doclake.stages import chunks, documents, elements
from doclake.tables.registry import TABLES
from tests.flow import MODEL


def _forecast(flow):
    versions = {name: flow.lake.version(name) for name in TABLES}
    foreseen = forecast(flow.project, "notes")
    assert {name: flow.lake.version(name) for name in TABLES} == versions
    return foreseen


def _groups(foreseen) -> dict[str, list]:
    names = ("added", "changed", "moved", "deleted", "retried", "recipe_changed")
    return {name: getattr(foreseen, name) for name in names if getattr(foreseen, name)}


def test_a_source_without_a_change_means_no_work(flow):
    foreseen = _forecast(flow)
    assert _groups(foreseen) == {}
    assert (foreseen.pages, foreseen.tokens) == (0, 0)
    assert {stage.stage for stage in foreseen.stages} == {"documents", "run"}


def test_access_is_foreseen_by_the_settings_of_today(flow):
    """As the ingest of a project that was opened before they changed gives it."""
    source = {"url": "documents", "access": ["group:board"], "buckets": 4}
    flow.write_settings(flow.folder, sources={"notes": source})
    assert _forecast(flow).access_changed == 5
    documents.run(flow.context())
    assert _forecast(flow).access_changed == 0


def test_every_kind_of_change_is_told_and_the_ingest_then_does_it(flow):
    flow.write("new.md", "# New\n\nBrand new.\n")
    flow.write("garden.md", "# Garden\n\nEdited.\n")
    os.utime(flow.documents / "copy.md", (1, 1))  # touched: read, and no work
    (flow.documents / "tools.txt").rename(flow.documents / "shed.txt")
    (flow.documents / "정원.txt").unlink()
    foreseen = _forecast(flow)
    assert _groups(foreseen) == {
        "added": ["new.md"],
        "changed": ["garden.md"],
        "moved": [("tools.txt", "shed.txt")],
        "deleted": ["정원.txt"],
    }
    assert foreseen.pages >= 3
    reports = flow.run()
    assert reports["documents"].counts == {"added": 2, "changed": 2, "deleted": 2}
    assert (reports["elements"].documents, reports["elements"].counts["touched"]) == (3, 1)


def test_another_access_list_is_told_and_is_no_work_for_parser_or_model(flow):
    source = {"url": "documents", "access": ["group:garden"], "buckets": 4}
    flow.configure(sources={"notes": source})
    foreseen = _forecast(flow)
    assert foreseen.access_changed == flow.run()["documents"].counts["access changed"] == 5
    assert (_groups(foreseen), foreseen.pages, foreseen.tokens) == ({}, 0, 0)
    assert _forecast(flow).access_changed == 0


def test_a_document_that_comes_back_is_told_as_added(flow):
    text = (flow.documents / "tools.txt").read_text()
    (flow.documents / "tools.txt").unlink()
    flow.run()
    flow.write("tools.txt", text)
    assert _groups(_forecast(flow)) == {"added": ["tools.txt"]}


def test_a_copy_of_what_stays_is_added_and_not_moved(flow):
    flow.write("again.txt", (flow.documents / "tools.txt").read_text())
    assert _groups(_forecast(flow)) == {"added": ["again.txt"]}


def test_of_two_copies_of_what_is_gone_one_has_moved(flow):
    text = (flow.documents / "tools.txt").read_text()
    (flow.documents / "tools.txt").unlink()
    flow.write("a.txt", text)
    flow.write("b.txt", text)
    foreseen = _forecast(flow)
    assert len(foreseen.moved) == len(foreseen.added) == 1
    assert foreseen.deleted == []


def test_a_replayed_document_is_told_as_retried(flow):
    replay.mark(flow.project)
    assert _groups(_forecast(flow)) == {"retried": ["broken.pdf"]}


def test_another_recipe_means_every_document(flow):
    flow.configure(recipe={"extract": {"hidden_text": "include"}})
    assert len(_forecast(flow).recipe_changed) == 5


@pytest.mark.parametrize("allowed", [1, 2])
def test_more_deletions_than_the_guard_allows_are_told_as_refused(flow, allowed):
    flow.configure(deletion={"max_share": 0.0, "min_documents": allowed})
    (flow.documents / "tools.txt").unlink()
    (flow.documents / "정원.txt").unlink()
    foreseen = _forecast(flow)
    assert len(foreseen.deleted) == 2
    assert ("2 of 5 are gone" in foreseen.refused) == (allowed == 1)
    assert bool(flow.run()["documents"].alarms) == (allowed == 1)


def test_a_listing_that_ends_early_deletes_nothing_and_is_told(flow):
    for path in flow.documents.iterdir():
        path.unlink()
    foreseen = _forecast(flow)
    assert foreseen.deleted == []
    assert foreseen.refused


def test_the_estimate_follows_what_the_lake_knows_of_like_files(flow):
    text = (flow.documents / "garden.md").read_text()
    flow.write("ten.md", text * 10)
    foreseen = _forecast(flow)
    rows = [row for row in flow.lake.read("chunks").to_pylist() if row["path"] == "garden.md"]
    tokens = sum(row["tokens"] for row in rows)
    assert foreseen.tokens == pytest.approx(10 * tokens, rel=0.3)


def _work(foreseen) -> dict[str, int]:
    return {stage.stage: stage.amount for stage in foreseen.stages}


def _tokens(flow) -> int:
    return sum(flow.lake.read("chunks", columns=["tokens"])["tokens"].to_pylist())


def test_another_chunk_size_is_told_as_cutting_and_embedding_without_parsing(flow):
    tokens = _tokens(flow)
    flow.configure(recipe={"chunk": {"max_tokens": 64, "overlap_tokens": 0}})
    foreseen = _forecast(flow)
    assert (_groups(foreseen), foreseen.cut_anew, foreseen.embedded_anew) == ({}, 4, 0)
    assert (_work(foreseen)["chunks"], foreseen.tokens) == (tokens, tokens)
    assert "elements" not in _work(foreseen)


def test_another_model_is_told_as_embedding_alone_and_as_a_new_index(flow):
    flow.configure(embedding=MODEL | {"late_interaction": False})
    foreseen = _forecast(flow)
    assert (_groups(foreseen), foreseen.cut_anew, foreseen.embedded_anew) == ({}, 0, 4)
    embedded = flow.run()["embeddings"].counts
    assert foreseen.tokens == embedded["tokens"] > 0
    assert _work(foreseen).keys() == {"documents", "embeddings", "search_index", "run"}
    assert _work(foreseen)["search_index"] == flow.lake.read("chunks").num_rows


def test_a_moved_document_is_parsed_and_embeds_nothing(flow):
    (flow.documents / "garden.md").rename(flow.documents / "moved.md")
    foreseen = _forecast(flow)
    assert (foreseen.moved, foreseen.tokens) == ([("garden.md", "moved.md")], 0)
    assert {"elements", "chunks"} <= _work(foreseen).keys()


def test_work_that_a_killed_run_left_is_foreseen_to_the_token(flow):
    flow.write("long.md", "# Long\n\n" + "The tide came in and went out again. " * 40)
    context = flow.context()
    for stage in (documents, elements, chunks):
        stage.run(context)
    foreseen = _forecast(flow)
    assert _work(foreseen).keys() == {"documents", "signals", "embeddings", "search_index", "run"}
    reports = flow.run()
    assert foreseen.tokens == reports["embeddings"].counts["tokens"]
    assert _work(foreseen)["signals"] == reports["signals"].counts["judged"] > 0


def test_another_step_of_curation_is_foreseen_as_judging_every_chunk(flow):
    flow.configure(recipe={"curation": {"toxicity": "keep"}})
    foreseen = _forecast(flow)
    assert _work(foreseen)["signals"] == flow.run()["signals"].counts["judged"] > 0
    assert not {"chunks", "embeddings"} & _work(foreseen).keys()
