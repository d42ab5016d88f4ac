"""Fixtures shared by all tests. Nothing is mocked: lakes, models and runs are real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
CORPUS = REPOSITORY.parent / "shared" / "corpus"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own DOCLAKE_ variables must not decide a test."""
    for name in [name for name in os.environ if name.startswith("DOCLAKE_")]:
        if name != "DOCLAKE_CACHE":
            monkeypatch.delenv(name)


@pytest.fixture
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def corpus() -> Path:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real documents is not beside the repository")
    return CORPUS


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[object]:
    """A Dagster instance that keeps its history in the test's own folder."""
    import dagster as dg

    home = tmp_path / "dagster_home"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        yield instance
