"""A lake of three sources: `notes` in English and `wiki` in Korean for everyone, `secret` for some.

Every other document of `notes` is nearly the one before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from doclake.export import plan, run
from doclake.export.manifest import Manifest
from doclake.settings import ExportSettings
from tests.copied import copy_project
from tests.flow import Flow

TEXTS = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text("utf-8"))
ENGLISH: dict[str, str] = TEXTS["english"]
KOREAN: list[str] = TEXTS["korean"]


@pytest.fixture(scope="session")
def _stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stocked") / "project"
    (folder / "documents").mkdir(parents=True)
    sources = {
        "notes": {"url": "documents/notes", "access": ["everyone"], "buckets": 4},
        "wiki": {"url": "documents/wiki", "access": ["everyone"], "buckets": 2},
        "secret": {"url": "documents/secret", "access": ["group:board"], "buckets": 2},
    }
    Flow.write_settings(folder, sources=sources)
    flow = Flow(folder)
    for subject, text in ENGLISH.items():
        flow.write(f"notes/{subject}.txt", f"{text}\n")
        flow.write(f"notes/{subject}_copy.txt", f"{text} Still true.\n")
    for number, text in enumerate(KOREAN):
        flow.write(f"wiki/{number}.txt", f"{text}\n")
    flow.write("secret/plan.txt", "The merger of both mills is planned for the first of May.\n")
    for source in sources:
        flow.run(source)
    return folder


@pytest.fixture
def stocked(_stocked: Path, tmp_path: Path) -> Flow:
    """The test's own copy."""
    return Flow(copy_project(_stocked, tmp_path / "stocked"))


Make = Callable[..., Manifest]


@pytest.fixture
def make(stocked: Flow, tmp_path: Path) -> Make:
    """`make("name", where=...)` exports to the folder `name`, which `folder_of` knows."""

    def make(name: str = "out", again: Manifest | None = None, **request: Any) -> Manifest:
        asked = again.request if again else ExportSettings.model_validate(request)
        export = plan.planned(stocked.project, asked, again)
        return run.write(export, tmp_path / name, again=again)

    return make


def rows_of(folder: Path, split: str = "train") -> list[dict[str, Any]]:
    """Of an export as JSON Lines."""
    files = sorted((folder / "data").glob(f"{split}-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
