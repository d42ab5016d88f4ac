"""Fixtures shared by all tests. Nothing is mocked: lakes, models and runs are real."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
CORPUS = REPOSITORY.parent / "shared" / "corpus"


def _beside(name: str) -> ModuleType:
    """A helper module of the tests: importlib import mode keeps tests out of sys.path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Flow = _beside("flow").Flow


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


@pytest.fixture(scope="session")
def _ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ingested") / "project"
    Flow.of_small_documents(folder).run()
    return folder


@pytest.fixture
def flow(_ingested: Path, tmp_path: Path) -> Flow:
    """An ingested lake of a few small documents, the test's own copy."""
    shutil.copytree(_ingested, tmp_path / "flow")
    return Flow(tmp_path / "flow")
