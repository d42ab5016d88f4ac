"""A local server that speaks the API of Jira Data Center."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.sources.conformance import Case, Place
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.jira_server import Issue, Jira
from tests.sources.local_servers import free_port
from tests.sources.service_servers import SECRET, served


class JiraPlace(Place):
    url = "jira://issues.example.org"

    def __init__(self, jira: Jira, environment: pytest.MonkeyPatch) -> None:
        self._jira, self._environment = jira, environment
        self._ids: dict[str, str] = {}
        self.options: dict[str, Any] = {
            "connection": {"url": jira.url},
            "index": {"projects": ["HR"]},
            "permissions": "source",
            "retries": 0,
        }
        environment.setenv("DOCLAKE_SOURCE_PLACE_TOKEN", SECRET)

    def put(self, name: str, text: str) -> str:
        if name in self._ids:
            issue = self._jira.issues[self._ids[name]]
            issue.text, issue.updated = text, "2026-01-02T00:00:00.000+0000"
        else:
            self._ids[name] = str(10_000 + len(self._ids))
            self._jira.issues[self._ids[name]] = Issue(text, title=name)
        return f"{self._ids[name]}.txt"

    def remove(self, path: str) -> None:
        del self._jira.issues[path.removesuffix(".txt")]

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_TOKEN", "another")

    def throttle(self) -> None:
        self._jira.faults[""] = [(429, {"message": "too many requests"})] * 99

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(self._jira.url).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self.options["connection"]["url"] = f"http://localhost:{port}"

    def vanish(self) -> None:
        self.options["connection"] = {"url": f"http://127.0.0.1:{free_port()}"}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with served(Jira()) as jira:
        yield JiraPlace(jira, monkeypatch)


@every_case
def test_issues(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_issues_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_issues_that_cannot_be_listed_are_kept(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
