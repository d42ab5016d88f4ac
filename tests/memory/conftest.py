"""A project whose agents ada and bob belong to the pool support, and cy to none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from doclake import clock
from doclake.memory.memories import Memories
from doclake.memory.store import MemoryStore
from doclake.project import Project

Agent = Callable[..., Memories]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "groups.yaml").write_text("pool:support: [agent:ada, agent:bob]\n")
    (tmp_path / "doclake.yaml").write_text(
        "lake: lake\nprincipals: {file: groups.yaml}\nsources: {}\n"
    )
    return Project.open(tmp_path / "doclake.yaml")


@pytest.fixture
def store(project: Project) -> MemoryStore:
    return MemoryStore(project)


@pytest.fixture
def agent(project: Project, store: MemoryStore) -> Agent:
    def of(name: str, **more: object) -> Memories:
        return Memories(project, name, store=store, **more)  # type: ignore[arg-type]

    return of


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: moment)
        yield
