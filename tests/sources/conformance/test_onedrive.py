"""A local server that speaks the API of Microsoft Graph, behind a proxy that leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.sources.conformance import Case, NotOffered, Place
from doclake.sources.conformance.cases import listed
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.graph_server import HOST, File, Graph
from tests.sources.local_servers import free_port
from tests.sources.service_servers import SECRET, certified, served
from tests.sources.tunnels import proxy_to


class DrivePlace(Place):
    url = "onedrive://acme"

    def __init__(self, graph: Graph, environment: pytest.MonkeyPatch) -> None:
        self._graph, self._environment = graph, environment
        self._ids: dict[str, str] = {}
        self.options: dict[str, Any] = {
            "connection": {"tenant": "acme", "user_pname": "kim@example.org"}
        }
        environment.setenv("DOCLAKE_SOURCE_PLACE_OAUTH_TOKEN", SECRET)

    def put(self, name: str, text: str) -> str:
        if name in self._ids:
            file = self._graph.files[self._ids[name]]
            file.data, file.version = text.encode(), file.version + 1
        else:
            self._ids[name] = f"01ITEM{len(self._ids)}"
            readers = [{"user": {"id": "kim"}}]
            self._graph.files[self._ids[name]] = File(f"{name}.txt", text.encode(), 1, readers)
        return f"{self._ids[name]}.txt"

    def remove(self, path: str) -> None:
        del self._graph.files[path.removesuffix(".txt")]

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        file = self._graph.files[path.removesuffix(".txt")]
        named = [reader.partition(":") for reader in readers or ()]
        said = [{kind: {"id": name}} for kind, _, name in named]
        file.readers = None if readers is None else said

    def fill(self, number: int) -> None:
        if number > 1_000:
            raise NotOffered("its client holds every file of the drive, 9 kB each")
        super().fill(number)

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_OAUTH_TOKEN", "another")

    def throttle(self) -> None:
        self._graph.faults[""] = [(429, {"message": "too many requests"})] * 99

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(os.environ["HTTPS_PROXY"]).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self._environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")

    def vanish(self) -> None:
        self._environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    context, authority = certified(tmp_path, HOST)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority))
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with served(Graph(), context) as graph, proxy_to(urlsplit(graph.url).port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        yield DrivePlace(graph, monkeypatch)


@every_case
def test_a_drive(case: Case, place: Place) -> None:
    run(case, place)


def test_a_folder_of_more_files_than_one_answer_tells_is_listed_whole(place: Place) -> None:
    place.fill(205)
    assert len(listed(place.opened())) == 205


@pytest.mark.slow
def test_files_of_a_drive_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_drive_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
