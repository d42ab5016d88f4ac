"""A source that is configured no more is taken out of every table and of the index."""

from __future__ import annotations

import pytest

from doclake.errors import SettingsError
from doclake.index.index import SearchIndex
from doclake.lake.lake import Lake
from doclake.operate import removal
from doclake.tables.registry import TABLES
from tests.damaged import KINDS, file_of


def held(flow) -> dict[str, set[str]]:
    """The sources in each table and in the index."""
    of_sources = [name for name, table in TABLES.items() if "source" in table.partition_columns]
    found = {name: {key[0] for key in flow.lake.count_by(name, ["source"])} for name in of_sources}
    index = SearchIndex(flow.lake)
    rows = index.open(index.state()).to_arrow()["source"].to_pylist()
    return found | {"index": set(rows)}


@pytest.fixture
def letters(flow):
    """Another source beside `notes`, which is then taken out of the settings."""
    (flow.folder / "letters").mkdir()
    (flow.folder / "letters" / "one.md").write_text("# Letter\n\nThe ferry leaves at nine.\n")
    both = {name: {"url": url, "buckets": 4} for name, url in SOURCES.items()}
    flow.configure(sources=both)
    flow.run("letters")
    flow.configure(sources={"letters": both["letters"]})
    return flow


SOURCES = {"notes": "documents", "letters": "letters"}


def test_a_removed_source_leaves_every_table_and_the_index(letters):
    assert ("known sources", "doclake remove notes, or configure it again") in letters.findings()
    removed = removal.remove(letters.project, "notes")
    assert removed["documents"] == 5 and removed["chunks"] > 0
    assert set().union(*held(letters).values()) == {"letters"}
    assert letters.findings() == []


@pytest.mark.slow
def test_a_source_whose_files_are_damaged_can_be_removed(letters):
    for table in ("elements", "chunks", "embeddings"):
        KINDS["truncated"](file_of(letters, table))
    assert ("damaged files", "doclake remove notes") in letters.findings()
    removal.remove(letters.project, "notes")
    assert letters.findings() == []


def test_a_removal_that_died_is_told_and_finished_by_another(letters, monkeypatch):
    real, calls = Lake.delete, []

    def dying(self, name, scope):
        calls.append(name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, name, scope)

    monkeypatch.setattr(Lake, "delete", dying)
    with pytest.raises(KeyboardInterrupt):
        removal.remove(letters.project, "notes")
    monkeypatch.setattr(Lake, "delete", real)
    assert any("doclake remove notes" in mend for _, mend in letters.findings())
    removal.remove(letters.project, "notes")
    assert set().union(*held(letters).values()) == {"letters"}
    assert letters.findings() == []


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "died_before",
    [
        "index",
        *(pytest.param(t, marks=pytest.mark.slow) for t in (*removal.ROWS, *removal.REGISTRY)),
    ],
)
def test_a_source_that_is_taken_back_after_a_removal_died_is_whole_after_its_next_run(
    letters, monkeypatch, died_before
):
    before = held(letters)
    delete = Lake.delete

    def dying(lake, name, scope):
        if name == died_before:
            raise Died
        return delete(lake, name, scope)

    def dead(project):
        raise Died

    with monkeypatch.context() as killing:
        killing.setattr(Lake, "delete", dying)
        if died_before == "index":
            killing.setattr(removal.search_index, "run", dead)
        with pytest.raises(Died):
            removal.remove(letters.project, "notes")
    letters.configure(sources={name: {"url": url, "buckets": 4} for name, url in SOURCES.items()})
    letters.run()
    assert letters.findings() == []
    assert held(letters) == before


def test_a_document_that_left_a_source_while_it_was_gone_leaves_nothing(letters, monkeypatch):
    def dead(project):
        raise Died

    with monkeypatch.context() as killing:
        killing.setattr(removal.search_index, "run", dead)
        with pytest.raises(Died):
            removal.remove(letters.project, "notes")
    (letters.documents / "tools.txt").unlink()
    letters.configure(sources={name: {"url": url, "buckets": 4} for name, url in SOURCES.items()})
    letters.run()
    assert letters.findings() == []
    assert "tools.txt" not in letters.lake.read("chunks")["path"].to_pylist()


def test_a_configured_source_is_not_removed(flow):
    before = held(flow)
    with pytest.raises(SettingsError, match="notes is configured"):
        removal.remove(flow.project, "notes")
    assert held(flow) == before


def test_a_source_that_is_nowhere_is_refused_with_those_that_are_left(letters):
    with pytest.raises(SettingsError, match="Left behind: notes"):
        removal.remove(letters.project, "memos")
