"""Chunks that are cut anew are searched once they have been judged, all at once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from doclake.index.index import SearchIndex
from doclake.search.passages import passage
from doclake.search.searcher import Searcher
from doclake.stages import search_index
from tests.flow import MODEL, Flow
from tests.golden import FACTS, VECTORS

MORE = (
    "Nobody remembers who began with it, but the minutes of the island council have told of it "
    "every spring since the year in which the old pier was lost to the sea."
)
SHORT = {"chunk": {"max_tokens": 32}}


@pytest.fixture
def flow(tmp_path) -> Flow:
    """Facts of two sentences, which one chunk holds and two of 32 tokens do not."""
    (tmp_path / "documents").mkdir()
    Flow.write_settings(tmp_path)
    flow = Flow(tmp_path)
    lines = []
    for number, (fact, question) in enumerate(FACTS.items()):
        flow.write(f"fact{number}.txt", f"{fact} {MORE}\n")
        entry = {"question": question, "documents": [f"fact{number}.txt"]}
        lines.append(f"- {json.dumps(entry | {'text': f'{fact[-9:]} {MORE[:18]}'})}\n")
    (tmp_path / "questions.yaml").write_text("".join(lines))
    _configure(flow)
    flow.run()
    return flow


def _configure(flow, recipe=None, **more) -> None:
    source = {"url": "documents", "access": ["everyone"], "buckets": 4, "recipe": recipe or {}}
    sources = {"notes": source | {"questions": "questions.yaml"}}
    flow.configure(sources=sources, search=VECTORS, embedding=MODEL, **more)


def _texts(flow) -> list[str]:
    return [hit.text for hit in Searcher(flow.project).search("Where are the hives?", k=40)]


@pytest.mark.slow
def test_chunks_of_another_size_that_answer_worse_are_held_back(flow):
    before = sorted(_texts(flow))
    _configure(flow, SHORT)
    alarms = flow.run()["search_index"].alarms
    assert [alarm.code for alarm in alarms] == ["index_switch_held"]
    assert "the new chunks of notes do not take over" in alarms[0].message
    assert "golden questions worse, notes: ndcg_at_10" in alarms[0].message
    assert sorted(_texts(flow)) == before
    assert len(flow.lake.read("chunks")) > len(before)
    (finding,) = flow.findings()
    assert finding[0] == "index held back"

    hits = Searcher(flow.project).search("Where are the hives?", k=2)
    assert [hit.flags for hit in hits] == [[], []]
    found = passage(flow.project, hits[0].citation_id, neighbours=1)
    assert found.hit.text == hits[0].text

    search_index.run(flow.project, promote=True)
    after = _texts(flow)
    assert "Bees are kept behind the church." in after
    assert len(after) > len(before)
    assert flow.findings() == []
    search_index.roll_back(flow.project)
    assert sorted(_texts(flow)) == before


@pytest.mark.slow
def test_a_document_that_changes_meanwhile_is_shown_as_it_is(flow):
    _configure(flow, SHORT)
    flow.run()
    flow.write("fact6.txt", "Bees are kept behind the smithy.\n")
    (flow.documents / "fact5.txt").unlink()
    flow.run(allow_deletions=True)
    texts = _texts(flow)
    assert "Bees are kept behind the smithy." in texts
    assert not any("church" in text or "French" in text for text in texts)
    assert sum(MORE in text for text in texts) == len(FACTS) - 2
    assert [check for check, _ in flow.findings()] == ["index held back"]


def test_an_access_list_that_changes_meanwhile_counts_at_once(flow):
    _configure(flow, SHORT)
    flow.run()
    source = {"url": "documents", "access": ["group:bees"], "buckets": 4, "recipe": SHORT}
    flow.configure(sources={"notes": source}, search=VECTORS, embedding=MODEL)
    flow.run()
    searcher = Searcher(flow.project)
    assert searcher.search("Where are the hives?", k=40) == []
    assert searcher.search("Where are the hives?", k=40, principals=["group:bees"])


@pytest.mark.slow
def test_chunks_that_answer_no_worse_take_over_all_at_once(flow):
    (flow.folder / "questions.yaml").write_text("[]")
    _configure(flow, SHORT)
    half = replace(flow.context(), buckets=("00", "01"))
    before = sorted(_texts(flow))
    from doclake.embed import Embedder
    from doclake.stages import chunks, embeddings

    chunks.run(half)
    embeddings.run(half, Embedder(flow.settings.embedding))
    (alarm,) = search_index.run(flow.project).alarms
    assert alarm.code == "index_switch_pending"
    assert "documents are not cut anew yet" in alarm.message
    assert sorted(_texts(flow)) == before
    assert flow.run()["search_index"].alarms == []
    assert not any(MORE in text and "Bees" in text for text in _texts(flow))
    assert flow.findings() == []


@pytest.mark.slow
def test_a_recipe_that_is_set_back_leaves_nothing_behind(flow):
    before = SearchIndex(flow.lake).state()
    texts = sorted(_texts(flow))
    _configure(flow, SHORT)
    flow.run()
    flow.write("fact6.txt", f"Bees are kept behind the smithy. {MORE}\n")
    flow.run()  # searches hold its new chunks
    _configure(flow)
    assert flow.run()["search_index"].alarms == []
    state = SearchIndex(flow.lake).state()
    assert (state.table, state.candidate, state.recipes) == (before.table, None, before.recipes)
    changed = [text.replace("church", "smithy") for text in texts]
    assert sorted(_texts(flow)) == sorted(changed)
    assert flow.findings() == []
