"""A local server that speaks the API of Confluence Cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.sources.conformance import Case, Place
from tests.sources.confluence_server import Confluence, Page
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.local_servers import free_port
from tests.sources.service_servers import SECRET, served


class ConfluencePlace(Place):
    url = "confluence://wiki.example.org"

    def __init__(self, wiki: Confluence, environment: pytest.MonkeyPatch) -> None:
        self._wiki, self._environment = wiki, environment
        self._ids: dict[str, str] = {}
        self.options: dict[str, Any] = {
            "connection": {"url": wiki.url, "username": "reader"},
            "retries": 0,
        }
        environment.setenv("DOCLAKE_SOURCE_PLACE_API_TOKEN", SECRET)

    def put(self, name: str, text: str) -> str:
        if name in self._ids:
            page = self._wiki.pages[self._ids[name]]
            page.text, page.version = text, page.version + 1
        else:
            self._ids[name] = str(1000 + len(self._ids))
            space = "8" if name.startswith("unseen/") else "7"
            self._wiki.spaces[space] = f"SPACE{space}"
            self._wiki.grants[space] = self._wiki.grants["7"]
            self._wiki.pages[self._ids[name]] = Page(text, title=name, space=space)
        return f"{self._ids[name]}.html"

    def remove(self, path: str) -> None:
        del self._wiki.pages[path.removesuffix(".html")]

    def restrict(self, path: str, readers: Sequence[str] | None) -> None:
        if readers is None:
            self._wiki.faults[f"content/{path.removesuffix('.html')}/"] = [(500, {})] * 9
            return
        said: dict[str, list[str]] = {}
        for reader in readers:
            kind, _, name = reader.partition(":")
            said.setdefault(kind, []).append(name)
        self._wiki.pages[path.removesuffix(".html")].readers = said

    def hide(self, path: str) -> None:
        space = self._wiki.pages[path.removesuffix(".html")].space
        self._wiki.broken_spaces.add(space)

    def limited(self) -> Mapping[str, Any]:
        return {"index": {"max_num_of_docs_from_each_space": 3}}

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_API_TOKEN", "another")

    def throttle(self) -> None:
        self._wiki.faults[""] = [(429, {"message": "too many requests"})] * 99

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(self._wiki.url).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self.options["connection"]["url"] = f"http://localhost:{port}"

    def vanish(self) -> None:
        self.options["connection"]["url"] = f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with served(Confluence()) as wiki:
        yield ConfluencePlace(wiki, monkeypatch)


@every_case
@pytest.mark.timeout(900)  # a request for each of many pages
def test_a_wiki(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_pages_of_a_wiki_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_a_wiki_that_cannot_be_listed_loses_nothing(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)
