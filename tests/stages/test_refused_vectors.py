"""Vectors that the contract refuses again and again hold nothing up but themselves."""

from __future__ import annotations

import pytest

from doclake.index.index import SearchIndex
from doclake.index.state import IndexState
from doclake.stages import chunks, documents, elements, embeddings, search_index, signals
from doclake.stages.plans.undone import undone
from tests.flow import MODEL
from tests.stages.test_embeddings import FaultyEmbedder

POISONED = "# Shed\n\nThe spade hangs here.\n\n## Shelf\n\nThe poison stands here.\n"
CODES = ["index_switch_pending"]


def _run(flow, *, faulty: bool = True):
    """All stages, with a device that fails at one text; the report of the index."""
    for stage in (documents, elements, chunks, signals):
        stage.run(flow.context())
    embedder = FaultyEmbedder(flow.settings.embedding)
    embedder.faulty = faulty
    embeddings.run(flow.context(), embedder)
    return search_index.run(flow.project)


def _serves(flow) -> tuple[str, set[str]]:
    """The model of the index, and the texts of a document in it."""
    state = SearchIndex(flow.lake).state()
    rows = flow.project.index.table(state).to_table(columns=["path", "text"]).to_pylist()
    return state.model, {row["text"] for row in rows if row["path"] == "shed.md"}


@pytest.fixture
def shed(flow):
    flow.write("shed.md", POISONED)
    return flow


def test_a_new_model_takes_over_without_the_vectors_that_were_refused(shed):
    shed.run()
    _, before = _serves(shed)
    shed.configure(embedding=MODEL | {"revision": "2"})
    assert _run(shed).alarms == []
    model, texts = _serves(shed)
    assert model == shed.project.model
    assert {text for text in before if "poison" not in text} == texts != before
    assert [row["stage"] for row in shed.lake.read("quarantine").to_pylist()] == ["embeddings"]

    assert _run(shed, faulty=False).alarms == []
    assert _serves(shed) == (model, before)
    assert shed.lake.read("quarantine").num_rows == 0
    assert shed.findings() == []


def test_a_refusal_of_another_model_says_nothing_of_the_new_one(shed):
    _run(shed)
    shed.configure(embedding=MODEL | {"revision": "2"})
    assert [alarm.code for alarm in search_index.run(shed.project).alarms] == CODES
    _run(shed, faulty=False)
    assert _serves(shed)[0] == shed.project.model


def test_a_table_that_is_built_in_two_runs_waits_for_no_refused_vector(shed, monkeypatch):
    shed.run()
    shed.configure(embedding=MODEL | {"revision": "2"})
    with monkeypatch.context() as patch:
        patch.setattr(SearchIndex, "optimize", _die)  # with all rows in it, not yet complete
        with pytest.raises(KeyboardInterrupt):
            _run(shed)
    assert not SearchIndex(shed.lake).state().candidate.is_built
    shed.write("shed.md", POISONED + "\n## Floor\n\nThe barrow stands here.\n")
    assert _run(shed).alarms == []
    assert _serves(shed)[0] == shed.project.model


def _die(index: SearchIndex, state: IndexState) -> None:
    if state.candidate is None and state.model != index.state().model:
        raise KeyboardInterrupt


def test_a_document_that_is_indexed_as_far_as_it_can_be_is_done(shed):
    _run(shed)
    assert not undone(shed.project, "notes")
    _run(shed)
    assert not undone(shed.project, "notes")
    shed.write("tools.txt", "The barrow is new.\n")
    _run(shed)
    assert not undone(shed.project, "notes")
