"""A new model's index is built beside the serving one, judged, and let in or held back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import QueryBuilder

import doclake
from doclake import fingerprints
from doclake.embed import resolve
from doclake.errors import IndexStateError
from doclake.index.index import SearchIndex
from doclake.operate import maintenance
from doclake.search.searcher import Searcher
from doclake.settings import EmbeddingSettings
from doclake.stages import search_index
from doclake.tables.views import VIEWS
from tests.copied import copy_project
from tests.damaged import KINDS
from tests.flow import MODEL, Flow
from tests.golden import FACTS, OTHER, WORSE, asked, configure, embed, found, serves


@pytest.fixture(scope="module")
def _asked(tmp_path_factory) -> Path:
    return asked(tmp_path_factory.mktemp("asked") / "flow", FACTS, MODEL).folder


@pytest.fixture
def flow(_asked, tmp_path) -> Flow:
    return Flow(copy_project(_asked, tmp_path / "flow"))


def _switch(flow, embedding, **evaluation):
    configure(flow, embedding, **evaluation)
    embed(flow)
    return search_index.run(flow.project)


@pytest.mark.slow
def test_a_model_that_answers_no_worse_takes_over_and_can_be_rolled_back(flow):
    before = serves(flow)
    report = _switch(flow, OTHER)
    assert report.alarms == []
    state = SearchIndex(flow.lake).state()
    assert state.model == fingerprints.model(flow.settings.embedding) != before
    assert state.former.state.model == before
    assert found(flow) == "fact6.txt"
    assert flow.findings() == []
    back = search_index.roll_back(flow.project)
    assert back.model == serves(flow) == before
    assert found(flow) == "fact6.txt"
    for _ in range(2):  # it stays so, whatever the gate would say
        report = search_index.run(flow.project)
        assert [alarm.code for alarm in report.alarms] == ["index_switch_held"]
        assert "rolled back by hand" in report.alarms[0].message
        assert serves(flow) == before
    search_index.run(flow.project, promote=True)
    assert serves(flow) == state.model


def test_a_model_that_answers_worse_is_held_back_and_the_reason_told(flow, command, capsys):
    before = serves(flow)
    report = _switch(flow, WORSE)
    assert [alarm.code for alarm in report.alarms] == ["index_switch_held"]
    assert "golden questions worse, notes: ndcg_at_10" in report.alarms[0].message
    assert (serves(flow), found(flow)) == (before, "fact6.txt")
    assert [mend for check, mend in flow.findings() if check == "index held back"] == [
        report.alarms[0].mend
    ]
    command("status")
    assert "ndcg_at_10" in capsys.readouterr().err.replace("\n", "")
    command("index", "promote")
    assert serves(flow) == fingerprints.model(flow.settings.embedding)
    command("index", "rollback")
    assert serves(flow) == before


@pytest.mark.slow
def test_a_held_model_is_asked_again_only_when_questions_or_settings_are_others(flow, monkeypatch):
    _switch(flow, WORSE)
    asked_for, real = [], Searcher.search_many

    def counting(self, questions, **options):
        asked_for.append(len(questions))
        return real(self, questions, **options)

    monkeypatch.setattr(Searcher, "search_many", counting)
    search_index.run(flow.project)
    assert asked_for == []
    (flow.folder / "questions.yaml").write_text("[]")
    report = search_index.run(flow.project)
    assert asked_for == []  # nothing speaks against it any more
    assert report.alarms == []
    assert serves(flow) == fingerprints.model(flow.settings.embedding)


def test_a_model_waits_for_a_person_if_the_settings_say_so(flow):
    before = serves(flow)
    report = _switch(flow, OTHER, promote="manual")
    assert "`evaluation.promote` is manual" in report.alarms[0].message
    assert serves(flow) == before
    search_index.run(flow.project, promote=True)
    assert serves(flow) != before
    assert search_index.run(flow.project).alarms == []


def test_a_worse_model_takes_over_at_once_if_the_settings_say_so(flow):
    _switch(flow, WORSE, promote="auto")
    assert serves(flow) == fingerprints.model(flow.settings.embedding)


def test_questions_that_cannot_be_read_hold_the_switch_and_stop_no_run(flow):
    (flow.folder / "questions.yaml").write_text("- question: Who?\n")
    report = _switch(flow, OTHER)
    assert "questions.yaml" in report.alarms[0].message
    assert "entry 1, documents" in report.alarms[0].message


@pytest.mark.slow
def test_a_held_model_keeps_up_with_the_lake_and_so_does_the_one_that_serves(flow):
    _switch(flow, WORSE)
    (flow.documents / "fact6.txt").unlink()
    flow.run(allow_deletions=True)
    state = SearchIndex(flow.lake).state()
    for one in (state, state.candidate.state):
        paths = flow.project.index.table(one).to_table(columns=["path"])["path"].to_pylist()
        assert "fact6.txt" not in paths
        assert "fact5.txt" in paths
    hits = Searcher(flow.project).search("Which foreign language do pupils learn?", k=3)
    assert [hit.flags for hit in hits] == [[], [], []]


@pytest.mark.slow
def test_what_changes_while_a_model_is_held_back_is_found_with_the_one_that_serves(flow):
    before = serves(flow)
    _switch(flow, WORSE)
    flow.write("fact6.txt", "Bees are kept behind the smithy, and wasps too.\n")
    flow.write("new.txt", "Hornets nest in the bell tower.\n")
    flow.run()
    assert serves(flow) == before
    for searcher in (Searcher(flow.project), _candidate(flow)):
        hits = {hit.path: hit for hit in searcher.search("Where are the hives?", k=20)}
        assert hits["fact6.txt"].text == "Bees are kept behind the smithy, and wasps too."
        assert "new.txt" in hits
        assert {tuple(hit.flags) for hit in hits.values()} == {()}
    assert [check for check, _ in flow.findings()] == ["index held back"]
    embeddings = flow.lake.read("embeddings", columns=["text_hash", "model"])
    assert len(embeddings) == 2 * len(flow.lake.read("chunks"))
    assert flow.run()["embeddings"].rows == 0  # nothing to do a second time


def _candidate(flow) -> Searcher:
    return Searcher(flow.project, SearchIndex(flow.lake).state().candidate.state)


@pytest.mark.slow
def test_a_model_that_is_gone_leaves_searches_behind_and_the_run_says_so(flow, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(resolve(EmbeddingSettings(**MODEL)).folder, folder)
    configure(flow, MODEL | {"model": str(folder)}, promote="auto")
    flow.run()
    configure(flow, WORSE)
    flow.run()
    shutil.rmtree(folder)
    flow.write("fact6.txt", "Bees are kept behind the smithy, and wasps too.\n")
    (alarm,) = flow.run()["embeddings"].alarms
    assert alarm.code == "searches_lack_vectors"
    assert str(folder) in alarm.message


@pytest.mark.slow
def test_a_document_changed_after_the_switch_is_found_again_after_the_roll_back(flow):
    _switch(flow, OTHER)
    flow.write("fact6.txt", "Bees are kept behind the smithy, and wasps too.\n")
    (flow.documents / "fact5.txt").unlink()
    flow.run(allow_deletions=True)
    search_index.roll_back(flow.project)
    hits = {hit.path: hit for hit in Searcher(flow.project).search("bees and wasps", k=20)}
    assert "fact5.txt" not in hits
    assert (hits["fact6.txt"].text, hits["fact6.txt"].flags) == (
        "Bees are kept behind the church.",
        ["stale"],
    )
    assert hits["fact7.txt"].flags == []
    flow.run()
    (hit,) = Searcher(flow.project).search("bees and wasps", k=1)
    assert (hit.text, hit.flags) == ("Bees are kept behind the smithy, and wasps too.", [])


@pytest.mark.slow
def test_settings_that_go_back_forget_the_model_that_was_held(flow):
    before = SearchIndex(flow.lake).state()
    _switch(flow, WORSE)
    held = SearchIndex(flow.lake).state().candidate.state.table
    assert _switch(flow, MODEL).alarms == []
    state = SearchIndex(flow.lake).state()
    assert (state.table, state.candidate) == (before.table, None)
    assert held not in flow.project.index._names()
    assert flow.findings() == []
    with pytest.raises(IndexStateError, match="No other index is complete"):
        search_index.run(flow.project, promote=True)
    with pytest.raises(IndexStateError, match="no index of before"):
        search_index.roll_back(flow.project)


@pytest.mark.slow
def test_the_index_of_the_model_before_goes_with_its_vectors_after_its_time(flow):
    _switch(flow, OTHER)
    state = SearchIndex(flow.lake).state()
    maintenance.run(flow.project)
    assert set(flow.lake.read("embeddings")["model"].to_pylist()) == state.models
    long_ago = replace(state.former, since="2020-01-01T00:00:00+00:00")
    old = dict.fromkeys(state.retired, "2020-01-01T00:00:00+00:00")
    flow.project.index.save(replace(state, former=long_ago, retired=old))
    search_index.run(flow.project)
    assert SearchIndex(flow.lake).state().former is None
    assert state.former.state.table not in flow.project.index._names()
    maintenance.run(flow.project)
    assert set(flow.lake.read("embeddings")["model"].to_pylist()) == {state.model}


@pytest.mark.slow
@pytest.mark.parametrize("dies_at", ["create", "optimize", "save"])
def test_a_switch_that_died_goes_on_with_the_table_it_had(flow, monkeypatch, dies_at):
    """`save` is called when the table is created, when it is complete, and when it takes over."""
    before = serves(flow)
    configure(flow, OTHER)
    embed(flow)
    in_step = flow.project.with_settings(embedding=EmbeddingSettings(**MODEL))
    search_index.run(in_step)
    calls, real = [], getattr(SearchIndex, dies_at)

    def dying(self, *arguments):
        calls.append(arguments)
        if dies_at != "save" or len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(SearchIndex, dies_at, dying)
        with pytest.raises(KeyboardInterrupt):
            search_index.run(flow.project)
    assert (serves(flow), found(flow)) == (before, "fact6.txt")
    candidate = SearchIndex(flow.lake).state().candidate
    assert (candidate is None) == (dies_at == "create")
    assert search_index.run(flow.project).alarms == []
    state = SearchIndex(flow.lake).state()
    assert state.model == fingerprints.model(flow.settings.embedding)
    assert candidate is None or state.table == candidate.state.table
    assert flow.project.index._names().count("state") == 1
    assert {name for name in flow.project.index._names() if name != "state"} == state.tables
    assert flow.findings() == []


def _drop(flow, table: str) -> None:
    flow.project.index.db.drop_table(table)


def _truncate(flow, table: str) -> None:
    KINDS["truncated"](next(Path(flow.project.index.url, f"{table}.lance", "data").iterdir()))


@pytest.mark.slow
@pytest.mark.parametrize("lose", [_drop, _truncate])
def test_tables_beside_the_serving_one_that_are_lost_stop_no_run(flow, lose):
    _switch(flow, WORSE)
    lose(flow, SearchIndex(flow.lake).state().candidate.state.table)
    (alarm,) = search_index.run(flow.project).alarms
    assert alarm.code == "index_switch_held"  # built and judged anew
    search_index.run(flow.project, promote=True)
    lose(flow, SearchIndex(flow.lake).state().former.state.table)
    assert search_index.run(flow.project).alarms == []
    with pytest.raises(IndexStateError, match="no index of before"):
        search_index.roll_back(flow.project)


def test_vectors_of_two_models_never_come_together(flow):
    """Neither in Python nor in the view that docs/tables.md shows."""
    first = SearchIndex(flow.lake).state().model
    _switch(flow, WORSE)
    assert len(set(flow.lake.read("embeddings")["model"].to_pylist())) == 2
    chunks = flow.lake.read("chunks", columns=["chunk_id", "text_hash"]).to_pylist()
    stored = flow.lake.read("embeddings", columns=["text_hash", "model", "vector"]).to_pylist()
    of_first = {row["text_hash"]: row["vector"] for row in stored if row["model"] == first}
    expected = {chunk["chunk_id"]: of_first[chunk["text_hash"]] for chunk in chunks}
    read = doclake.Project.open(flow.folder).vectors().to_pylist()
    assert {row["chunk_id"]: row["vector"] for row in read} == expected
    current, with_vectors = (view.sql for view in VIEWS[:2])
    sql = f"WITH current_chunks AS ({current}) {with_vectors}"
    reader = QueryBuilder()
    for name in ("chunks", "ledger", "embeddings"):
        reader.register(name, flow.lake.open(name))
    joined = pa.table(reader.execute(sql).read_all())["chunk_id"].to_pylist()
    assert sorted(joined) == sorted(expected)
