"""The index goes from one complete state of a document to the next, whatever stands between."""

from __future__ import annotations

import lance
import pytest

from doclake.access import access_key, denied_key
from doclake.embed import Embedded, Embedder
from doclake.index import batches, sync
from doclake.index.index import SearchIndex
from doclake.lake import ledger
from doclake.lake.scope import EVERYTHING, Scope
from doclake.operate import maintenance
from doclake.stages import chunks, documents, elements, embeddings, search_index, vector_groups
from tests.flow import MODEL

SMALL = {"chunk": {"max_tokens": 64}}


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


class Faulty(Embedder):
    """The real model, whose device gives zeros for texts with a word, or dies of them."""

    dies = False

    def embedded(self, documents) -> Embedded:
        bad = [i for i, item in enumerate(documents.items) if "poison" in item.text]
        if bad and self.dies:
            raise Died
        embedded = super().embedded(documents)
        embedded.vectors[bad] = 0
        return embedded


def _beds(soil: str) -> str:
    return "# Soil\n\n" + "".join(f"Bed {n} is {soil}. " for n in range(150))


@pytest.fixture
def long(flow):
    """The flow with a document of several chunks in it."""
    flow.write("soil.md", _beds("sandy"))
    flow.run()
    return flow


def _rows(flow, *columns: str) -> list[dict[str, object]]:
    index = SearchIndex(flow.lake)
    return index.rows(index.state(), EVERYTHING, columns).to_pylist()


def _ids(flow) -> dict[str, set[str]]:
    """Ids of the index rows by the path of their document."""
    ids: dict[str, set[str]] = {}
    for row in _rows(flow, "path", "chunk_id"):
        ids.setdefault(row["path"], set()).add(row["chunk_id"])
    return ids


def _chunks(flow) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = {}
    for row in flow.lake.read("chunks", columns=["path", "chunk_id"]).to_pylist():
        ids.setdefault(row["path"], set()).add(row["chunk_id"])
    return ids


def _cut(flow, **changes) -> None:
    """Everything up to the chunks, under other settings."""
    flow.configure(**changes)
    for stage in (documents, elements, chunks):
        stage.run(flow.context())


def _run_index(flow) -> None:
    search_index.run(flow.project)


def _rebuild(flow) -> None:
    search_index.run(flow.project, rebuild=True)


def _maintain(flow) -> None:
    maintenance.run(flow.project)


@pytest.mark.parametrize("meanwhile", [_run_index, _rebuild, _maintain])
def test_a_document_keeps_its_rows_until_its_new_chunks_have_vectors(long, meanwhile):
    before = _ids(long)
    _cut(long, recipe=SMALL)
    meanwhile(long)
    after = _ids(long)
    assert after["soil.md"] == before["soil.md"] != _chunks(long)["soil.md"]
    assert after.keys() == before.keys()
    checks = {check for check, _ in long.findings()}
    assert checks - {"no orphans"} == {"ledger balance"}  # and nothing of the index
    (row,) = [r for r in ledger.read(long.lake, Scope("notes")) if r["path"] == "soil.md"]
    assert row["indexed"] is None
    long.run()
    assert _ids(long) == _chunks(long)
    assert long.findings() == []


@pytest.mark.slow
def test_no_version_of_the_table_holds_a_part_of_a_document(long, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 1)  # a commit for each document
    states = [_ids(long)]
    name = SearchIndex(long.lake).state().table
    for changes in ({"recipe": SMALL}, {}):
        long.configure(**changes)
        long.run()
        states.append(_ids(long))
    dataset = lance.dataset(f"{long.lake.url}/index/{name}.lance")
    versions = [version["version"] for version in dataset.versions()]
    assert len(versions) > 4
    for version in versions:
        rows = dataset.checkout_version(version).to_table(columns=["path", "chunk_id"]).to_pylist()
        held: dict[str, set[str]] = {}
        for row in rows:
            held.setdefault(row["path"], set()).add(row["chunk_id"])
        for path, ids in held.items():
            assert ids in [state.get(path) for state in states], (version, path)


def _embed_in_part(flow, monkeypatch) -> None:
    """The vectors of some chunks are committed, then the model dies."""
    embedder = Faulty(flow.settings.embedding)
    embedder.dies = True
    monkeypatch.setattr(vector_groups, "COMMIT_TEXTS", 1)
    before = len(flow.lake.read("embeddings"))
    with pytest.raises(Died):
        embeddings.run(flow.context(), embedder)
    assert len(flow.lake.read("embeddings")) > before


def _sections(count: int) -> str:
    plots = "".join(f"## Plot {n}\n\nPlot {n} is sandy.\n\n" for n in range(count))
    return f"# Soil\n\n{plots}## Shed\n\nThe poison stands here.\n"


@pytest.mark.slow
def test_vectors_of_some_of_its_chunks_change_nothing(flow, monkeypatch):
    flow.write("soil.md", _sections(3).replace("poison", "spade"))
    flow.run()
    before = _ids(flow)
    flow.write("soil.md", _sections(9))
    _cut(flow)
    _embed_in_part(flow, monkeypatch)
    _run_index(flow)
    assert _ids(flow) == before
    flow.run()
    assert _ids(flow) == _chunks(flow)


@pytest.mark.slow
def test_a_new_document_comes_whole(flow, monkeypatch):
    flow.write("soil.md", _sections(9))
    _cut(flow)
    _embed_in_part(flow, monkeypatch)
    _run_index(flow)
    assert "soil.md" not in _ids(flow)
    flow.run()
    assert _ids(flow) == _chunks(flow)
    assert flow.findings() == []


