"""The doctor sees what is wrong with memories, and what its mend says mends it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from doclake.health import doctor
from doclake.lake.scope import EVERYTHING, Scope
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.project import Project
from doclake.tables.memories import MEMORIES


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "doclake.yaml").write_text("lake: lake\nsources: {}\n")
    return Project.open(tmp_path / "doclake.yaml")


@pytest.fixture
def store(project: Project) -> MemoryStore:
    store = MemoryStore(project)
    ada = Memories(project, "ada", store=store)
    for number in range(3):
        ada.remember(f"Shelf {number} holds {number * 3} boxes.")
    return store


def _checks(project: Project) -> set[str]:
    return {one.check for one in doctor.examine(project)} - {"sandbox"}


def test_a_sound_memory_has_no_finding(project: Project, store: MemoryStore) -> None:
    assert _checks(project) == set()


def test_a_view_that_is_not_the_table_is_found_and_rebuilt(
    project: Project, store: MemoryStore
) -> None:
    current = store.rows()
    assert current is not None
    rows = current[1].of(EVERYTHING, ["memory_id"], addresses=True)
    empty = store.index.schema(current[0].dimension).empty_table()
    current[1].replace([rows["_rowaddr"][0].as_py()], empty)
    assert _checks(project) == {"memory view"}
    assert store.rebuild() == 3
    assert _checks(project) == set()


def test_a_lost_view_is_made_anew_by_the_next_recall(project: Project, store: MemoryStore) -> None:
    shutil.rmtree(store.index.url)
    assert _checks(project) == {"memory view"}
    found = Memories(project, "ada").recall("How many boxes are on shelf 2?", k=1)
    assert found[0].memory.text == "Shelf 2 holds 6 boxes."
    assert _checks(project) == set()


def test_a_table_that_was_put_back_is_followed(project: Project, store: MemoryStore) -> None:
    table = project.lake.open(MEMORIES.name)
    assert table is not None
    table.restore(table.version() - 1)
    ada = Memories(project, "ada")
    texts = {one.memory.text for one in ada.recall("How many boxes?", k=9)}
    assert texts == {f"Shelf {number} holds {number * 3} boxes." for number in range(2)}
    assert _checks(project) == set()


def test_statements_that_stand_twice_are_found(project: Project, store: MemoryStore) -> None:
    (row, *_) = MEMORIES.rows(project.lake.read(MEMORIES.name))
    again = row | {"memory_id": row["memory_id"][:-1] + "x"}
    project.lake.append(MEMORIES.name, MEMORIES.arrow([again]))
    assert "memories" in _checks(project)
    scope = Scope(where={"memory_id": [again["memory_id"]]})
    project.lake.delete(MEMORIES.name, scope)
    store.rows()
    assert _checks(project) == set()
