"""A local server that speaks the API of Notion, behind a proxy that leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from doclake.sources.conformance import Case, Place
from doclake.sources.conformance.cases import partial
from tests.sources.conformance import failing
from tests.sources.conformance.flowing import fails_harmlessly, flows
from tests.sources.conformance.running import every_case, run
from tests.sources.local_servers import free_port
from tests.sources.notion_server import HOST, ROOT, Notion, Page
from tests.sources.places import read
from tests.sources.service_servers import SECRET, certified, served
from tests.sources.tunnels import proxy_to


class NotionPlace(Place):
    url = "notion://acme"
    settings = {"exclude": [f"{ROOT}.html"]}  # noqa: RUF012 (of a place of one test)

    def __init__(self, notion: Notion, environment: pytest.MonkeyPatch) -> None:
        self._notion, self._environment = notion, environment
        self._ids: dict[str, str] = {}
        self.options: dict[str, Any] = {
            "permissions": "source",
            "index": {"page_ids": [ROOT]},
        }
        environment.setenv("DOCLAKE_SOURCE_PLACE_NOTION_API_KEY", SECRET)

    def put(self, name: str, text: str) -> str:
        if name in self._ids:
            self._notion.pages[self._ids[name]] = Page(text, name, "2026-01-02T00:00:00.000Z")
        else:
            self._ids[name] = f"00000000-0000-4000-8000-{len(self._ids) + 1:012}"
            self._notion.pages[self._ids[name]] = Page(text, name)
        return f"{self._ids[name]}.html"

    def remove(self, path: str) -> None:
        del self._notion.pages[path.removesuffix(".html")]

    def hide(self, path: str, why: str = "not shared") -> None:
        hidden = {"object": "error", "code": "restricted_resource", "message": why}
        self._notion.faults[f"pages/{path.removesuffix('.html')}"] = [(403, hidden)] * 9

    def lock(self) -> None:
        self._environment.setenv("DOCLAKE_SOURCE_PLACE_NOTION_API_KEY", "another")

    def throttle(self) -> None:
        self._notion.faults[""] = [(429, {"message": "too many requests"})] * 99

    def cut_short(self) -> None:
        failing.cut_short(self, urlsplit(os.environ["HTTPS_PROXY"]).port or 0, self._lead)

    def _lead(self, port: int) -> None:
        self._environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")

    def vanish(self) -> None:
        self._environment.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotionPlace]:
    context, authority = certified(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with served(Notion(), context) as notion, proxy_to(urlsplit(notion.url).port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        yield NotionPlace(notion, monkeypatch)


@every_case
def test_pages_of_notion(case: Case, place: Place) -> None:
    run(case, place)


@pytest.mark.slow
def test_pages_of_notion_flow_into_chunks(place: Place, tmp_path: Path) -> None:
    flows(place, tmp_path)


@pytest.mark.slow
def test_pages_of_notion_that_cannot_be_listed_are_kept(place: Place, tmp_path: Path) -> None:
    fails_harmlessly(place, tmp_path)


def test_a_page_is_kept_whatever_words_refuse_it(place: NotionPlace) -> None:
    kept, hidden = place.put("one", "text"), place.put("two", "text")
    place.hide(hidden, "Insufficient permissions: falling back to a per-directory walk.")
    source = place.opened()
    found, error = partial(source)
    assert found == {kept}
    assert "Insufficient permissions" in error.message
    assert not source.unclear


def test_a_listing_that_was_left_leaves_every_page_readable(place: Place) -> None:
    paths = [place.put(f"page-{number}", f"text {number}") for number in range(3)]
    source = place.opened()
    source.require()
    for number, path in enumerate(paths):
        assert f"text {number}".encode() in read(source, path)
