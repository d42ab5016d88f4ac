"""A lake of three sources: for everyone, for finance, for nobody; one document in `open` is closed
to an intern."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.copied import copy_project
from tests.flow import Flow

SECRET, CLOSED, SHARED = (
    "The merger closes in May.",
    "Nobody may read of the vault.",
    "Tea is at four.",
)


@pytest.fixture(scope="session")
def _guarded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guarded") / "project"
    flow = Flow.of_small_documents(folder)
    shutil.rmtree(flow.documents)
    configure(flow)
    for source, text in (("open", SHARED), ("finance", SECRET), ("closed", CLOSED)):
        (folder / source).mkdir()
        (folder / source / f"{source}.txt").write_text(f"{text}\n")
    for name, access in (("intern", "deny: ['user:intern']"), ("board", "allow: [group:board]")):
        (folder / "open" / f"{name}.txt").write_text(f"{name.title()} are told later.\n")
        (folder / "open" / f"{name}.txt.access.yaml").write_text(f"{access}\n")
    (folder / "groups.yaml").write_text("group:finance: ['user:kim']\n")
    for source in flow.settings.sources:
        flow.run(source)
    return folder


def configure(flow: Flow, finance: tuple[str, ...] = ("group:finance",)) -> None:
    lists = {"open": ["everyone"], "finance": list(finance), "closed": []}
    sources = {
        name: {"url": name, "access": access, "buckets": 2, "access_from": ["sidecar"]}
        for name, access in lists.items()
    }
    flow.configure(sources=sources, principals={"file": "groups.yaml"})


@pytest.fixture
def guarded(_guarded: Path, tmp_path: Path) -> Flow:
    """The test's own copy."""
    return Flow(copy_project(_guarded, tmp_path / "guarded"))
