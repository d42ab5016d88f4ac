"""A stage that dies between two commits is done again, whatever happened to the source since.

Here the stage dies of an exception at one commit; tests/integration/test_survival.py kills whole
runs with SIGKILL.
"""

from __future__ import annotations

import pytest

from doclake.lake.lake import Lake

POND = "# Garden\n\nTomatoes grow along the south wall.\n\n## Pond\n\nThe pond holds {} litres.\n"


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.fixture
def dies_after(monkeypatch):
    def arm(method: str, table: str) -> None:
        call = getattr(Lake, method)

        def dying(self, name, *arguments, **options):
            result = call(self, name, *arguments, **options)
            if name == table:
                raise Died
            return result

        monkeypatch.setattr(Lake, method, dying)

    return arm


def _run_and_die(flow, monkeypatch, **options):
    with pytest.raises(Died):
        flow.run(**options)
    monkeypatch.undo()


def test_an_edit_taken_back_after_its_elements_were_written_leaves_the_old_ones(
    flow, dies_after, monkeypatch
):
    flow.write("garden.md", POND.format("1,200"))
    dies_after("replace", "elements")
    _run_and_die(flow, monkeypatch)
    flow.write("garden.md", POND.format(900))
    flow.run()
    assert flow.findings() == []
    texts = flow.lake.read("elements")["text"].to_pylist()
    assert not [text for text in texts if "1,200" in text]


def test_a_document_deleted_before_the_ledger_knew_it_leaves_no_elements(
    flow, dies_after, monkeypatch
):
    path = flow.write("new.md", "# New\n\nNever finished.\n")
    dies_after("replace", "elements")
    _run_and_die(flow, monkeypatch)
    assert "Never finished." in flow.lake.read("elements")["text"].to_pylist()
    path.unlink()
    flow.run()
    assert flow.findings() == []
    assert "Never finished." not in flow.lake.read("elements")["text"].to_pylist()


def test_a_file_that_comes_back_after_its_elements_were_dropped_has_them_again(
    flow, dies_after, monkeypatch
):
    path = flow.documents / "tools.txt"
    text = path.read_text()
    path.unlink()
    dies_after("delete", "elements")
    _run_and_die(flow, monkeypatch)
    path.write_text(text)
    flow.run()
    assert flow.findings() == []
    assert text.strip() in flow.lake.read("elements")["text"].to_pylist()


@pytest.mark.slow
def test_a_chunk_size_taken_back_after_chunks_were_written_leaves_the_old_ones(
    flow, dies_after, monkeypatch
):
    flow.write("soil.md", "# Soil\n\n" + "".join(f"Bed {n} is sandy. " for n in range(60)))
    flow.run()
    before = set(flow.lake.read("chunks")["chunk_id"].to_pylist())
    flow.configure(recipe={"chunk": {"max_tokens": 64}})
    dies_after("replace", "chunks")
    _run_and_die(flow, monkeypatch)
    assert set(flow.lake.read("chunks")["chunk_id"].to_pylist()) != before
    flow.configure()
    flow.run()
    assert flow.findings() == []
    assert set(flow.lake.read("chunks")["chunk_id"].to_pylist()) == before


@pytest.mark.parametrize("table", ["documents", "ledger", "elements", "chunks", "embeddings"])
def test_a_first_ingest_that_dies_anywhere_is_completed_by_the_next(
    flow, dies_after, monkeypatch, table
):
    for number in range(3):
        flow.write(f"new/{number}.md", f"# {number}\n\nThe number is {number * 111}.\n")
    dies_after("replace", table)
    _run_and_die(flow, monkeypatch)
    flow.run()
    assert flow.findings() == []
    assert len(flow.lake.count_by("chunks", ["doc_id"])) == 7


def test_a_build_of_the_index_that_dies_leaves_the_old_one_to_searches(flow, monkeypatch):
    from doclake.index.index import SearchIndex
    from doclake.stages import search_index

    index = SearchIndex(flow.lake)
    state = index.state()
    rows = index.open(state).count_rows()

    def dying(*_arguments, **_options):
        raise Died

    monkeypatch.setattr(search_index, "sync_partitions", dying)
    with pytest.raises(Died):
        search_index.run(flow.project, rebuild=True)
    monkeypatch.undo()
    assert SearchIndex(flow.lake).state() == state
    assert index.open(state).count_rows() == rows
    flow.run()
    assert [n for n in index.db.list_tables().tables if n.startswith("chunks_")] == [state.table]
