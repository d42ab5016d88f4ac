from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.browser import Tab, browsing
from tests.copied import copy_project
from tests.flow import Flow
from tests.serve.showing import flow_to_show
from tests.served import Served, serving

TOKENS = {"board-token-of-many-letters": ["group:board"], "token-of-nobody": []}


def write_tokens(file: Path, tokens: dict[str, list[str]]) -> None:
    rows = [
        {"sha256": hashlib.sha256(token.encode()).hexdigest(), "principals": principals}
        for token, principals in tokens.items()
    ]
    file.write_text(yaml.safe_dump(rows))


@pytest.fixture(scope="session")
def _closed(_ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of `flow`, which only the board may see, and `open`, which everyone may."""
    flow = Flow(copy_project(_ingested, tmp_path_factory.mktemp("closed") / "project"))
    (flow.folder / "open").mkdir()
    (flow.folder / "open/pond.md").write_text("# Pond\n\nThe pond lies behind the shed.\n")
    notes = {"url": "documents", "access": ["group:board"], "buckets": 4}
    everyones = {"url": "open", "access": ["everyone"], "buckets": 1, "description": "For all"}
    flow.configure(sources={"notes": notes, "open": everyones}, serve={"token_file": "tokens.yaml"})
    write_tokens(flow.folder / "tokens.yaml", TOKENS)
    flow.run()
    flow.run("open")
    return flow.folder


@pytest.fixture(scope="module")
def closed(_closed: Path, tmp_path_factory: pytest.TempPathFactory) -> Flow:
    return Flow(copy_project(_closed, tmp_path_factory.mktemp("served") / "project"))


@pytest.fixture(scope="module")
def server(closed: Flow) -> Iterator[Served]:
    with serving(closed.project) as served:
        yield served


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Flow:
    """Documents for the page. Whoever changes one puts it back."""
    return flow_to_show(tmp_path_factory.mktemp("page") / "project")


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browsing(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def page(tab: Tab, server: Served) -> Iterator[Tab]:
    """At the page, in English, on a desk; nothing may have gone wrong in it."""
    tab.look(1400, 900)
    tab.speak("en-US,en")
    tab.go(server.url)
    tab.value("sessionStorage.clear(); localStorage.clear()")
    tab.go(server.url)
    tab.faults.clear()
    yield tab
    assert tab.faults == []
