"""A local server that speaks the API of GitHub Enterprise, over TLS."""

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
from tests.sources.github_server import GitHub
from tests.sources.local_servers import free_port
from tests.sources.service_servers import SECRET, certified, served


class RepositoryPlace(Place):
    def __init__(self, github: GitHub, environment: pytest.MonkeyPatch) -> None:
        self._github, self._environment = github, environment
        self.url = f"github://{urlsplit(github.url).netloc}/acme/handbook"
        self.options: dict[str, Any] = {"permissions": "source", "retries": 0}
        environment.setenv("DOCLAKE_SOURCE_PLACE_ACCESS_TOKEN", SECRET)

    @property
    def files(self) -> dict[str, bytes]:
        return self._github.branches["main"]

    def put(self, name: str, text: str) -> str:
        self.files[f"{name}.md"] = text.encode()
        return f"{name}.md"

    def remove(self, path: str) -> None:
        del self.files[path]

    def move(self, path: str, name: str) -> str:
        self.files[f"{name}.md"] = self.files.pop(path)
        return f"{name}.md"

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_ACCESS_TOKEN", "another")

    def throttle(self) -> None:
        self._github.faults[""] = [(429, {"message": "too many requests"})] * 99

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(self._github.url).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self._github.url = f"https://localhost:{port}"  # the links in its answers lead there
        self.url = f"github://localhost:{port}/acme/handbook"

    def vanish(self) -> None:
        self.url = f"github://localhost:{free_port()}/acme/handbook"

    def fill(self, number: int) -> None:
        self.files.update({f"filler-{each}.md": b"filler" for each in range(number)})


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    context, authority = certified(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    with served(GitHub(), context) as github:
        yield RepositoryPlace(github, monkeypatch)


@every_case
def test_a_repository(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_files_of_a_repository_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_repository_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
