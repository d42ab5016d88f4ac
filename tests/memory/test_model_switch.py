"""Another embedding model takes over when every memory has its vector, and recalls never stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from doclake.health import memories as health
from doclake.memory import model_switch
from doclake.memory.consolidation import consolidate
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.project import Project

YAML = "lake: lake\nsources: {}\nembedding: {model: %s}\n"


def _project(folder: Path, model: str) -> Project:
    (folder / "doclake.yaml").write_text(YAML % model)
    return Project.open(folder / "doclake.yaml")


def _found(project: Project) -> list[str]:
    memories = Memories(project, "ada")
    return [one.memory.text for one in memories.recall("Where is the spare key?", k=1)]


def test_memories_follow_the_model_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _project(tmp_path, "multilingual-e5-small")
    ada = Memories(first, "ada")
    for number in range(5):
        ada.remember(f"Shelf {number} holds {number * 3} boxes.")
    key = "The spare key hangs behind the counter."
    ada.remember(key)
    second = _project(tmp_path, "all-MiniLM-L6-v2")
    assert _found(second) == [key]  # by the old model
    Memories(second, "ada").remember("The van needs oil.")
    assert [one.check for one in health.examine(second)] == ["model"]
    with monkeypatch.context() as patched:
        patched.setattr(model_switch, "_embed", _killed_after(16, model_switch._embed))
        with pytest.raises(KeyboardInterrupt):
            consolidate(second, MemoryStore(second))
    assert _found(second) == [key]
    done = consolidate(second, MemoryStore(second))
    assert 0 < done.embedded <= 7
    assert _found(second) == [key]
    assert list(health.examine(second)) == []
    models = set(second.lake.read("memories", columns=["model"])["model"].to_pylist())
    current = MemoryStore(second).rows()
    assert current is not None and models == {current[0].model} == {second.model}
    assert current[1].count() == 7


def _killed_after(calls: int, embed):
    left = [calls]

    def of(*given: object) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return embed(*given)

    return of
