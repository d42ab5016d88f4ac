"""A changed access list reaches every row that is there, first, and whatever the source is like."""

from __future__ import annotations

import shutil
import zipfile

import pytest

from doclake.access import access_key
from doclake.errors import DoclakeError
from doclake.index.index import SearchIndex
from doclake.lake import lake
from doclake.lake.scope import Scope
from doclake.project import Project
from doclake.stages import documents, elements, search_index
from doclake.stages.context import StageContext
from doclake.tables.documents import DOCUMENTS

EVERYONE, BOARD = ["everyone"], ["group:board"]


class Died(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def _give(flow, readers, **changes):
    source = {"url": "documents", "access": readers, "buckets": 4}
    flow.configure(sources={"notes": source}, **changes)


def _lists(flow) -> dict[str, set[tuple[str, ...]]]:
    """The different access lists in the registry, the chunks and the index."""
    found = {
        table: {tuple(sorted(listed)) for listed in flow.lake.read(table)["access"].to_pylist()}
        for table in ("documents", "chunks")
    }
    index = flow.project.index
    rows = index.rows(index.state(), Scope("notes"), ["access", "access_keys"]).to_pylist()
    assert all({access_key(p) for p in r["access"]} == set(r["access_keys"]) for r in rows)
    return found | {"index": {tuple(sorted(row["access"])) for row in rows}}


def _only(*readers):
    return {table: {tuple(sorted(readers))} for table in ("documents", "chunks", "index")}


def test_it_is_done_before_anything_is_extracted_and_costs_neither_parser_nor_model(flow):
    flow.write("late.txt", "Waits for its extraction.\n")
    _give(flow, BOARD)
    tables = ("elements", "embeddings", "quarantine")
    before = {table: flow.lake.version(table) for table in tables}
    report = documents.run(flow.context())
    assert report.counts["access changed"] == 5 and report.counts["added"] == 1
    assert _lists(flow) == _only(*BOARD)
    assert {table: flow.lake.version(table) for table in tables} == before
    flow.run()
    assert flow.findings() == []


def test_what_is_inside_a_document_follows_it(flow):
    with zipfile.ZipFile(flow.documents / "packed.zip", "w") as archive:
        archive.writestr("a.txt", "A note inside an archive.\n")
    flow.run()
    _give(flow, BOARD)
    documents.run(flow.context())
    assert _lists(flow) == _only(*BOARD)
    assert "packed.zip!/a.txt" in flow.lake.read("chunks")["path"].to_pylist()


def test_documents_that_the_deletion_guard_keeps_are_narrowed_as_well(flow):
    _give(flow, BOARD, deletion={"max_share": 0.0, "min_documents": 0})
    (flow.documents / "tools.txt").unlink()
    report = documents.run(flow.context())
    assert [alarm.code for alarm in report.alarms] == ["deletion_refused"]
    assert _lists(flow) == _only(*BOARD)
    assert "tools.txt" in flow.lake.read("chunks")["path"].to_pylist()


def test_documents_that_an_empty_mount_hides_are_narrowed_as_well(flow):
    shutil.move(flow.documents, flow.folder / "away")
    flow.documents.mkdir()
    _give(flow, BOARD)
    report = documents.run(flow.context())
    assert [alarm.code for alarm in report.alarms] == ["listing_incomplete"]
    assert _lists(flow) == _only(*BOARD)


def test_a_source_that_cannot_be_reached_is_narrowed_as_well(flow, monkeypatch):
    def unreachable(*_):
        raise DoclakeError("No such host.")

    monkeypatch.setattr(Project, "open_source", unreachable)
    _give(flow, BOARD)
    with pytest.raises(DoclakeError, match="No such host"):
        documents.run(flow.context())
    assert _lists(flow) == _only(*BOARD)


def test_a_refused_number_of_buckets_does_not_delay_it(flow):
    source = {"url": "documents", "access": BOARD, "buckets": 8}
    flow.configure(sources={"notes": source})
    with pytest.raises(DoclakeError, match="buckets"):
        documents.run(flow.context())
    assert _lists(flow) == _only(*BOARD)


def test_a_widened_list_reaches_everything_too(flow):
    _give(flow, [])
    flow.run()
    assert _lists(flow) == _only()
    _give(flow, ["group:b", "group:a"])
    flow.run()
    assert _lists(flow) == _only("group:a", "group:b")
    assert flow.findings() == []


@pytest.mark.parametrize(
    ("stored", "readers"),
    [(["a\x1fb"], ["a", "b"]), ([""], []), (["a,b"], ["a", "b"]), (["a", "b"], ["a b"])],
)
def test_lists_are_compared_name_by_name(flow, stored, readers):
    """As they were stored by an older Doclake, which took any name."""
    rows = [row | {"access": stored} for row in flow.lake.read("documents").to_pylist()]
    flow.lake.replace("documents", Scope("notes"), DOCUMENTS.arrow(rows))
    _give(flow, readers)
    documents.run(flow.context())
    assert _lists(flow) == _only(*readers)


def test_another_order_of_the_same_names_changes_nothing(flow):
    _give(flow, ["group:a", "group:b"])
    flow.run()
    before = {table: flow.lake.version(table) for table in ("documents", "chunks", "ledger")}
    _give(flow, ["group:b", "group:a"])
    documents.run(flow.context())
    assert {table: flow.lake.version(table) for table in before} == before


def test_buckets_that_are_not_in_the_run_are_left_alone(flow):
    _give(flow, BOARD)
    first, *others = sorted({row["bucket"] for row in flow.lake.read("documents").to_pylist()})
    documents.run(flow.context(buckets=(first,)))
    for table in ("documents", "chunks"):
        for row in flow.lake.read(table).to_pylist():
            assert row["access"] == (BOARD if row["bucket"] == first else EVERYONE)
    documents.run(flow.context(buckets=tuple(others)))
    assert _lists(flow) == _only(*BOARD)


def test_a_run_takes_the_list_of_its_moment_and_not_that_of_its_start(flow):
    context = flow.context()
    _give(flow, BOARD)
    flow.write("new.txt", "Registered with the list of today.\n")
    documents.run(context)
    assert _lists(flow) == _only(*BOARD)


def test_the_old_rows_of_a_document_that_is_being_extracted_anew_are_narrowed(flow):
    flow.write("tools.txt", "The spade is in the shed now.\n")
    documents.run(flow.context())
    elements.run(flow.context())  # the ledger knows of no chunks any more, and they still stand
    _give(flow, BOARD)
    documents.run(flow.context())
    assert _lists(flow) == _only(*BOARD)
    flow.run()
    assert flow.findings() == []


def test_a_document_that_comes_back_from_its_tombstone_comes_back_narrowed(flow):
    path = flow.documents / "tools.txt"
    text = path.read_text()
    path.unlink()
    documents.run(flow.context())  # a tombstone, and its chunks still stand
    _give(flow, BOARD)
    documents.run(flow.context())
    path.write_text(text)
    flow.run()
    assert _lists(flow) == _only(*BOARD)
    assert flow.findings() == []


def test_rows_are_narrowed_though_every_extraction_dies(flow, monkeypatch):
    def dying(*_):
        raise Died

    flow.write("late.txt", "Kills its run.\n")
    _give(flow, BOARD)
    monkeypatch.setattr(elements, "open_executor", dying)
    with pytest.raises(Died):
        flow.run()
    assert _lists(flow) == _only(*BOARD)


def _dies_after(monkeypatch, point: int) -> None:
    """The run dies right after its commit number `point`, to a table or to the index."""
    done = 0

    def dying(call):
        def wrapped(*arguments, **options):
            nonlocal done
            result = call(*arguments, **options)
            done += 1
            if done == point:
                raise Died
            return result

        return wrapped

    monkeypatch.setattr(lake, "commit", dying(lake.commit))
    monkeypatch.setattr(search_index, "sync_partitions", dying(search_index.sync_partitions))
    monkeypatch.setattr(SearchIndex, "save", dying(SearchIndex.save))


@pytest.mark.slow
@pytest.mark.parametrize("then", [BOARD, EVERYONE])
def test_killed_after_any_commit_it_is_completed_or_taken_back_by_the_next_run(
    flow, monkeypatch, then
):
    points = 0
    for point in range(1, 20):
        _give(flow, BOARD)
        _dies_after(monkeypatch, point)
        try:
            documents.run(flow.context())
        except Died:
            points += 1
        else:
            break
        finally:
            monkeypatch.undo()
        assert flow.findings() or _lists(flow) == _only(*BOARD), point
        _give(flow, then)
        documents.run(flow.context())
        assert _lists(flow) == _only(*then), point
        assert flow.findings() == [], point
        _give(flow, EVERYONE)
        documents.run(flow.context())
    assert points >= 6


def test_nothing_is_written_where_nothing_has_changed(flow):
    tables = ("documents", "chunks", "ledger")
    before = {table: flow.lake.version(table) for table in tables}
    documents.run(flow.context())
    assert {table: flow.lake.version(table) for table in tables} == before


def test_a_first_run_has_no_list_to_change(flow, tmp_path, monkeypatch):
    monkeypatch.setattr(search_index, "run", None)  # calling it would fail
    context = StageContext.whole(flow.project.at(str(tmp_path / "empty")), "notes")
    assert "access changed" not in documents.run(context).counts
