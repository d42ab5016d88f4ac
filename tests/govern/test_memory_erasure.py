"""After an erasure no byte of a memory is left, nor of what was made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from doclake.govern import erasure, memory_erasure
from doclake.memory.consolidation import consolidate
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.operate import maintenance
from doclake.project import Project
from tests.erased_text import places_of

NAME = "Barnaby Quillfeather"
KOREAN = "곽두팔봉"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "doclake.yaml").write_text("lake: lake\nsources: {}\n")
    return Project.open(tmp_path / "doclake.yaml")


def _filled(project: Project, store: MemoryStore) -> Memories:
    ada = Memories(project, "ada", store=store)
    wrong = ada.remember(f"{NAME} lives at 14 Heron Lane.").memory
    ada.correct(wrong.memory_id, "He lives at 9 Wren Street.")  # names nobody, and is of him
    ada.remember("Prefers tea.", subject=f"user:{NAME}")
    ada.remember(f"{NAME} is allergic to nuts")
    ada.remember(f"{NAME} is allergic to the nuts.")
    ada.remember(f"{KOREAN} 고객은 오전에 전화를 원한다.")
    for number in range(20):
        ada.remember(f"Shelf {number} holds {number * 3} boxes.")
    return ada


def test_a_person_leaves_no_byte_behind(project: Project, tmp_path: Path) -> None:
    store = MemoryStore(project)
    ada = _filled(project, store)
    assert consolidate(project, store).merged == 2
    for word in (NAME, "Heron Lane", "Wren Street", "Prefers tea", KOREAN):
        assert places_of(word, tmp_path), word
    operator = memory_erasure.operator(project)
    meant = memory_erasure.of_subject(project, operator, NAME)
    done = memory_erasure.erase(project, store, operator, meant, reason="asked for")
    for word in (NAME, "Heron Lane", "Wren Street", "Prefers tea", "allergic"):
        assert not places_of(word, tmp_path), word
    assert places_of(KOREAN, tmp_path)
    assert done.completed_at and sorted(done.memories) == meant and len(meant) == 6
    assert NAME not in json.dumps(done.as_json())
    assert len(list(ada.export())) == 21
    assert ada.recall("How many boxes are on shelf 7?", k=1)[0].memory.text.startswith("Shelf 7")
    meant = memory_erasure.of_subject(project, operator, KOREAN)
    memory_erasure.erase(project, store, operator, meant)
    assert not places_of(KOREAN, tmp_path)
    assert [one.completed_at is not None for one in erasure.certificates(project.lake)] == [
        True
    ] * 2


def test_an_interrupted_erasure_is_finished_by_the_next(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore(project)
    _filled(project, store)
    operator = memory_erasure.operator(project)
    meant = memory_erasure.of_subject(project, operator, NAME)
    with monkeypatch.context() as patched:
        patched.setattr(project.lake, "vacuum", _killed)
        with pytest.raises(KeyboardInterrupt):
            memory_erasure.erase(project, store, operator, meant)
    assert memory_erasure.of_subject(project, operator, NAME) == []
    assert len(memory_erasure.interrupted(project)) == 1
    memory_erasure.erase(project, store, operator, [])
    assert not places_of(NAME, tmp_path)
    assert memory_erasure.interrupted(project) == []


def test_an_iceberg_table_over_the_same_files_lets_go_of_them(tmp_path: Path) -> None:
    pytest.importorskip("pyiceberg")
    from doclake.lake.iceberg.sync import sync

    (tmp_path / "doclake.yaml").write_text("lake: lake\nsources: {}\niceberg: [memories]\n")
    project = Project.open(tmp_path / "doclake.yaml")
    store = MemoryStore(project)
    _filled(project, store)
    sync(project.lake, ["memories"])
    operator = memory_erasure.operator(project)
    memory_erasure.erase(
        project, store, operator, memory_erasure.of_subject(project, operator, NAME)
    )
    assert not places_of(NAME, tmp_path)


def _killed(*_: object) -> int:
    raise KeyboardInterrupt


def test_an_agent_erases_only_what_is_its_own(project: Project) -> None:
    store = MemoryStore(project)
    _filled(project, store)
    bob = Memories(project, "bob", store=store)
    bob.remember(f"{NAME} called twice.")
    assert len(memory_erasure.of_subject(project, bob.caller(), NAME)) == 1


def test_what_is_forgotten_is_deleted_when_its_time_is_over(
    project: Project, monkeypatch: pytest.MonkeyPatch, aged: Callable[..., None]
) -> None:
    store = MemoryStore(project)
    ada = _filled(project, store)
    (first, second, *_) = ada.export()
    ada.forget(first.memory_id)
    maintenance.run(project)
    assert store.read([first.memory_id])  # `restore` may bring it back
    aged(days=31)
    maintenance.run(project)
    assert not store.read([first.memory_id]) and store.read([second.memory_id])
    held = store.rows()
    assert held is not None and held[1].count() == store.lake.read("memories").num_rows


@pytest.fixture
def aged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    from datetime import timedelta

    from doclake import clock

    def later(**span: int) -> None:
        moment = clock.now() + timedelta(**span)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return later