@pytest.mark.slow
def test_a_refused_vector_keeps_a_document_as_it_was_and_a_new_one_from_nothing_else(flow):
    flow.write("old.md", "# Shed\n\nThe spade stands here.\n")
    flow.run()
    before = _ids(flow)["old.md"]
    flow.write("old.md", "# Shed\n\nThe poison stands here.\n")
    flow.write("new.md", _sections(3))
    _cut(flow)
    embeddings.run(flow.context(), Faulty(flow.settings.embedding))
    report = search_index.run(flow.project)
    assert report.counts["without_vector"] == 2
    assert _ids(flow)["old.md"] == before
    assert len(_chunks(flow)["new.md"] - _ids(flow)["new.md"]) == 1
    assert {check for check, _ in flow.findings()} == {"ledger balance"}
    flow.run()
    assert _ids(flow) == _chunks(flow)
    assert flow.findings() == []


@pytest.mark.parametrize("meanwhile", [_run_index, _rebuild])
def test_a_waiting_document_has_the_access_list_of_today(long, meanwhile):
    before = _ids(long)["soil.md"]
    closed = {"url": "documents", "access": ["group:soil"], "buckets": 4}
    long.write(".access.yaml", "deny: ['user:eve']\n")
    _cut(long, recipe=SMALL, sources={"notes": closed | {"access_from": ["sidecar"]}})
    meanwhile(long)
    rows = _rows(long, "chunk_id", "path", "access", "access_keys")
    assert {row["chunk_id"] for row in rows if row["path"] == "soil.md"} == before
    assert {tuple(row["access"]) for row in rows} == {("group:soil",)}
    keys = {(access_key("group:soil"), denied_key("user:eve"))}
    assert {tuple(row["access_keys"]) for row in rows} == keys
    assert "index equals chunks" not in {check for check, _ in long.findings()}

    long.configure()  # taken back: the chunks that come are those that stood there before
    long.run()
    assert {tuple(row["access"]) for row in _rows(long, "access")} == {("everyone",)}
    assert long.findings() == []


def test_a_waiting_document_under_another_list_is_found_by_the_doctor(long):
    _cut(long, recipe=SMALL)
    index = SearchIndex(long.lake)
    index.open(index.state()).update("path = 'soil.md'", {"access_keys": [access_key("eve")]})
    assert ("index equals chunks", "doclake index rebuild") in long.findings()
    _rebuild(long)
    assert ("index equals chunks", "doclake index rebuild") not in long.findings()


def test_a_document_that_is_gone_goes_even_if_it_waits(long):
    _cut(long, recipe=SMALL)
    (long.documents / "soil.md").unlink()
    _cut(long, recipe=SMALL)
    _run_index(long)
    assert "soil.md" not in _ids(long)


def test_a_rebuild_under_a_model_that_is_not_complete_keeps_the_other(long):
    before = _ids(long)
    long.configure(embedding=MODEL | {"revision": "2"})
    old = SearchIndex(long.lake).state()
    report = search_index.run(long.project, rebuild=True)
    assert [alarm.code for alarm in report.alarms] == ["index_switch_pending"]
    state = SearchIndex(long.lake).state()
    assert (state.model, state.table != old.table) == (old.model, True)
    assert _ids(long) == before


@pytest.fixture
def meanwhile(monkeypatch):
    """Do something between the comparison of the first documents and the write."""

    def arm(work) -> None:
        real = sync.index_rows

        def late(*arguments):
            monkeypatch.setattr(sync, "index_rows", real)
            work()
            return real(*arguments)

        monkeypatch.setattr(sync, "index_rows", late)

    return arm


@pytest.mark.slow
def test_a_document_that_is_cut_anew_while_it_is_compared_waits(long, meanwhile):
    before = _ids(long)
    long.write("soil.md", _beds("heavy"))
    _cut(long)
    embeddings.run(long.context(), Embedder(long.settings.embedding))
    meanwhile(lambda: _cut(long, recipe=SMALL))
    _run_index(long)
    assert _ids(long) == before
    long.run()
    assert _ids(long) == _chunks(long)
    assert long.findings() == []


@pytest.mark.slow
def test_a_model_does_not_take_over_if_a_document_is_cut_while_its_table_is_built(long, meanwhile):
    before, old = _ids(long), SearchIndex(long.lake).state()
    _cut(long, embedding=MODEL | {"revision": "2"})
    embeddings.run(long.context(), Embedder(long.settings.embedding))
    long.write("soil.md", _beds("heavy"))
    meanwhile(lambda: _cut(long, embedding=MODEL | {"revision": "2"}))
    report = search_index.run(long.project)
    assert [alarm.code for alarm in report.alarms] == ["index_switch_pending"]
    assert SearchIndex(long.lake).state().table == old.table
    assert _ids(long) == before
    long.run()
    assert SearchIndex(long.lake).state().model == long.project.model
    assert long.findings() == []


def test_a_row_that_two_writers_left_twice_is_one_again(flow):
    flow.write("soil.md", _sections(3).replace("poison", "spade"))
    flow.run()
    index = SearchIndex(flow.lake)
    table = index.open(index.state())
    table.add(table.to_arrow())
    flow.write("soil.md", _sections(4).replace("poison", "spade"))
    flow.run()
    rows = [row["chunk_id"] for row in _rows(flow, "chunk_id", "path") if row["path"] == "soil.md"]
    assert sorted(rows) == sorted(_chunks(flow)["soil.md"])
