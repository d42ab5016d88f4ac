"""What a damaged file held is made anew: the same ids, texts and vectors as before."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doclake.health import doctor
from doclake.lake.lake import Lake
from doclake.lake.scope import Scope
from doclake.operate import repair
from doclake.tables.registry import TABLES
from tests.damaged import KINDS, file_of
from tests.flow import Flow

DERIVED = ("documents", "elements", "metadata", "chunks", "embeddings")
_NEVER_THE_SAME = {"updated_at", "first_seen", "created_at"}
Rows = dict[tuple[Any, ...], dict[str, Any]]


class _Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def _rows(flow: Flow) -> dict[str, Rows]:
    """Those of each derived table by their keys, without when they were written."""
    return {
        table: {
            tuple(row[name] for name in ("bucket", *TABLES[table].key)): {
                name: value for name, value in row.items() if name not in _NEVER_THE_SAME
            }
            for row in flow.lake.read(table).to_pylist()
        }
        for table in DERIVED
    }


def _require_same(flow: Flow, before: dict[str, Rows]) -> None:
    now = _rows(flow)
    for rows, earlier in ((now[table], before[table]) for table in DERIVED):
        assert rows.keys() == earlier.keys()
        for key, row in rows.items():
            vectors = [one.pop("vector", [0.0]) for one in (row, earlier[key])]
            assert np.allclose(*vectors, atol=1e-5)
            assert row == earlier[key]


def _repair(flow: Flow) -> list[repair.Lost]:
    todo = repair.plan(flow.project)
    awaited = repair.begin(flow.project, todo)
    for source in todo.sources:
        flow.run(source)
    return repair.lost(flow.project, awaited)


@pytest.mark.parametrize(("table", "kind"), [*zip(DERIVED, KINDS, strict=True)])
def test_the_rows_of_a_damaged_file_come_back(flow, table, kind):
    before = _rows(flow)
    KINDS[kind](file_of(flow, table))
    assert _repair(flow) == []
    assert doctor.examine(flow.project) == []
    _require_same(flow, before)


@pytest.mark.slow
def test_many_files_and_the_index_at_once(flow):
    before = _rows(flow)
    for table, bucket in zip(DERIVED, ("00", "01", "01", "03", "03"), strict=True):
        KINDS["deleted"](file_of(flow, table, bucket))
    shutil.rmtree(Path(flow.lake.url, "index"))
    assert _repair(flow) == []
    assert doctor.examine(flow.project) == []
    _require_same(flow, before)


@pytest.mark.slow
@pytest.mark.parametrize("table", ["documents", "metadata", "chunks"])
def test_a_table_that_is_gone_is_made_anew(flow, table):
    before = _rows(flow)
    shutil.rmtree(flow.lake.table_url(table))
    assert _repair(flow) == []
    assert doctor.examine(flow.project) == []
    _require_same(flow, before)


def test_only_what_was_lost_is_made_anew(flow):
    flow.write("pond.txt", "The pond holds carp.\n")  # into a file of its own in its bucket
    flow.run()
    lost = _rows_of(flow, "elements", "pond.txt")
    before = {row["doc_id"]: row["updated_at"] for row in flow.lake.read("ledger").to_pylist()}
    todo = repair.plan(flow.project)
    assert (todo.damaged, todo.sources) == ([], [])
    KINDS["truncated"](_file_of_document(flow, "elements", lost[0]["root_id"]))
    todo = repair.plan(flow.project)
    awaited = repair.begin(flow.project, todo)
    assert {row["path"] for row in awaited} == {"pond.txt"}
    reports = flow.run()
    assert (reports["elements"].documents, reports["chunks"].documents) == (1, 1)
    after = {row["doc_id"]: row["updated_at"] for row in flow.lake.read("ledger").to_pylist()}
    assert {key for key in after if after[key] != before[key]} == {lost[0]["doc_id"]}
    assert _rows_of(flow, "elements", "pond.txt") == lost


def _rows_of(flow: Flow, table: str, path: str) -> list[dict[str, Any]]:
    documents = {row["path"]: row["doc_id"] for row in flow.lake.read("ledger").to_pylist()}
    rows = flow.lake.read(table, Scope("notes", where={"root_id": [documents[path]]}))
    return rows.sort_by("ordinal").to_pylist()


def _file_of_document(flow: Flow, table: str, root_id: str) -> Path:
    known = flow.lake.open(table).get_add_actions(flatten=True)
    columns = {name: known.column(name).to_pylist() for name in ("path", "min.root_id")}
    (path,) = [
        path
        for path, first in zip(columns["path"], columns["min.root_id"], strict=True)
        if first == root_id
    ]
    return Path(flow.lake.table_url(table), path)


def test_vectors_that_can_be_read_are_not_computed_again(flow):
    KINDS["deleted"](file_of(flow, "embeddings"))
    repair.begin(flow.project, repair.plan(flow.project))
    report = flow.run()["embeddings"]
    assert report.counts.get("embedded", 0) + report.counts["copied"] == 3


def test_a_document_whose_bytes_have_gone_is_told_of(flow):
    (flow.documents / "tools.txt").unlink()
    (row,) = [row for row in flow.lake.read("ledger").to_pylist() if row["path"] == "tools.txt"]
    KINDS["deleted"](file_of(flow, "elements", row["bucket"]))
    lost = _repair(flow)
    assert ("notes", "tools.txt", "gone from the source") in {
        (one.source, one.path, one.why) for one in lost
    }


@pytest.mark.slow
@pytest.mark.parametrize("table", ["documents", "elements"])
def test_a_registry_that_was_lost_forgets_no_document_while_the_source_is_away(flow, table):
    before = _rows(flow)
    KINDS["deleted"](file_of(flow, table))
    flow.documents.rename(flow.folder / "away")
    _repair(flow)
    assert len(_rows(flow)["documents"]) == len(before["documents"])
    assert len(_rows(flow)["chunks"]) == len(before["chunks"])
    (flow.folder / "away").rename(flow.documents)
    flow.run()
    assert doctor.examine(flow.project) == []
    _require_same(flow, before)


@pytest.mark.slow
@pytest.mark.parametrize("died", ["before the file is taken out", "after it", "in the index"])
def test_a_repair_that_was_killed_is_finished_by_another(flow, died, monkeypatch):
    before = _rows(flow)
    KINDS["truncated"](file_of(flow, "elements"))
    shutil.rmtree(Path(flow.lake.url, "index"))
    replace = Lake.replace

    def dying(lake: Lake, name: str, *rest: Any) -> None:
        if name == "elements" and died == "before the file is taken out":
            raise _Killed
        replace(lake, name, *rest)
        if name == "elements" and died == "after it":
            raise _Killed

    def dead(*_: Any, **__: Any) -> None:
        raise _Killed

    with monkeypatch.context() as killing:
        killing.setattr(Lake, "replace", dying)
        if died == "in the index":
            killing.setattr(repair.search_index, "run", dead)
        with pytest.raises(_Killed):
            repair.begin(flow.project, repair.plan(flow.project))
    assert repair.plan(flow.project).sources == ["notes"]
    assert _repair(flow) == []
    assert doctor.examine(flow.project) == []
    _require_same(flow, before)


def test_nothing_of_a_source_is_repaired_while_its_ledger_is_damaged(flow):
    for table in ("ledger", "chunks"):
        KINDS["deleted"](file_of(flow, table))
    todo = repair.plan(flow.project)
    assert (todo.damaged, todo.sources) == ([], [])
    assert {file.table for file in todo.beyond} == {"ledger", "chunks"}
    assert repair.plan(flow.project, "letters").beyond == []
