"""Fixtures shared by all tests. Nothing is mocked: lakes, models and runs are real."""

from __future__ import annotations

import base64
import functools
import gc
import importlib.util
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # the threads of several processes fight for the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")

T = TypeVar("T")
REPOSITORY = Path(__file__).resolve().parents[1]


def _beside(name: str) -> ModuleType:
    """A helper module of the tests: importlib import mode keeps tests out of sys.path."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOST = "\ufffd"  # where a character could not be read
Flow = _beside("flow").Flow
copy_project = _beside("copied").copy_project
kept_workers = _beside("warm").kept_workers


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own DOCLAKE_ variables must not decide a test."""
    for name in [name for name in os.environ if name.startswith("DOCLAKE_")]:
        if name != "DOCLAKE_CACHE":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session", autouse=True)
def _kept_workers() -> Iterator[None]:
    with kept_workers():
        yield


@pytest.fixture
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[object]:
    """A Dagster instance with its history in memory: in files, half of a small run is waiting for
    SQLite. `test_samples.py`, the killed runs and the daemon have it in files."""
    import dagster as dg

    with dg.DagsterInstance.ephemeral(str(tmp_path)) as instance:
        yield instance


@pytest.fixture(scope="session")
def _ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ingested") / "project"
    Flow.of_small_documents(folder).run()
    return folder


@pytest.fixture
def flow(_ingested: Path, tmp_path: Path) -> Flow:
    """An ingested lake of a few small documents, the test's own copy."""
    return Flow(copy_project(_ingested, tmp_path / "flow"))


@pytest.fixture
def command(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """`command("status")` runs `doclake status` on `flow` in this process; its exit code.

    Dagster's history lies in files, in the folder `home` of the flow.
    """
    from doclake_dagster.pipelines.cli.app import main

    home = flow.folder / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("DOCLAKE_CONFIG", str(flow.folder))
    factory, thresholds = logging.getLogRecordFactory(), gc.get_threshold()

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["doclake", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        gc.unfreeze()  # `main` is the last thing that a process does, and leaves its garbage
        gc.set_threshold(*thresholds)
        return int(ended.value.code or 0)

    yield run
    logging.setLogRecordFactory(factory)


@pytest.fixture
def short(flow: Flow) -> Flow:
    """`flow` with documents that hold text and give no chunk of it, and a long one."""
    flow.write("hidden.html", "<p style='display:none'>Nobody ever sees what is said here.</p>")
    dump = base64.b64encode(bytes(range(256)) * 8).decode()
    flow.write("dump.txt", "\n".join(dump[start : start + 76] for start in range(0, 2000, 76)))
    flow.write(
        "log.md", "\n\n".join(f"On day {day} the tide rose to mark {day}." for day in range(40))
    )
    return flow


@pytest.fixture(scope="session")
def _damaged(_ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    flow = Flow(copy_project(_ingested, tmp_path_factory.mktemp("damaged") / "project"))
    flow.write("lamp.txt", f"The lamp {LOST * 6} burns until dawn, says the keeper.\n")
    flow.write("ships.txt", "The lighthouse keeper writes down every ship that passes by.\n")
    flow.run()
    return flow.folder


@pytest.fixture
def damaged(_damaged: Path, tmp_path: Path) -> Flow:
    """As `flow`, with a document of which the contract has refused the only chunk."""
    return Flow(copy_project(_damaged, tmp_path / "damaged"))


@pytest.fixture
def skipping(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], T]], T]:
    """`skipping(flow.run)` runs it with readers that step over three quarters of each document."""
    from doclake.extract.extractor import Extractor

    def run(action: Callable[[], T]) -> T:
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(REPOSITORY / "tests/extract/odd"))
            extractor = functools.partial(Extractor, load="skipping_parsers:load")
            patch.setattr("doclake.stages.executors.local.Extractor", extractor)
            return action()

    return run
